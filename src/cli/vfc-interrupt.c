/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what Ctrl+C does to work that can be undone. */
#include "vfc-interrupt.h"

#include "vfc-run.h"

#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>

struct _VfcInterrupt {
    GCancellable *cancellable;
    guint sources[2];
};

/* The terminal has shown "^C" behind the step that runs. */
static void
begin_line (void)
{
    if (isatty (STDERR_FILENO))
        fputs ("\r\033[K", stderr);
}

static gboolean
on_signal (gpointer data)
{
    VfcInterrupt *interrupt = data;

    begin_line ();
    if (g_cancellable_is_cancelled (interrupt->cancellable)) {
        vfc_say ("Not waited for. The daemon goes on by itself; \"virtflow watch\" shows it.");
        fflush (stdout);
        _exit (VFC_INTERRUPT_EXIT_STATUS);
    }
    vfc_say ("Cancelling... Press Ctrl+C again to leave without waiting for it.");
    g_cancellable_cancel (interrupt->cancellable);
    return G_SOURCE_CONTINUE;
}

VfcInterrupt *
vfc_interrupt_new (void)
{
    VfcInterrupt *interrupt = g_new0 (VfcInterrupt, 1);

    interrupt->cancellable = g_cancellable_new ();
    interrupt->sources[0] = g_unix_signal_add (SIGINT, on_signal, interrupt);
    interrupt->sources[1] = g_unix_signal_add (SIGTERM, on_signal, interrupt);
    return interrupt;
}

void
vfc_interrupt_free (VfcInterrupt *interrupt)
{
    for (gsize i = 0; i < G_N_ELEMENTS (interrupt->sources); i++)
        g_source_remove (interrupt->sources[i]);
    g_object_unref (interrupt->cancellable);
    g_free (interrupt);
}

GCancellable *
vfc_interrupt_cancellable (VfcInterrupt *interrupt)
{
    return interrupt->cancellable;
}
