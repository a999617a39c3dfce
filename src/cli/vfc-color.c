/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the decision whether standard output is coloured. */
#include "vfc-color.h"

#include "vf-error.h"

#include <string.h>
#include <unistd.h>

const char *const vfc_color_words[] = { "auto", "always", "never", NULL };

gboolean
vfc_color_decide (const char *word, gboolean *color, GError **error)
{
    const char *no_color = g_getenv ("NO_COLOR");

    if (word == NULL || strcmp (word, "auto") == 0)
        *color = isatty (STDOUT_FILENO) && (no_color == NULL || *no_color == '\0');
    else if (g_strv_contains (vfc_color_words, word))
        *color = strcmp (word, "always") == 0;
    else {
        vf_error_set (error, VF_REASON_INVALID_OPTION,
                      "'%s' is no way to colour: --color takes auto, always or never.", word);
        return FALSE;
    }
    return TRUE;
}
