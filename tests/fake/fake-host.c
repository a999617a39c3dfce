/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the parts of a running fake machine, and how two states of it are compared. */
#include "fake-host.h"

#include "fake-tree.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

FakeHost *
fake_host_new (const char *name)
{
    FakeHost *host = g_new0 (FakeHost, 1);

    host->folder = fake_tree_build_named (name, &host->machine);
    host->kernel = fake_kernel_new (host->machine, host->folder);
    host->root = vf_sysfs_new (fake_tree_open (host->folder));
    return host;
}

void
fake_host_free (FakeHost *host)
{
    fake_tree_remove (host->folder);
    vf_sysfs_free (host->root);
    fake_kernel_free (host->kernel);
    fake_machine_free (host->machine);
    g_free (host->folder);
    g_free (host);
}

static void
add_file (const char *full, const char *path, mode_t mode, GPtrArray *lines)
{
    g_autofree char *contents = NULL;
    g_autofree char *shown = NULL;
    gsize length = 0;

    if (S_ISLNK (mode))
        contents = g_file_read_link (full, NULL);
    else if (S_ISREG (mode))
        g_file_get_contents (full, &contents, &length, NULL);
    /* Config space is the one file with bytes in it. */
    if (length > 0 && strlen (contents) != length)
        shown = g_compute_checksum_for_data (G_CHECKSUM_MD5, (guchar *) contents, length);
    else
        shown = g_strescape (contents != NULL ? contents : "", NULL);
    g_ptr_array_add (lines, g_strdup_printf ("%s %04o %s", path, mode & 07777, shown));
}

static void
add_folder (const char *root, const char *path, GPtrArray *lines)
{
    g_autofree char *folder = g_build_filename (root, path, NULL);
    g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
    const char *name;

    while (names != NULL && (name = g_dir_read_name (names)) != NULL) {
        g_autofree char *inner = g_build_filename (path, name, NULL);
        g_autofree char *full = g_build_filename (root, inner, NULL);
        struct stat status;

        if (strstr (inner, "drivers/vfio-pci") != NULL || strstr (inner, "module/vfio_pci") != NULL
            || g_str_equal (inner, "dev/vfio/vfio") || lstat (full, &status) != 0)
            continue;
        if (S_ISDIR (status.st_mode))
            add_folder (root, inner, lines);
        else
            add_file (full, inner, status.st_mode, lines);
    }
}

static int
compare (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
fake_host_fingerprint (const FakeHost *host)
{
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

    add_folder (host->folder, "sys", lines);
    add_folder (host->folder, "dev", lines);
    add_folder (host->folder, "run/services", lines);
    g_ptr_array_sort (lines, compare);
    g_ptr_array_add (lines, NULL);
    return g_strjoinv ("\n", (char **) lines->pdata);
}

static void
print_lines_missing (const char *from, const char *in, const char *sign)
{
    g_auto (GStrv) lines = g_strsplit (from, "\n", -1);
    g_auto (GStrv) others = g_strsplit (in, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++)
        if (!g_strv_contains ((const char *const *) others, lines[i]))
            g_printerr ("%s %s\n", sign, lines[i]);
}

void
fake_host_assert_same (const FakeHost *host, const char *fingerprint, const char *when)
{
    g_autofree char *now = fake_host_fingerprint (host);

    if (g_str_equal (now, fingerprint))
        return;
    print_lines_missing (fingerprint, now, "-");
    print_lines_missing (now, fingerprint, "+");
    g_error ("%s: the machine is not as it was", when);
}

VfPciAddress
fake_host_address (const char *text)
{
    VfPciAddress address = { 0 };

    if (!vf_pci_address_parse (text, &address, NULL))
        g_error ("'%s' is not an address", text);
    return address;
}

guint32
fake_host_ids (const FakeHost *host, VfPciAddress address)
{
    const FakeFunction *function = fake_machine_function (host->machine, address);

    return function != NULL ? (guint32) function->vendor << 16 | function->device : 0;
}
