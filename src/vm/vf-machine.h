/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A VM as libvirt has it at one moment: a value with a handle to ask for more. Calls block. */
#pragma once

#include "vf-libvirt.h"

typedef enum {
    VF_MACHINE_SHUT_OFF,
    VF_MACHINE_RUNNING,
    VF_MACHINE_PAUSED,
    VF_MACHINE_SHUTTING_DOWN,
    VF_MACHINE_SUSPENDED, /* by the guest itself */
    VF_MACHINE_CRASHED,   /* QEMU is still there */
} VfMachineState;

typedef struct {
    virDomain *domain;
    char *name;
    char uuid[VIR_UUID_STRING_BUFLEN];
    VfMachineState state;
    gboolean persistent; /* it is defined, and stays when it stops */
    gboolean autostart;
    gboolean managed_save; /* its next start goes on from a saved memory image */
} VfMachine;

void vf_machine_free (VfMachine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfMachine, vf_machine_free)

/* The same VM with a handle of its own, for another thread. */
VfMachine *vf_machine_copy (const VfMachine *machine);

/* The VM that @domain is; takes @domain. */
VfMachine *vf_machine_new (virDomain *domain, GError **error);

/* All VMs, by name. The caller owns the array, which frees them. */
GPtrArray *vf_machine_list (virConnect *connection, GError **error);

/* The VM with this name or UUID; the caller owns it. VF_REASON_NO_SUCH_VM names similar ones. */
VfMachine *vf_machine_find (virConnect *connection, const char *name, GError **error);

/* Looks again. FALSE, and @machine untouched, when libvirt does not answer or has it no more. */
gboolean vf_machine_refresh (VfMachine *machine, GError **error);

/* Whether QEMU runs for it. */
gboolean vf_machine_is_active (const VfMachine *machine);

/* "shut-off", "running", ...; stable. */
const char *vf_machine_state_id (VfMachineState state);

/* The same for people: "shut off", "running", ... */
const char *vf_machine_state_words (VfMachineState state);

/* The domain's text as its next start will use it, with passwords; the caller owns it. */
char *vf_machine_text (const VfMachine *machine, GError **error);
