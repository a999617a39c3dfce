/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of a refusal. */
#include "vfh-verdict.h"

#include "vf-text.h"

char *
vfh_verdict_format (VfReason reason, const char *sentences)
{
    g_auto (GStrv) lines = g_strsplit (sentences, "\n", -1);
    GString *text = g_string_new (NULL);

    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *escaped = vf_text_escape (*line);

        g_string_append_printf (text, "VirtFlow: %s", escaped);
        if (line[1] == NULL)
            g_string_append_printf (text, " [%s]", vf_reason_id (reason));
        g_string_append_c (text, '\n');
    }
    return g_string_free (text, FALSE);
}
