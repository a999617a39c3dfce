/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the texts below proc and lib/modules of a fake machine. */
#include "fake-proc.h"

#include "fake-node.h"
#include "fake-tree.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* One line of mountinfo per partition that is mounted; the rest of it is what any machine has. */
static void
build_mounts (const FakeMachine *machine, const char *root)
{
    g_autoptr (GString) text = g_string_new ("20 1 0:20 / /proc rw,nosuid - proc proc rw\n"
                                             "21 1 0:21 / /sys rw,nosuid - sysfs sysfs rw\n");
    int id = 22;

    for (guint i = 0; i < machine->functions->len; i++) {
        const FakeFunction *function = machine->functions->pdata[i];

        for (char **disk = function->disks; disk != NULL && *disk != NULL; disk++) {
            g_autoptr (GPtrArray) nodes = fake_node_list (function, "");
            g_auto (GStrv) words = g_strsplit (*disk, ":", -1);

            for (guint k = 0, mount = 0; k < nodes->len; k++) {
                const FakeNode *node = nodes->pdata[k];

                if (strcmp (node->class, "block") != 0 || strcmp (node->name, words[0]) == 0
                    || !g_str_has_prefix (node->name, words[0]))
                    continue;
                g_string_append_printf (text, "%d 1 %u:%u / %s rw,relatime - ext4 /dev/%s rw\n",
                                        id++, node->major, node->minor, words[++mount],
                                        node->device);
            }
        }
    }
    fake_tree_write (root, "proc/self/mountinfo", text->str);
}

static void
write_in (const char *root, const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);

    fake_tree_write (root, path, text);
}

void
fake_proc_add (const FakeProcess *process, const char *root)
{
    g_autofree char *folder = g_strdup_printf ("proc/%u", process->pid);
    g_autofree char *comm = g_strdup_printf ("%s\n", process->command);
    g_autofree char *stat =
        g_strdup_printf ("%u (%s) S 1 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 %u 0 0",
                         process->pid, process->command, process->pid + 100);
    g_autofree char *status =
        g_strdup_printf ("Name:\t%s\nUid:\t%u\t%u\t%u\t%u\n", process->command, process->uid,
                         process->uid, process->uid, process->uid);
    g_autofree char *cgroup = process->unit != NULL
                                  ? g_strdup_printf ("0::/system.slice/%s\n", process->unit)
                                  : g_strdup ("0::/\n");

    write_in (root, folder, "comm", comm);
    write_in (root, folder, "stat", stat);
    write_in (root, folder, "status", status);
    write_in (root, folder, "cgroup", cgroup);
    write_in (root, folder, "fd/0", "");
    if (process->place != NULL)
        write_in (root, folder, "wchan", process->place);
    if (process->program != NULL) {
        g_autofree char *link = g_strdup_printf ("%s/%s/exe", root, folder);
        g_autofree char *target = g_build_filename ("/usr/libexec", process->program, NULL);

        if (symlink (target, link) != 0)
            g_error ("symlink %s: %s", link, g_strerror (errno));
    }
    for (int i = 0; process->open != NULL && process->open[i] != NULL; i++) {
        g_autofree char *link = g_strdup_printf ("%s/%s/fd/%d", root, folder, i + 3);
        g_autofree char *target = g_build_filename ("../../../dev", process->open[i], NULL);

        if (symlink (target, link) != 0)
            g_error ("symlink %s: %s", link, g_strerror (errno));
    }
}

/* The lists of depmod(8). */
static void
build_modules (const FakeMachine *machine, const char *root)
{
    static const char files[] = "kernel/drivers/vfio/pci/vfio-pci.ko:%s\n"
                                "kernel/drivers/vfio/vfio_iommu_type1.ko:%s\n"
                                "kernel/drivers/vfio/vfio.ko:\n";
    g_autofree char *folder = g_build_filename ("lib/modules", machine->kernel, NULL);
    gboolean module = machine->vfio == FAKE_VFIO_LOADED || machine->vfio == FAKE_VFIO_LOADABLE;
    g_autoptr (GString) dep = g_string_new ("kernel/drivers/video/fbdev/cirrusfb.ko:\n");

    if (module)
        g_string_append_printf (
            dep, files, " kernel/drivers/vfio/pci/vfio-pci-core.ko kernel/drivers/vfio/vfio.ko",
            " kernel/drivers/vfio/vfio.ko");
    write_in (root, folder, "modules.dep", dep->str);
    if (machine->vfio == FAKE_VFIO_BUILTIN)
        write_in (root, folder, "modules.builtin",
                  "kernel/drivers/vfio/pci/vfio-pci.ko\nkernel/drivers/vfio/vfio_iommu_type1.ko\n"
                  "kernel/drivers/vfio/vfio.ko\n");
    if (machine->vfio == FAKE_VFIO_LOADED) {
        fake_tree_add_module (root, "vfio");
        fake_tree_add_module (root, "vfio_iommu_type1");
    }
}

void
fake_proc_build (const FakeMachine *machine, const char *root)
{
    g_autofree char *release = g_strdup_printf ("%s\n", machine->kernel);

    fake_tree_write (root, "proc/sys/kernel/osrelease", release);
    build_mounts (machine, root);
    for (guint i = 0; i < machine->processes->len; i++)
        fake_proc_add (machine->processes->pdata[i], root);
    build_modules (machine, root);
    for (guint i = 0; i < machine->files->len; i++) {
        const FakeFile *file = machine->files->pdata[i];

        fake_tree_write (root, file->path, file->text->str);
    }
}
