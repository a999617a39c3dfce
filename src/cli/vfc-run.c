/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what belongs to one run of virtflow, and what it says beside its answer. */
#include "vfc-run.h"

#include "vf-text.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

void
vfc_run_clear (VfcRun *run)
{
    g_clear_pointer (&run->client, vf_client_free);
    g_clear_pointer (&run->bus, g_free);
    g_clear_pointer (&run->libvirt_uri, g_free);
}

VfClient *
vfc_run_client (VfcRun *run, GError **error)
{
    if (run->client == NULL)
        run->client = vf_client_new (run->bus, error);
    return run->client;
}

void
vfc_say (const char *format, ...)
{
    g_autofree char *text = NULL;
    g_auto (GStrv) lines = NULL;
    va_list arguments;

    va_start (arguments, format);
    text = g_strdup_vprintf (_ (format), arguments);
    va_end (arguments);
    lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *line = vf_text_escape (lines[i]);

        fprintf (stderr, "%s\n", line);
    }
}
