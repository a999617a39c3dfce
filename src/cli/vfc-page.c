/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look of a page about one thing. */
#include "vfc-page.h"

#include "vf-text.h"

#include <stdio.h>

void
vfc_page_line (const char *key, const char *value)
{
    g_autofree char *shown = vf_text_escape (value);

    printf ("%-12s %s\n", key, shown);
}

void
vfc_page_format (const char *key, const char *format, ...)
{
    g_autofree char *value = NULL;
    va_list arguments;

    va_start (arguments, format);
    value = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    vfc_page_line (key, value);
}
