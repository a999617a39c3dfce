/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look of a set-up on a terminal. */
#include "vfc-setup-text.h"

#include "vf-text.h"
#include "vf-translation.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

/* What the service says is in English. */
static void
print_sentence (const char *indent, const char *english)
{
    g_autofree char *translated = vf_translation_of (english);
    g_autofree char *shown = vf_text_escape (translated);

    printf ("%s%s\n", indent, shown);
}

void
vfc_setup_text_item (const char *id, const char *purpose)
{
    g_autofree char *shown = vf_text_escape (id);

    printf ("%s\n", shown);
    print_sentence ("  ", purpose);
}

static void
print_lines (const VfcRun *run, const char *color, char sign, const char *text)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *shown = vf_text_escape (*line);

        if (**line != '\0')
            printf ("    %s%c %s%s\n", run->color ? color : "", sign, shown,
                    run->color ? "\033[0m" : "");
    }
}

void
vfc_setup_text_change (const VfcRun *run, const char *path, const char *before, const char *after)
{
    g_autofree char *shown = vf_text_escape (path);

    printf ("  /%s\n", shown);
    print_lines (run, "\033[31m", '-', before);
    print_lines (run, "\033[32m", '+', after);
}

void
vfc_setup_text_then (const char *sentence)
{
    print_sentence ("  ", sentence);
}

void
vfc_setup_text_tell (void)
{
    printf ("  %s\n", _ ("What reads these files is told of an earlier change."));
}

void
vfc_setup_text_counts (const char *sentence)
{
    printf ("  %s\n", sentence);
}

void
vfc_setup_text_to_do (const char *to_do)
{
    printf ("  %s ", _ ("To do by hand:"));
    print_sentence ("", to_do);
}
