/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a change of a domain's text is shown. */
#include "vf-preview.h"

#include "vf-text-diff.h"

void
vf_preview_clear (VfPreview *preview)
{
    g_clear_pointer (&preview->before, g_free);
    g_clear_pointer (&preview->after, g_free);
}

/* The text as libvirt prints it: attributes in single quotes. */
static char *
hide_passwords (const char *text)
{
    g_autoptr (GRegex) password = g_regex_new ("(\\spasswd=)('[^']*'|\"[^\"]*\")", 0, 0, NULL);

    return g_regex_replace (password, text, -1, 0, "\\1'***'", 0, NULL);
}

char *
vf_preview_diff (const VfPreview *preview)
{
    g_autofree char *before = hide_passwords (preview->before);
    g_autofree char *after = hide_passwords (preview->after);

    return vf_text_diff (before, after);
}
