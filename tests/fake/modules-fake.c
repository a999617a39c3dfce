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

int
main (int argc, char **argv)
{
    g_autoptr (FakeMachine) machine = NULL;
    g_autoptr (FakeKernel) kernel = NULL;

    if (argc != 3)
        return EXIT_FAILURE;
    machine = fake_machine_load (argv[2]);
    kernel = fake_kernel_new (machine, argv[1]);
    return vfm_service_run (STDIN_FILENO, load, kernel);
}
