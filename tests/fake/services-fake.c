/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-services-fake TREE MACHINE: the services program on a fake machine. */
#include "fake-services.h"

#include <stdlib.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
    g_autoptr (FakeMachine) machine = NULL;
    g_autoptr (FakeKernel) kernel = NULL;

    if (argc != 3)
        return EXIT_FAILURE;
    machine = fake_machine_load (argv[2]);
    kernel = fake_kernel_new (machine, argv[1]);
    return vfs_service_run (STDIN_FILENO, &fake_services, kernel);
}
