/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-worker-fake TREE MACHINE [FAULT]: the worker on a fake machine. TREE is its folder,
 * MACHINE the name of its description, FAULT what fake_kernel_inject_text() takes. */
#include "fake-kernel.h"
#include "fake-tree.h"
#include "vfw-service.h"

#include <stdlib.h>
#include <unistd.h>

static void
die (void)
{
    _exit (3);
}

int
main (int argc, char **argv)
{
    g_autoptr (FakeMachine) machine = NULL;
    g_autoptr (FakeKernel) kernel = NULL;
    g_autoptr (VfSysfs) root = NULL;

    if (argc != 3 && argc != 4)
        return EXIT_FAILURE;
    machine = fake_machine_load (argv[2]);
    kernel = fake_kernel_new (machine, argv[1]);
    kernel->crash = die;
    if (argc == 4)
        fake_kernel_inject_text (kernel, argv[3]);
    root = vf_sysfs_new (fake_tree_open (argv[1]));
    return vfw_service_run (STDIN_FILENO, root, &kernel->kernel);
}
