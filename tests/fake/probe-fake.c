/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-probe-fake TREE: the probe on the folder of a fake machine. */
#include "fake-tree.h"
#include "vfp-service.h"

#include <stdlib.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
    g_autoptr (VfSysfs) root = NULL;

    if (argc != 2)
        return EXIT_FAILURE;
    root = vf_sysfs_new (fake_tree_open (argv[1]));
    return vfp_service_run (STDIN_FILENO, root);
}
