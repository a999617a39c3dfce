/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-probe: answers questions about a card on standard input that take the right to look
 * into other users' processes. */
#include "vfp-service.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int
main (void)
{
    g_autoptr (VfSysfs) root = NULL;
    int folder;

    clearenv ();
    folder = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return EXIT_FAILURE;
    root = vf_sysfs_new (folder);
    return vfp_service_run (STDIN_FILENO, root);
}
