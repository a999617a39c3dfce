/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is done to a VM that runs when its domain is to be changed. */
#include "vf-transaction.h"

#include "vf-shutdown.h"

#include <glib/gi18n-lib.h>

void
vf_transaction_tell (const VfTransaction *transaction, const char *format, ...)
{
    g_autofree char *sentence = NULL;
    va_list arguments;

    va_start (arguments, format);
    sentence = g_strdup_vprintf (_ (format), arguments);
    va_end (arguments);
    transaction->tell (sentence, transaction->data);
}

gboolean
vf_transaction_may_proceed (const VfTransaction *transaction,
                            const VfMachine *machine,
                            GError **error)
{
    if (transaction->may_stop || !vf_machine_is_active (machine))
        return TRUE;
    vf_error_set (error, VF_REASON_VM_RUNNING,
                  "The VM %s runs, and its devices can only be changed while it is off. Shut it "
                  "down first.",
                  machine->name);
    return FALSE;
}

gboolean
vf_transaction_may_go_on (const VfTransaction *transaction, GError **error)
{
    if (!g_cancellable_is_cancelled (transaction->cancellable))
        return TRUE;
    vf_error_set (error, VF_REASON_CANCELLED, "It was cancelled before the VM was changed.");
    return FALSE;
}

gboolean
vf_transaction_stop_vm (const VfTransaction *transaction, VfMachine *machine, GError **error)
{
    if (!vf_transaction_may_go_on (transaction, error))
        return FALSE;
    if (!vf_machine_is_active (machine))
        return TRUE;
    vf_transaction_tell (transaction, "The VM %s is asked to shut down.", machine->name);
    if (!vf_shutdown_ask (machine, transaction->stop_deadline, transaction->cancellable, error)
        || !vf_machine_refresh (machine, error))
        return FALSE;
    if (!g_cancellable_is_cancelled (transaction->cancellable))
        return TRUE;
    vf_error_set (
        error, VF_REASON_CANCELLED,
        "It was cancelled when the VM %s had just shut down; \"virtflow start %s\" starts "
        "it again.",
        machine->name, machine->name);
    return FALSE;
}
