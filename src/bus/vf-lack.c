/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what an entry of a set-up's plan means. */
#include "vf-lack.h"

#include <glib/gi18n-lib.h>
#include <string.h>

const char *const vf_lack_ids[] = { "unfinished", "command-line", "reservations", "modules",
                                    "hook",       "group",        "desktop",      NULL };

void
vf_lack_get (GVariant *lacks, gsize index, VfLack *lack)
{
    g_variant_get_child (lacks, index, "(&s&s&s&s@a(ssss))", &lack->id, &lack->purpose,
                         &lack->to_do, &lack->counts, &lack->changes);
}

void
vf_lack_clear (VfLack *lack)
{
    g_clear_pointer (&lack->changes, g_variant_unref);
}

gboolean
vf_lack_can_be_made (const VfLack *lack)
{
    return g_variant_n_children (lack->changes) > 0 || *lack->to_do == '\0';
}

const char *
vf_lack_counts_sentence (const VfLack *lack)
{
    if (strcmp (lack->counts, "restart") == 0)
        return _ ("Counts when the host has been restarted.");
    if (strcmp (lack->counts, "login") == 0)
        return _ ("Counts when you have logged in again.");
    return _ ("Counts at once.");
}
