/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow log". */
#include "vfc-commands.h"

#include "vfc-journal.h"
#include "vfc-json.h"

#include "vf-text.h"
#include "vf-translation.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

#define MOST_LINES 100000

static int lines = 100;

static const GOptionEntry options[] = {
    { "lines", 0, 0, G_OPTION_ARG_INT, &lines, "How many entries, the newest ones (default: 100)",
      "NUMBER" },
    { 0 },
};

static void
answer (VfcRun *run, const GPtrArray *entries)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    json_builder_set_member_name (builder, "entries");
    json_builder_begin_array (builder);
    for (guint i = 0; i < entries->len; i++) {
        const VfcEntry *entry = entries->pdata[i];

        json_builder_begin_object (builder);
        vfc_json_number (builder, "microseconds", entry->time);
        vfc_json_number (builder, "priority", entry->priority);
        vfc_json_text (builder, "event", entry->event);
        vfc_json_text (builder, "gpu", entry->gpu);
        vfc_json_text (builder, "vm", entry->vm);
        vfc_json_text (builder, "uuid", entry->uuid);
        vfc_json_text (builder, "step", entry->step);
        vfc_json_text (builder, "sentence", entry->sentence);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
    vfc_json_end (run, builder);
}

/* The line of a failure begins with the time as well, and its other lines stand below it. */
static void
print_entry (const VfcRun *run, const VfcEntry *entry)
{
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (entry->time / G_USEC_PER_SEC);
    g_autofree char *shown = g_date_time_format (time, "%F %T");
    g_autofree char *translated = vf_translation_of (entry->sentence);
    g_auto (GStrv) parts = g_strsplit (translated, "\n", -1);
    gboolean colored = run->color && entry->priority < 5;

    for (guint i = 0; parts[i] != NULL; i++) {
        g_autofree char *line = vf_text_escape (parts[i]);

        printf ("%*s  %s%s%s\n", 19, i == 0 ? shown : "", colored ? "\033[33m" : "", line,
                colored ? "\033[0m" : "");
    }
}

static gboolean
show_log (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (GPtrArray) entries = NULL;

    if (lines < 1 || lines > MOST_LINES) {
        vf_error_set (error, VF_REASON_INVALID_OPTION, "--lines takes a number from 1 to %d.",
                      MOST_LINES);
        return FALSE;
    }
    entries = vfc_journal_read (arguments[0], (guint) lines, error);
    if (entries == NULL)
        return FALSE;
    if (run->json)
        answer (run, entries);
    for (guint i = 0; !run->json && i < entries->len; i++)
        print_entry (run, entries->pdata[i]);
    if (entries->len == 0 && geteuid () != 0)
        vfc_say (
            "There is nothing in the part of the log that you may read. The whole log is for root "
            "and the groups adm and systemd-journal.");
    else if (entries->len == 0)
        vfc_say ("There is nothing in the log.");
    return TRUE;
}

const VfcCommand vfc_command_log = {
    .name = "log",
    .arguments = "[VM|GPU]",
    .description =
        "Shows what happened, from the system's log: each time a GPU was lent or came back, how"
        " long it\ntook and why it failed, VMs that were given a GPU, and each call of"
        " libvirt's hook, also while\nthe daemon was down. With the name or UUID of a VM or"
        " the address of a GPU it shows what was\nabout that.",
    .example = "  virtflow log\n  virtflow log win11 --lines 20\n  virtflow log 01:00.0 --json",
    .options = options,
    .most = 1,
    .run = show_log,
};
