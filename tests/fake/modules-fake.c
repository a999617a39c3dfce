/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-modules-fake TREE MACHINE: the modules program on a fake machine. */
#include "fake-kernel.h"
#include "fake-tree.h"
#include "vfm-service.h"

#include <stdlib.h>
#include <unistd.h>

static gboolean
load (const char *name, gpointer kernel, GError **error)
{
    return fake_kernel_load_module (kernel, name, error);
}

static GStrv
find (const char *modalias, gpointer kernel)
{
    return fake_kernel_find_modules (kernel, modalias);
}

int
main (int argc, char **argv)
{
    g_autoptr (FakeMachine) machine = NULL;
    g_autoptr (FakeKernel) kernel = NULL;
    g_autoptr (VfSysfs) root = NULL;
    VfmModules modules = { load, find, NULL };

    if (argc != 3)
        return EXIT_FAILURE;
    machine = fake_machine_load (argv[2]);
    kernel = fake_kernel_new (machine, argv[1]);
    root = vf_sysfs_new (fake_tree_open (argv[1]));
    modules.data = kernel;
    return vfm_service_run (STDIN_FILENO, root, &modules);
}
