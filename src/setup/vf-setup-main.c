/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-setup: changes this host so that GPUs can be given to VMs, as a caller on the bus asks
 * who is authorised for it, and takes it back. */
#include "vf-setup-service.h"

#include <fcntl.h>
#include <stdlib.h>

int
main (void)
{
    VfSetupScenery scenery = { .patience = 30000 };

    clearenv ();
    g_setenv ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", TRUE);
    g_setenv ("LC_ALL", "C.UTF-8", TRUE);
    scenery.root = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return vf_setup_service_run (&scenery);
}
