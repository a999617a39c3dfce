/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A VM of libvirt's test driver and a daemon with one GPU that answers what the test wants: the
 * stage for what is done to VMs. */
#pragma once

#include "vf-activation.h"
#include "vf-deactivation.h"

#define VM_STAGE_UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"

/* What daemon or libvirt does wrong. */
typedef enum {
    NOTHING,
    REFUSE_PAIR,
    CHANGE_DOMAIN,     /* somebody else does, while the GPU is lent */
    REFUSE_DEFINITION, /* of libvirt: see refused_definition */
    REFUSE_CONFIRM,
    REFUSE_DROP,
    DIE_OVER_DROP,        /* the daemon, when it has done it */
    CANCEL_PAIR,          /* who asks for the pairing cancels it meanwhile */
    CANCEL_PAIR_TOO_LATE, /* and the daemon has done it all the same */
} Mishap;

/* What becomes of a guest that is asked to shut down. */
typedef enum {
    GUEST_STOPS,
    GUEST_IGNORES,
    GUEST_IS_LEFT, /* ignores it, and who waits for it cancels that */
    GUEST_CRASHES, /* and QEMU stays */
    GUEST_OF_DEAD_LIBVIRT,
    GUEST_OF_DYING_LIBVIRT, /* dies after it has asked */
} Guest;

typedef struct {
    GTestDBus *bus;
    GThread *thread;
    GMainContext *context; /* of the daemon */
    GMainLoop *loop;
    GDBusConnection *connection;
    VfDbusHost *host;
    GDBusObjectManagerServer *objects;
    virConnect *libvirt;
    VfClient *client;
    VfClientGpu *gpu;
    Mishap mishap;
    Guest guest;
    guint refused_definition; /* the number of the first one that libvirt refuses; 0: none */
    guint n_definitions;
    const char *blocker;            /* the id of the only reason of the daemon's plan; or NULL */
    GDBusMethodInvocation *pairing; /* that is to be cancelled */
    GCancellable *cancellable;      /* of what is done; never NULL */
    gboolean lent;
    gboolean may_stop;
    gboolean on_start;
    const GPtrArray *inputs; /* what is given besides the GPU */
    gboolean pending;        /* what the list of pairings says */
    char *before;            /* of the pairing; NULL when there is none */
    char *after;
    virConnectDomainEventCallback on_event;
    void *event_data;
    GString *calls; /* what the daemon was asked for */
    gint ready;
} VmStage;

/* For g_test_add(): the data is a Mishap. */
void vm_stage_set_up (VmStage *stage, gconstpointer mishap);
void vm_stage_tear_down (VmStage *stage, gconstpointer mishap);

/* The VM, off and without a GPU at first. */
VfMachine *vm_stage_find (VmStage *stage);
void vm_stage_start (VmStage *stage);
gboolean vm_stage_is_running (VmStage *stage);

/* Its text, and the same with another number of kibibytes, or with a part of it replaced. */
char *vm_stage_text (VmStage *stage);
void vm_stage_set_memory (VmStage *stage, const char *kibibytes);
void vm_stage_replace (VmStage *stage, const char *pattern, const char *replacement);

/* In a thread, while the default main context runs, as programs do it. */
gboolean vm_stage_activate (VmStage *stage, GError **error);
gboolean vm_stage_deactivate (VmStage *stage, GError **error);
gboolean vm_stage_shut_down (VmStage *stage, GError **error);

/* As the daemon lists them; the caller owns the array. */
GPtrArray *vm_stage_pairings (VmStage *stage);
