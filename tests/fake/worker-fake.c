/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-worker-fake TREE MACHINE: the worker on a fake machine. TREE is its folder, MACHINE the
 * name of its description. */
#include "fake-kernel.h"
#include "fake-tree.h"
#include "vfw-service.h"

#include <stdlib.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
    g_autoptr (FakeMachine) machine = NULL;
    g_autoptr (FakeKernel) kernel = NULL;
    g_autoptr (VfSysfs) root = NULL;

    if (argc != 3)
        return EXIT_FAILURE;
    machine = fake_machine_load (argv[2]);
    kernel = fake_kernel_new (machine, argv[1]);
    root = vf_sysfs_new (fake_tree_open (argv[1]));
    return vfw_service_run (STDIN_FILENO, root, &kernel->kernel);
}
