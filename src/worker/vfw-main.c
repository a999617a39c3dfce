/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-worker: carries out the steps that come in on standard input, one per packet. */
#include "vf-packet.h"
#include "vfw-kernel.h"
#include "vfw-service.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int
main (void)
{
    g_autoptr (VfSysfs) root = NULL;
    g_autofree VfwKernel *kernel = NULL;
    int folder;

    clearenv ();
    folder = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return EXIT_FAILURE;
    root = vf_sysfs_new (folder);
    kernel = vfw_kernel_new (folder);
    return vfw_service_run (STDIN_FILENO, root, kernel);
}
