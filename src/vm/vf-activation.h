/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Giving a VM a GPU, and taking it back, each as one transaction of the domain's text, the pairing
 * and the GPU: when a step fails, all of them are as they were, and the error says so.
 *
 * The calls block for as long as a guest takes to shut down and the kernel to switch. Make them in
 * a thread with a thread-default main context of its own, while another one runs the default main
 * context. */
#pragma once

#include "vf-client.h"
#include "vf-display-profile.h"
#include "vf-machine.h"
#include "vf-pairing.h"

typedef enum {
    VF_ACTIVATION_CHECKING, /* nothing was touched yet */
    VF_ACTIVATION_STOPPING, /* waits for the guest to shut down */
    VF_ACTIVATION_LENDING,  /* the steps are those of the GPU's object */
    VF_ACTIVATION_DEFINING,
    VF_ACTIVATION_RETURNING,
    VF_ACTIVATION_UNDOING,
    VF_ACTIVATION_DONE,
} VfActivationStage;

/* Called in the thread of the call; @sentence is for a person. */
typedef void (*VfActivationTell) (VfActivationStage stage, const char *sentence, gpointer data);

typedef struct {
    virConnect *connection;
    VfClient *client;
    gboolean may_stop;   /* a VM that runs is shut down; else it is refused */
    guint stop_deadline; /* in milliseconds */
    VfActivationTell tell;
    gpointer data;
} VfActivation;

typedef struct {
    VfClientGpu *gpu;
    VfDisplayProfile profile;
    gboolean on_start; /* the first start takes the GPU; it stays with the host until then */
} VfActivationWish;

/* What would be done. */
typedef struct {
    gboolean stops_vm;
    char *before; /* the domain's text, with passwords */
    char *after;  /* as it would be given to libvirt */
} VfActivationPreview;

void vf_activation_preview_clear (VfActivationPreview *preview);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VfActivationPreview, vf_activation_preview_clear)

/* Why @machine could not be given any GPU: VF_REASON_TRANSIENT_DOMAIN, VF_REASON_MANAGED_SAVE,
 * VF_REASON_ALREADY_ACTIVATED. */
gboolean vf_activation_is_possible (const VfMachine *machine, GError **error);

/* What changes in the text, for people: lines with - and +, and passwords as asterisks. The caller
 * owns it. */
char *vf_activation_preview_diff (const VfActivationPreview *preview);

/* Looks at the VM alone; whether the GPU could go vf_client_plan() tells. Changes nothing. */
gboolean vf_activation_preview (const VfMachine *machine,
                                const VfActivationWish *wish,
                                VfActivationPreview *preview,
                                GError **error);

/* Gives @machine the GPU of @wish: it is off and defined with the GPU then. */
gboolean vf_activation_run (const VfActivation *activation,
                            VfMachine *machine,
                            const VfActivationWish *wish,
                            GError **error);

/* What activation and deactivation share. */
void vf_activation_tell (const VfActivation *activation,
                         VfActivationStage stage,
                         const char *format,
                         ...) G_GNUC_PRINTF (3, 4);

/* VF_REASON_VM_RUNNING when @machine runs and may not be shut down. */
gboolean vf_activation_may_proceed (const VfActivation *activation,
                                    const VfMachine *machine,
                                    GError **error);

/* Shuts @machine down if it runs. */
gboolean vf_activation_stop_vm (const VfActivation *activation, VfMachine *machine, GError **error);
