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

/* How often @line stands in @text as a whole line, and where it does last. */
static guint
count_lines (const char *text, const char *line, const char **last)
{
    gsize length = strlen (line);
    guint n_lines = 0;

    for (const char *start = text; start != NULL; start = strchr (start, '\n')) {
        if (*start == '\n')
            start++;
        if (length == 0 || strncmp (start, line, length) != 0
            || (start[length] != '\n' && start[length] != '\0'))
            continue;
        *last = start;
        n_lines++;
    }
    return n_lines;
}

static gboolean
has_line (const char *text, const char *line)
{
    const char *place;

    return count_lines (text, line, &place) > 0;
}

/* Where it stands exactly once; else NULL. */
static const char *
find_line (const char *text, const char *line)
{
    const char *place = NULL;

    return count_lines (text, line, &place) == 1 ? place : NULL;
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

static gboolean
edits (const VfAmendment *amendment)
{
    return amendment->kind == VF_AMENDMENT_LINE || amendment->kind == VF_AMENDMENT_MEMBER;
}

static void
set_changed (const VfAmendment *amendment, GError **error)
{
    if (edits (amendment))
        vf_error_set (
            error, VF_REASON_FILE_CHANGED,
            "/%s was changed by somebody else, and stays as it is. Set-up knows '%s' there "
            "and '%s'.",
            amendment->path, amendment->before != NULL ? amendment->before : "", amendment->after);
    else
        vf_error_set (error, VF_REASON_FILE_CHANGED,
                      "/%s was changed by somebody else, and stays as it is.", amendment->path);
}

/* Up to where it says what it sets: "GRUB_CMDLINE_LINUX=", "options "; the caller owns it. NULL for
 * a line of another form. */
static char *
key_of (const char *line)
{
    gsize length = strcspn (line, "= ");

    return line[length] != '\0' ? g_strndup (line, length + 1) : NULL;
}

/* The only line of @text that sets what @line sets; belongs to @text. @n_lines counts them. */
static const char *
find_same (const char *text, const char *line, guint *n_lines)
{
    g_autofree char *key = key_of (line);
    const char *found = NULL;

    *n_lines = 0;
    for (const char *start = text; key != NULL && start != NULL; start = strchr (start, '\n')) {
        if (*start == '\n')
            start++;
        if (!g_str_has_prefix (start, key))
            continue;
        found = start;
        ++*n_lines;
    }
    return *n_lines == 1 ? found : NULL;
}

/* What @after has more than @before, in one piece; NULL when it lacks something. The caller owns
 * it. */
static char *
find_insertion (const char *before, const char *after)
{
    gsize head = 0, tail = 0;
    gsize n_before = strlen (before), n_after = strlen (after);

    while (head < n_before && before[head] == after[head])
        head++;
    while (tail < n_before - head && tail < n_after
           && before[n_before - 1 - tail] == after[n_after - 1 - tail])
        tail++;
    return head + tail == n_before ? g_strndup (after + head, n_after - n_before) : NULL;
}

/* Somebody has gone on writing in the line: the words that were added are taken out of it. NULL
 * when that is not all there is to do. */
static char *
take_out_insertion (const VfAmendment *amendment, const char *text)
{
    guint n_lines;
    const char *place = find_same (text, amendment->after, &n_lines);
    g_autofree char *insertion =
        amendment->before != NULL ? find_insertion (amendment->before, amendment->after) : NULL;
    g_autofree char *line = NULL;
    g_autofree char *rest = NULL;
    const char *words;

    if (place == NULL || insertion == NULL || *insertion == '\0')
        return NULL;
    line = g_strndup (place, strcspn (place, "\n"));
    words = strstr (line, insertion);
    if (words == NULL || strstr (words + 1, insertion) != NULL)
        return NULL;
    rest = g_strdup_printf ("%.*s%s", (int) (words - line), line, words + strlen (insertion));
    return replace (text, place, strlen (line), rest);
}

static char *
apply_line (const VfAmendment *amendment, const char *text, GError **error)
{
    const char *place = amendment->before != NULL ? find_line (text, amendment->before) : NULL;
    guint n_same;

    if (place == NULL && find_line (text, amendment->after) != NULL)
        return g_strdup (text);
    /* With a second line like ours nobody could tell later which one it is. */
    if (place != NULL && !has_line (text, amendment->after))
        return replace (text, place, strlen (amendment->before), amendment->after);
    find_same (text, amendment->after, &n_same);
    if (amendment->before == NULL && n_same == 0)
        return g_strconcat (amendment->after, "\n", text, NULL);
    set_changed (amendment, error);
    return NULL;
}

static char *
revert_line (const VfAmendment *amendment, const char *text, GError **error)
{
    const char *place = find_line (text, amendment->after);
    char *restored;
    guint n_same;

    if (place != NULL)
        return replace (text, place, strlen (amendment->after), amendment->before);
    find_same (text, amendment->after, &n_same);
    if (amendment->before == NULL ? n_same == 0 : has_line (text, amendment->before))
        return g_strdup (text);
    restored = take_out_insertion (amendment, text);
    if (restored == NULL)
        set_changed (amendment, error);
    return restored;
}

/* The list of members in the line of the group that @amendment names, of @length bytes; NULL when
 * there is no such line, or not one of four fields. */
static const char *
find_members (const VfAmendment *amendment, const char *text, gsize *length)
{
    g_autofree char *name = g_strndup (amendment->after, strcspn (amendment->after, ":") + 1);
    const char *place = text;

    while (place != NULL && !g_str_has_prefix (place, name)) {
        place = strchr (place, '\n');
        if (place != NULL)
            place++;
    }
    for (guint colons = 3; place != NULL && colons > 0; colons--) {
        place += strcspn (place, ":\n");
        place = *place == ':' ? place + 1 : NULL;
    }
    if (place == NULL)
        return NULL;
    *length = strcspn (place, "\n");
    return memchr (place, ':', *length) == NULL ? place : NULL;
}

/* @text with the user among the members, or without. */
static char *
set_member (const VfAmendment *amendment, const char *text, gboolean member, GError **error)
{
    const char *user = strchr (amendment->after, ':') + 1;
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    g_auto (GStrv) before = NULL;
    g_autofree char *old = NULL;
    g_autofree char *new = NULL;
    gsize length;
    const char *list = find_members (amendment, text, &length);

    if (list == NULL && !member)
        return g_strdup (text);
    if (list == NULL) {
        set_changed (amendment, error);
        return NULL;
    }
    old = g_strndup (list, length);
    before = g_strsplit (old, ",", -1);
    if (g_strv_contains ((const char *const *) before, user) == member)
        return g_strdup (text);
    for (char **name = before; *name != NULL; name++)
        if (strcmp (*name, user) != 0)
            g_ptr_array_add (names, *name);
    if (member)
        g_ptr_array_add (names, (gpointer) user);
    g_ptr_array_add (names, NULL);
    new = g_strjoinv (",", (char **) names->pdata);
    return replace (text, list, length, new);
}

char *
vf_amendment_apply (const VfAmendment *amendment, const char *text, GError **error)
{
    if (edits (amendment) && text != NULL)
        return amendment->kind == VF_AMENDMENT_LINE ? apply_line (amendment, text, error)
                                                    : set_member (amendment, text, TRUE, error);
    if (!edits (amendment) && (text == NULL || strcmp (text, amendment->after) == 0))
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
    if (edits (amendment)) {
        *restored = amendment->kind == VF_AMENDMENT_LINE
                        ? revert_line (amendment, text, error)
                        : set_member (amendment, text, FALSE, error);
        return *restored != NULL;
    }
    if (strcmp (text, amendment->after) == 0)
        return TRUE;
    set_changed (amendment, error);
    return FALSE;
}
