/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the watch on libvirt's folder of status files. */
#include "vfd-libvirt-domains.h"

#include "vf-libvirt-traces.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sys/inotify.h>
#include <unistd.h>

struct _VfdLibvirtDomains {
    const VfSysfs *root;
    int notify_fd; /* -1 when there is none to be had */
    guint source_id;
    gboolean watches;
    GHashTable *names; /* of the VMs that are there: a status file is written anew quite often */
    void (*changed) (gpointer data);
    gpointer data;
};

static void
take_event (VfdLibvirtDomains *domains, const struct inotify_event *event)
{
    g_autofree char *name = event->len > 0 ? vf_libvirt_traces_name (event->name) : NULL;

    if ((event->mask & (IN_IGNORED | IN_Q_OVERFLOW)) != 0) {
        domains->watches = FALSE;
        domains->changed (domains->data);
    } else if (name != NULL && (event->mask & IN_DELETE) != 0) {
        g_hash_table_remove (domains->names, name);
        domains->changed (domains->data);
    } else if (name != NULL && g_hash_table_add (domains->names, g_steal_pointer (&name))) {
        domains->changed (domains->data);
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
    VfdLibvirtDomains *domains = data;
    union {
        struct inotify_event aligned;
        char bytes[4096];
    } events;
    ssize_t size = read (fd, &events, sizeof events);

    for (ssize_t at = 0; at < size;) {
        const struct inotify_event *event = (const struct inotify_event *) (events.bytes + at);

        take_event (domains, event);
        at += (ssize_t) (sizeof *event + event->len);
    }
    return G_SOURCE_CONTINUE;
}

VfdLibvirtDomains *
vfd_libvirt_domains_new (const VfSysfs *root, void (*changed) (gpointer data), gpointer data)
{
    VfdLibvirtDomains *domains = g_new0 (VfdLibvirtDomains, 1);

    domains->root = root;
    domains->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    domains->changed = changed;
    domains->data = data;
    domains->notify_fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
    if (domains->notify_fd >= 0)
        domains->source_id = g_unix_fd_add (domains->notify_fd, G_IO_IN, on_readable, domains);
    vfd_libvirt_domains_watch (domains);
    return domains;
}

void
vfd_libvirt_domains_free (VfdLibvirtDomains *domains)
{
    g_clear_handle_id (&domains->source_id, g_source_remove);
    if (domains->notify_fd >= 0)
        close (domains->notify_fd);
    g_hash_table_unref (domains->names);
    g_free (domains);
}

static void
read_names (VfdLibvirtDomains *domains, const VfSysfs *folder)
{
    g_autoptr (GPtrArray) files = NULL;

    g_hash_table_remove_all (domains->names);
    if (vf_sysfs_list (folder, ".", &files) != 0)
        return;
    for (guint i = 0; i < files->len; i++) {
        char *name = vf_libvirt_traces_name (files->pdata[i]);

        if (name != NULL)
            g_hash_table_add (domains->names, name);
    }
}

gboolean
vfd_libvirt_domains_watch (VfdLibvirtDomains *domains)
{
    g_autoptr (VfSysfs) folder = NULL;
    char path[32];

    if (domains->watches)
        return TRUE;
    if (domains->notify_fd < 0
        || vf_sysfs_open (domains->root, VF_LIBVIRT_TRACES_FOLDER, &folder) != 0)
        return FALSE;
    g_snprintf (path, sizeof path, "/proc/self/fd/%d", vf_sysfs_fd (folder));
    domains->watches =
        inotify_add_watch (domains->notify_fd, path,
                           IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR)
        >= 0;
    if (domains->watches)
        read_names (domains, folder);
    return domains->watches;
}
