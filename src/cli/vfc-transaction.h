/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What activate and deactivate share: the question before a VM is stopped, and the transaction in a
 * thread, with what it tells and the steps of the GPU on standard error. */
#pragma once

#include "vfc-run.h"

#include "vf-preview.h"
#include "vf-transaction.h"

typedef struct {
    gboolean dry_run;
    gboolean yes; /* stop a VM that runs without asking */
    int timeout;  /* in seconds */
} VfcTransactionOptions;

/* Asks whether @machine may be stopped, if it runs. */
gboolean vfc_transaction_confirm (const VfcTransactionOptions *options,
                                  const VfMachine *machine,
                                  GError **error);

/* What may be done to @machine, which may be NULL, as it was when its owner was asked: one that was
 * off then and is started meanwhile is not stopped. */
VfTransaction
vfc_transaction_new (VfcRun *run, const VfcTransactionOptions *options, const VfMachine *machine);

/* Does @work, which is @transaction, in a thread, and shows the steps of @gpu, which may be NULL.
 * Ctrl+C cancels it meanwhile. */
gboolean vfc_transaction_run (VfcRun *run,
                              VfTransaction *transaction,
                              VfClientGpu *gpu,
                              gboolean (*work) (gpointer data, GError **error),
                              gpointer data,
                              GError **error);

/* The difference of the domain's text, on standard output. */
void vfc_transaction_print_diff (const VfcRun *run, const VfPreview *preview);
