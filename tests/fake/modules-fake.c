/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-modules-fake TREE MACHINE: the modules program on a fake machine. */
#include "fake-modules.h"
#include "fake-tree.h"

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
    return vfm_service_run (STDIN_FILENO, root, &fake_modules, kernel);
}
