/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps a device open that no process has among its descriptors: it is in a message that nobody has
 * received yet. in-flight NODE; prints a line when it is so, and goes on until it is ended. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int
send_away (int socket, int descriptor)
{
    char byte = 0;
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE (sizeof (int))];
    } control = { 0 };
    struct iovec text = { &byte, 1 };
    struct msghdr message = { .msg_iov = &text,
                              .msg_iovlen = 1,
                              .msg_control = control.room,
                              .msg_controllen = sizeof control.room };
    struct cmsghdr *header = CMSG_FIRSTHDR (&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN (sizeof descriptor);
    memcpy (CMSG_DATA (header), &descriptor, sizeof descriptor);
    return sendmsg (socket, &message, 0) == 1 ? 0 : -1;
}

int
main (int argc, char **argv)
{
    int sockets[2];
    int descriptor = argc == 2 ? open (argv[1], O_RDWR | O_CLOEXEC) : -1;

    if (descriptor < 0 || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0
        || send_away (sockets[0], descriptor) != 0) {
        fprintf (stderr, "usage: in-flight NODE, which can be opened\n");
        return 1;
    }
    close (descriptor);
    puts ("in flight");
    fflush (stdout);
    for (;;)
        pause ();
}
