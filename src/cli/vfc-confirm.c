/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the question and what counts as yes. */
#include "vfc-confirm.h"

#include "vf-text.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

gboolean
vfc_confirm (const char *question, GError **error)
{
    g_autofree char *shown = vf_text_escape (question);
    char answer[16] = "";

    if (!isatty (STDIN_FILENO) || !isatty (STDERR_FILENO)) {
        vf_error_set (error, VF_REASON_CONFIRMATION_NEEDED,
                      "%s There is no terminal to ask on: add --yes if that is what you want.",
                      question);
        return FALSE;
    }
    /* Translators: y is what has to be typed, in every language. */
    fprintf (stderr, _ ("%s Continue? [y/N] "), shown);
    fflush (stderr);
    if (fgets (answer, sizeof answer, stdin) != NULL && g_ascii_tolower (answer[0]) == 'y')
        return TRUE;
    vf_error_set (error, VF_REASON_CONFIRMATION_NEEDED, "Nothing was done.");
    return FALSE;
}
