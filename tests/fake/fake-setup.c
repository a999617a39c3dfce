/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the process of the set-up service. */
#include "fake-setup.h"

#include "fake-tree.h"
#include "vf-bus-names.h"

#include <glib/gstdio.h>

#define PATIENCE 10000 /* milliseconds */

static const struct {
    const char *path, *text;
} files[] = {
    { "proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t\t: vmx\n" },
    { "proc/cmdline", "quiet\n" },
    { "etc/default/grub", "GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash\"\n" },
    { "boot/grub/grub.cfg", "" },
    { "usr/sbin/update-grub", "" },
    { "usr/lib/libvirt/virtflow-hook", "" },
};

GSubprocess *
fake_setup_start (const FakeDaemon *daemon, const char *programs)
{
    const char *root = fake_daemon_host (daemon)->folder;
    g_autofree char *program = g_build_filename (programs, "virtflow-setup-fake", NULL);
    g_autofree char *state = g_build_filename (root, "var/lib/virtflow-setup", NULL);
    g_autoptr (GError) error = NULL;
    GSubprocess *setup;

    for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
        fake_tree_write (root, files[i].path, files[i].text);
    g_assert_no_errno (g_mkdir_with_parents (state, 0755));
    setup = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, fake_daemon_bus (daemon),
                              root, NULL);
    g_assert_no_error (error);
    for (int i = 0; i < PATIENCE && !fake_daemon_bus_has (daemon, VF_BUS_SETUP_NAME); i += 5)
        g_usleep (5000);
    g_assert_true (fake_daemon_bus_has (daemon, VF_BUS_SETUP_NAME));
    return setup;
}

void
fake_setup_stop (GSubprocess *setup)
{
    g_subprocess_force_exit (setup);
    g_subprocess_wait (setup, NULL, NULL);
    g_object_unref (setup);
}
