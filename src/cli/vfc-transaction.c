/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a transaction is asked for and shown on a terminal. */
#include "vfc-transaction.h"

#include "vf-text.h"
#include "vfc-agent.h"
#include "vfc-confirm.h"
#include "vfc-interrupt.h"
#include "vfc-libvirt.h"
#include "vfc-progress.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

gboolean
vfc_transaction_confirm (const VfcTransactionOptions *options,
                         const VfMachine *machine,
                         GError **error)
{
    g_autofree char *question = NULL;

    if (options->yes || !vf_machine_is_active (machine))
        return TRUE;
    question =
        g_strdup_printf (_ ("The VM %s runs and will be shut down for this."), machine->name);
    return vfc_confirm (question, error);
}

static gboolean
say (gpointer data)
{
    vfc_say ("%s", (const char *) data);
    return G_SOURCE_REMOVE;
}

/* Said by the main loop, like the steps of the GPU, so that the order is right. */
static void
tell (const char *sentence, gpointer data)
{
    g_idle_add_full (G_PRIORITY_DEFAULT, say, g_strdup (sentence), g_free);
}

VfTransaction
vfc_transaction_new (VfcRun *run, const VfcTransactionOptions *options, const VfMachine *machine)
{
    return (VfTransaction){
        .client = run->client,
        .may_stop = options->yes || (machine != NULL && vf_machine_is_active (machine)),
        .stop_deadline = (guint) options->timeout * 1000,
        .tell = tell,
    };
}

gboolean
vfc_transaction_run (VfcRun *run,
                     VfTransaction *transaction,
                     VfClientGpu *gpu,
                     gboolean (*work) (gpointer data, GError **error),
                     gpointer data,
                     GError **error)
{
    G_GNUC_UNUSED g_autoptr (VfcAgent) agent = vfc_agent_new (run);
    G_GNUC_UNUSED g_autoptr (VfcProgress) progress = gpu != NULL ? vfc_progress_new (gpu) : NULL;
    g_autoptr (VfcInterrupt) interrupt = vfc_interrupt_new ();
    gboolean done;

    transaction->cancellable = vfc_interrupt_cancellable (interrupt);
    done = vfc_libvirt_wait_for (work, data, error);
    transaction->cancellable = NULL;
    return done;
}

static const char *
color_of (const VfcRun *run, const char *line)
{
    if (!run->color)
        return NULL;
    return *line == '+' ? "\033[32m" : *line == '-' ? "\033[31m" : NULL;
}

void
vfc_transaction_print_diff (const VfcRun *run, const VfPreview *preview)
{
    g_autofree char *diff = vf_preview_diff (preview);
    g_auto (GStrv) lines = g_strsplit (g_strchomp (diff), "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *line = vf_text_escape (lines[i]);
        const char *color = color_of (run, line);

        printf ("%s%s%s\n", color != NULL ? color : "", line, color != NULL ? "\033[0m" : "");
    }
}
