/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a helper for one step as the daemon does, whatever the step is; as the daemon's user, say:
 *   helper-step SOCKET KIND ADDRESS VENDOR:DEVICE VALUE
 *   helper-step SOCKET BYTES     a packet that is no step
 * Prints the answer. Ends with 0 when the step was done, 1 when it was refused, 2 when the helper
 * ended without an answer, 3 when it could not be asked. */
#include "vf-packet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
    DONE,
    REFUSED,
    NO_ANSWER,
    NOT_ASKED,
};

static int
connect_to (const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    g_strlcpy (address.sun_path, path, sizeof address.sun_path);
    if (fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
        return fd;
    perror (path);
    exit (NOT_ASKED);
}

static gboolean
send_step (int fd, char **words)
{
    guint vendor = 0, device = 0;

    if (sscanf (words[2], "%x:%x", &vendor, &device) != 2)
        exit (NOT_ASKED);
    return vf_packet_send (
        fd, g_variant_new ("(ssus)", words[0], words[1], vendor << 16 | device, words[3]), NULL);
}

int
main (int argc, char **argv)
{
    g_autoptr (GVariant) answer = NULL;
    const char *reason, *sentence, *value;
    gboolean sent;
    int fd;

    if (argc != 3 && argc != 6) {
        fprintf (stderr, "usage: helper-step SOCKET (BYTES | KIND ADDRESS IDS VALUE)\n");
        return NOT_ASKED;
    }
    fd = connect_to (argv[1]);
    sent = argc == 6 ? send_step (fd, argv + 2)
                     : send (fd, argv[2], strlen (argv[2]), MSG_NOSIGNAL) >= 0;
    answer = sent ? vf_packet_receive (fd, "(sss)", NULL) : NULL;
    if (answer == NULL) {
        puts ("no answer");
        return NO_ANSWER;
    }
    g_variant_get (answer, "(&s&s&s)", &reason, &sentence, &value);
    printf ("%s: %s%s\n", *reason != '\0' ? reason : "done", sentence, value);
    return *reason != '\0' ? REFUSED : DONE;
}
