/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What activation and deactivation have in common: on whose behalf they act, what they may do to a
 * VM that runs, and whom they tell.
 *
 * They block for as long as a guest takes to shut down and the kernel to switch. Make them in a
 * thread with a thread-default main context of its own, while another one runs the default main
 * context.
 *
 * They can be cancelled, from any thread, until the domain is defined anew: before the GPU is lent,
 * while it is (the lend is undone), and while the guest is waited for (which may go on shutting
 * down). Everything is as it was then, and the error is VF_REASON_CANCELLED. From the definition on
 * it is too late, and they go on to their end. */
#pragma once

#include "vf-client.h"
#include "vf-machine.h"

/* Called in the thread of the transaction; @sentence is for a person. */
typedef void (*VfTransactionTell) (const char *sentence, gpointer data);

typedef struct {
    VfClient *client;
    gboolean may_stop;         /* a VM that runs is shut down; else it is refused */
    guint stop_deadline;       /* in milliseconds */
    GCancellable *cancellable; /* or NULL */
    VfTransactionTell tell;
    gpointer data;
} VfTransaction;

void vf_transaction_tell (const VfTransaction *transaction, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* VF_REASON_VM_RUNNING when @machine runs and may not be shut down. */
gboolean vf_transaction_may_proceed (const VfTransaction *transaction,
                                     const VfMachine *machine,
                                     GError **error);

/* VF_REASON_CANCELLED when it was cancelled; to be asked before anything is changed. */
gboolean vf_transaction_may_go_on (const VfTransaction *transaction, GError **error);

/* Shuts @machine down if it runs. VF_REASON_CANCELLED when that was cancelled, also when it was off
 * already. */
gboolean
vf_transaction_stop_vm (const VfTransaction *transaction, VfMachine *machine, GError **error);
