/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pidfd-opener PID: sends a pidfd of that process over the socket that is its output. */
#include <gio/gio.h>
#include <gio/gunixconnection.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
    int pidfd = argc == 2 ? pidfd_open (atoi (argv[1]), 0) : -1;
    g_autoptr (GSocket) socket = g_socket_new_from_fd (STDOUT_FILENO, NULL);
    g_autoptr (GSocketConnection) connection =
        socket != NULL ? g_socket_connection_factory_create_connection (socket) : NULL;

    return pidfd >= 0 && G_IS_UNIX_CONNECTION (connection)
                   && g_unix_connection_send_fd (G_UNIX_CONNECTION (connection), pidfd, NULL, NULL)
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
