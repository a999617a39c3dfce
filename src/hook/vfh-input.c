/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns standard input. */
#include "vfh-input.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define TEXT_MAX (1024 * 1024 + 1)

void
vfh_input_open_descriptors (void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl (fd, F_GETFD) < 0)
            (void) !open ("/dev/null", O_RDWR);
    }
}

GString *
vfh_input_read (void)
{
    GString *text = g_string_new (NULL);
    char buffer[16384];
    gssize got;

    do {
        got = read (STDIN_FILENO, buffer, MIN (sizeof buffer, TEXT_MAX - text->len));
        if (got > 0)
            g_string_append_len (text, buffer, got);
    } while (got > 0 || (got < 0 && errno == EINTR));
    return text;
}
