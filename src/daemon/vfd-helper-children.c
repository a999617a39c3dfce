/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the sockets in the place of those of the units, and the rights of each helper. */
#include "vfd-helper-children.h"

#include "vf-error.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BIT(capability) (G_GUINT64_CONSTANT (1) << (capability))

/* As in the units. Only the kernel's log is read directly here: the journal may be down. */
static const struct {
    const char *name;
    guint64 rights;
} helpers[] = {
    { "worker", 0 },
    { "probe", BIT (CAP_SYS_PTRACE) | BIT (CAP_DAC_READ_SEARCH) | BIT (CAP_SYSLOG) },
    { "modules", BIT (CAP_SYS_MODULE) },
    { "services", 0 },
};
#define N_HELPERS G_N_ELEMENTS (helpers)

typedef struct {
    char *program;
    guint64 rights;
    int socket; /* -1: not open */
    guint source_id;
} Listener;

struct _VfdHelperChildren {
    char *folder;
    Listener listeners[N_HELPERS];
};

/* Between fork and exec: nothing but calls of the kernel. */
static void
give_up_rights (gpointer data)
{
    const Listener *listener = data;

    for (int capability = 0; prctl (PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        if ((listener->rights & BIT (capability)) == 0)
            prctl (PR_CAPBSET_DROP, capability, 0, 0, 0);
    }
    prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static gboolean
on_connection (int fd, GIOCondition condition, gpointer data)
{
    Listener *listener = data;
    int connection = accept4 (fd, NULL, NULL, SOCK_CLOEXEC);
    const char *arguments[] = { listener->program, NULL };
    const char *environment[] = { NULL };
    g_autoptr (GError) error = NULL;

    if (connection < 0)
        return G_SOURCE_CONTINUE;
    /* Who asked sees its end when the program cannot be started. */
    if (!g_spawn_async_with_fds (NULL, (char **) arguments, (char **) environment, G_SPAWN_DEFAULT,
                                 give_up_rights, listener, NULL, connection, connection, -1,
                                 &error))
        g_warning ("%s", error->message);
    close (connection);
    return G_SOURCE_CONTINUE;
}

static gboolean
listen_for (Listener *listener, const char *folder, const char *name, GError **error)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int length = g_snprintf (address.sun_path, sizeof address.sun_path, "%s/%s", folder, name);

    listener->socket = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (listener->socket < 0 || (gsize) length >= sizeof address.sun_path
        || bind (listener->socket, (struct sockaddr *) &address, sizeof address) != 0
        || listen (listener->socket, 8) != 0) {
        vf_error_set (error, VF_REASON_INTERNAL, "Could not listen in %s: %s", folder,
                      g_strerror (errno));
        return FALSE;
    }
    listener->source_id = g_unix_fd_add (listener->socket, G_IO_IN, on_connection, listener);
    return TRUE;
}

VfdHelperChildren *
vfd_helper_children_new (const char *programs, GError **error)
{
    VfdHelperChildren *children = g_new0 (VfdHelperChildren, 1);

    for (gsize i = 0; i < N_HELPERS; i++)
        children->listeners[i] =
            (Listener){ .program = g_strdup_printf ("%s/virtflow-%s", programs, helpers[i].name),
                        .rights = helpers[i].rights,
                        .socket = -1 };
    children->folder = g_strdup ("/run/virtflow-recovery.XXXXXX");
    if (g_mkdtemp (children->folder) == NULL) {
        vf_error_set (error, VF_REASON_INTERNAL, "Could not make a folder in /run: %s",
                      g_strerror (errno));
        g_clear_pointer (&children->folder, g_free);
    }
    for (gsize i = 0; i < N_HELPERS; i++) {
        if (children->folder != NULL
            && listen_for (&children->listeners[i], children->folder, helpers[i].name, error))
            continue;
        vfd_helper_children_free (children);
        return NULL;
    }
    return children;
}

void
vfd_helper_children_free (VfdHelperChildren *children)
{
    for (gsize i = 0; i < N_HELPERS; i++) {
        Listener *listener = &children->listeners[i];

        g_clear_handle_id (&listener->source_id, g_source_remove);
        if (listener->socket >= 0) {
            g_autofree char *path = g_build_filename (children->folder, helpers[i].name, NULL);

            close (listener->socket);
            g_unlink (path);
        }
        g_free (listener->program);
    }
    if (children->folder != NULL)
        g_rmdir (children->folder);
    g_free (children->folder);
    g_free (children);
}

const char *
vfd_helper_children_folder (const VfdHelperChildren *children)
{
    return children->folder;
}
