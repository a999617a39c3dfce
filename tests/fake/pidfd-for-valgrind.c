/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pidfd_open for programs under Valgrind, whose version in Debian 12 does not know the call: a
 * process beside it that it does not watch opens the pidfd, and hands it over. */
#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixconnection.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* pidfd-opener.c */
static gboolean
start_opener (pid_t pid, int output)
{
    g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname (self);
    g_autofree char *program = g_build_filename (folder, "pidfd-opener", NULL);
    g_autofree char *text = g_strdup_printf ("%d", (int) pid);
    char *arguments[] = { program, text, NULL };

    return g_spawn_async_with_fds (NULL, arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, -1,
                                   output, -1, NULL);
}

static int
receive (int input)
{
    g_autoptr (GSocket) socket = g_socket_new_from_fd (input, NULL);
    g_autoptr (GSocketConnection) connection =
        g_socket_connection_factory_create_connection (socket);

    return g_unix_connection_receive_fd (G_UNIX_CONNECTION (connection), NULL, NULL);
}

int
pidfd_open (pid_t pid, unsigned int flags)
{
    int fd = (int) syscall (SYS_pidfd_open, pid, flags);
    gboolean started;
    int ends[2];

    if (fd >= 0 || errno != ENOSYS
        || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fd;
    started = start_opener (pid, ends[1]);
    close (ends[1]);
    if (started)
        fd = receive (ends[0]);
    else
        close (ends[0]);
    /* The opener says no more than that: the process is gone. */
    if (fd < 0)
        errno = ESRCH;
    return fd;
}
