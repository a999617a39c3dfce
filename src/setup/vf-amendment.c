/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a change is made in a text and taken back. */
#include "vf-amendment.h"

#include "vf-error.h"

#include <string.h>

VfAmendment *
vf_amendment_new (VfAmendmentKind kind, const char *path, const char *before, const char *after)
{
    VfAmendment *amendment = g_new0 (VfAmendment, 1);

    amendment->kind = kind;
    amendment->path = g_strdup (path);
    amendment->before = g_strdup (before);
    amendment->after = g_strdup (after);
    return amendment;
}

void
vf_amendment_free (VfAmendment *amendment)
{
    g_free (amendment->path);
    g_free (amendment->before);
    g_free (amendment->after);
    g_free (amendment);
}

/* Where @line stands in @text as a whole line, exactly once; NULL when it does not. */
static const char *
find_line (const char *text, const char *line)
{
    const char *found = NULL;
    gsize length = strlen (line);

    for (const char *start = text; start != NULL; start = strchr (start, '\n')) {
        if (*start == '\n')
            start++;
        if (strncmp (start, line, length) != 0 || (start[length] != '\n' && start[length] != '\0')
            || (length == 0 && *start == '\0'))
            continue;
        if (found != NULL)
            return NULL;
        found = start;
    }
    return found;
}

/* @text with the line of @length bytes at @place made @line, or taken out when that is NULL. */
static char *
replace (const char *text, const char *place, gsize length, const char *line)
{
    GString *result = g_string_new_len (text, place - text);
    const char *rest = place + length;

    if (line != NULL)
        g_string_append (result, line);
    else if (*rest == '\n')
        rest++;
    g_string_append (result, rest);
    return g_string_free (result, FALSE);
}

static void
set_changed (const VfAmendment *amendment, GError **error)
{
    vf_error_set (error, VF_REASON_FILE_CHANGED,
                  "/%s was changed by somebody else, and stays as it is.", amendment->path);
}

/* Whether a line of @text sets what @line sets: "GRUB_CMDLINE_LINUX=". */
static gboolean
sets_the_same (const char *text, const char *line)
{
    const char *sign = strchr (line, '=');
    g_autofree char *key = NULL;
    g_autofree char *later = NULL;

    if (sign == NULL)
        return FALSE;
    key = g_strndup (line, (gsize) (sign + 1 - line));
    later = g_strconcat ("\n", key, NULL);
    return g_str_has_prefix (text, key) || strstr (text, later) != NULL;
}

/* @from made @to, where NULL is no line. A text that is so already stays. */
static char *
exchange (const VfAmendment *amendment,
          const char *text,
          const char *from,
          const char *to,
          GError **error)
{
    const char *place = from != NULL ? find_line (text, from) : NULL;

    if (place != NULL)
        return replace (text, place, strlen (from), to);
    if (to == NULL ? !sets_the_same (text, from) : find_line (text, to) != NULL)
        return g_strdup (text);
    if (from == NULL && !sets_the_same (text, to))
        return g_strconcat (to, "\n", text, NULL);
    set_changed (amendment, error);
    return NULL;
}

char *
vf_amendment_apply (const VfAmendment *amendment, const char *text, GError **error)
{
    if (amendment->kind == VF_AMENDMENT_LINE && text != NULL)
        return exchange (amendment, text, amendment->before, amendment->after, error);
    if (amendment->kind != VF_AMENDMENT_LINE
        && (text == NULL || strcmp (text, amendment->after) == 0))
        return g_strdup (amendment->after);
    set_changed (amendment, error);
    return NULL;
}

gboolean
vf_amendment_revert (const VfAmendment *amendment,
                     const char *text,
                     char **restored,
                     GError **error)
{
    *restored = NULL;
    if (text == NULL)
        return TRUE;
    if (amendment->kind == VF_AMENDMENT_LINE) {
        *restored = exchange (amendment, text, amendment->after, amendment->before, error);
        return *restored != NULL;
    }
    if (strcmp (text, amendment->after) == 0)
        return TRUE;
    set_changed (amendment, error);
    return FALSE;
}
