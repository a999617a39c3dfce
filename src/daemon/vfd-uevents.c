/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the netlink socket of kernel events. */
#include "vfd-uevents.h"

#include "vf-error.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The multicast group of the kernel's own events; udev's is another (lib/kobject_uevent.c). */
#define KERNEL_GROUP 1

/* One switch causes a dozen events within a moment. */
#define SETTLE_MILLISECONDS 100

struct _VfdUevents {
    int fd;
    guint readable_id;
    guint settle_id;
    gboolean (*changed) (gpointer data);
    gpointer data;
};

static gboolean
is_of_interest (const char *event, gsize size)
{
    const char *end = event + size;

    for (const char *field = event; field < end; field += strlen (field) + 1) {
        if (g_str_equal (field, "SUBSYSTEM=pci") || g_str_equal (field, "SUBSYSTEM=drm"))
            return TRUE;
    }
    return FALSE;
}

static gboolean
on_settled (gpointer data)
{
    VfdUevents *uevents = data;

    if (!uevents->changed (uevents->data))
        return G_SOURCE_CONTINUE;
    uevents->settle_id = 0;
    return G_SOURCE_REMOVE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
    VfdUevents *uevents = data;
    char event[8192 + 1];
    struct sockaddr_nl sender;
    socklen_t sender_size = sizeof sender;
    ssize_t size = recvfrom (fd, event, sizeof event - 1, MSG_DONTWAIT, (struct sockaddr *) &sender,
                             &sender_size);
    /* A full queue (ENOBUFS) means that events were lost: look at the machine anew. */
    gboolean interest = size < 0 && errno == ENOBUFS;

    if (size > 0 && sender.nl_pid == 0) {
        event[size] = '\0';
        interest = is_of_interest (event, (gsize) size);
    }
    if (interest && uevents->settle_id == 0)
        uevents->settle_id = g_timeout_add (SETTLE_MILLISECONDS, on_settled, uevents);
    return G_SOURCE_CONTINUE;
}

VfdUevents *
vfd_uevents_new (gboolean (*changed) (gpointer data), gpointer data, GError **error)
{
    struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
    int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
    VfdUevents *uevents;

    if (fd < 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0) {
        vf_error_set (error, VF_REASON_INTERNAL, "Could not listen to kernel events: %s",
                      g_strerror (errno));
        if (fd >= 0)
            close (fd);
        return NULL;
    }
    uevents = g_new0 (VfdUevents, 1);
    uevents->fd = fd;
    uevents->changed = changed;
    uevents->data = data;
    uevents->readable_id = g_unix_fd_add (fd, G_IO_IN, on_readable, uevents);
    return uevents;
}

void
vfd_uevents_free (VfdUevents *uevents)
{
    g_clear_handle_id (&uevents->readable_id, g_source_remove);
    g_clear_handle_id (&uevents->settle_id, g_source_remove);
    close (uevents->fd);
    g_free (uevents);
}
