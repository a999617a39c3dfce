/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures how long a snapshot of a large machine takes, against the raw reads that it cannot do
 * without. Prints a line per figure: name, value, unit, bound; "-" for a figure without one. */
#include "fake-tree.h"
#include "vf-gpu.h"
#include "vf-snapshot-reader.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ROUNDS 10
#define SMALL 256
#define LARGE 4096
#define FUNCTIONS_PER_SLOT 8
#define SLOTS_PER_BUS 32

/* Of so many slots on two buses, four hold a GPU with two display functions: 8 in all. */
#define GPUS 4
#define DISPLAYS (GPUS * 2)

typedef struct {
    char *root;
    VfSysfs *sysfs;
    guint n_functions;
} Tree;

/* Buses of 256 functions in one domain; the GPUs are spread over all of them. */
static Tree
build_tree (guint n_functions)
{
    g_autoptr (GString) text = g_string_new ("machine Large\n");
    g_autoptr (FakeMachine) machine = NULL;
    Tree tree = { .n_functions = n_functions };
    guint slots = n_functions / FUNCTIONS_PER_SLOT;

    for (guint i = 0; i < n_functions; i++) {
        guint slot = i / FUNCTIONS_PER_SLOT;
        gboolean in_gpu = slot % (slots / GPUS) == slots / GPUS - 1;
        gboolean display = in_gpu && i % FUNCTIONS_PER_SLOT < 2;

        g_string_append_printf (
            text, "function 0000:%02x:%02x.%x class=%s ids=1234:%04x group=%u driver=%s\n",
            slot / SLOTS_PER_BUS, slot % SLOTS_PER_BUS, i % FUNCTIONS_PER_SLOT,
            display ? "030000" : "0c0330", display ? 0x1111 : 0x2222, slot,
            display ? "bochs-drm power=active connector=DP-1:disabled,DP-2:disabled" : "xhci_hcd");
    }
    machine = fake_machine_parse (text->str);
    tree.root = fake_tree_new_folder ();
    fake_tree_build (machine, tree.root);
    tree.sysfs = vf_sysfs_new (fake_tree_open (tree.root));
    return tree;
}

static void
free_tree (Tree *tree)
{
    vf_sysfs_free (tree->sysfs);
    fake_tree_remove (tree->root);
    g_free (tree->root);
}

/* The floor: class and two links of each function, with nothing done with them. */
static void
read_raw (const Tree *tree)
{
    int folder = openat (vf_sysfs_fd (tree->sysfs), "sys/bus/pci/devices",
                         O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_autoptr (GPtrArray) names = NULL;

    if (vf_sysfs_list (tree->sysfs, "sys/bus/pci/devices", &names) != 0)
        g_error ("no tree");
    for (guint i = 0; i < names->len; i++) {
        char path[64], text[256];
        int fd;

        snprintf (path, sizeof path, "%s/class", (const char *) names->pdata[i]);
        fd = openat (folder, path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || read (fd, text, sizeof text) <= 0)
            g_error ("no class");
        close (fd);
        snprintf (path, sizeof path, "%s/driver", (const char *) names->pdata[i]);
        if (readlinkat (folder, path, text, sizeof text) <= 0)
            g_error ("no driver");
        snprintf (path, sizeof path, "%s/iommu_group", (const char *) names->pdata[i]);
        if (readlinkat (folder, path, text, sizeof text) <= 0)
            g_error ("no group");
    }
    close (folder);
}

static void
read_snapshot (const Tree *tree)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfSnapshot) snapshot = vf_snapshot_reader_read (tree->sysfs, &error);
    guint displays = 0;

    g_assert_no_error (error);
    g_assert_cmpuint (vf_snapshot_size (snapshot), ==, tree->n_functions);
    for (guint i = 0; i < vf_snapshot_size (snapshot); i++)
        displays += vf_pci_function_is_display (vf_snapshot_get (snapshot, i));
    g_assert_cmpuint (displays, ==, DISPLAYS);
}

static double
measure (const Tree *tree, void (*work) (const Tree *tree))
{
    gint64 start = g_get_monotonic_time ();

    work (tree);
    return (double) (g_get_monotonic_time () - start) / 1000;
}

static int
compare (const void *a, const void *b)
{
    const double *first = a;
    const double *second = b;

    return (*first > *second) - (*first < *second);
}

static double
median (double *values)
{
    qsort (values, ROUNDS, sizeof *values, compare);
    return (values[ROUNDS / 2 - 1] + values[ROUNDS / 2]) / 2;
}

typedef struct {
    double raw;      /* milliseconds */
    double snapshot; /* milliseconds */
    double ratio;
} Figures;

/* Each round does both, so that what else the machine does falls on both. */
static Figures
measure_tree (guint n_functions)
{
    Tree tree = build_tree (n_functions);
    double raw[ROUNDS], snapshot[ROUNDS], ratio[ROUNDS];
    Figures figures;

    read_raw (&tree);
    read_snapshot (&tree);
    for (guint i = 0; i < ROUNDS; i++) {
        raw[i] = measure (&tree, read_raw);
        snapshot[i] = measure (&tree, read_snapshot);
        ratio[i] = snapshot[i] / raw[i];
    }
    figures.raw = median (raw);
    figures.snapshot = median (snapshot);
    figures.ratio = median (ratio);
    free_tree (&tree);
    return figures;
}

int
main (void)
{
    Figures small = measure_tree (SMALL);
    Figures large = measure_tree (LARGE);

    printf ("snapshot of 4096 functions\t%.1f\tms\t-\n", large.snapshot);
    printf ("raw reads of 4096 functions\t%.1f\tms\t-\n", large.raw);
    printf ("snapshot against raw reads, 4096 functions\t%.2f\tx\t1.3\n", large.ratio);
    printf ("snapshot of 256 functions\t%.1f\tms\t-\n", small.snapshot);
    /* Linear is 1; quadratic would be 16. */
    printf ("snapshot, time per function, 4096 against 256\t%.2f\tx\t1.3\n",
            large.snapshot / LARGE / (small.snapshot / SMALL));
    return 0;
}
