/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns standard input. */
#include "vfh-input.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define TEXT_MAX (1024 * 1024 + 1)

#define OVERLAP 256

void
vfh_input_open_descriptors (void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl (fd, F_GETFD) < 0)
            (void) !open ("/dev/null", O_RDWR);
    }
}

/* Appends up to @most bytes of standard input; FALSE at its end. */
static gboolean
read_more (GString *text, gsize most)
{
    char buffer[16384];
    gssize got;

    do
        got = read (STDIN_FILENO, buffer, MIN (sizeof buffer, most));
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return FALSE;
    g_string_append_len (text, buffer, got);
    return TRUE;
}

GString *
vfh_input_read (void)
{
    GString *text = g_string_new (NULL);

    while (text->len < TEXT_MAX && read_more (text, TEXT_MAX - text->len))
        ;
    return text;
}

gboolean
vfh_input_rest_has (const GString *start, gboolean (*has) (const GString *part))
{
    gsize overlap = MIN (start->len, OVERLAP);
    g_autoptr (GString) part =
        g_string_new_len (start->str + start->len - overlap, (gssize) overlap);

    while (read_more (part, G_MAXSIZE)) {
        if (has (part))
            return TRUE;
        if (part->len > OVERLAP)
            g_string_erase (part, 0, (gssize) (part->len - OVERLAP));
    }
    return FALSE;
}
