/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-services: stops and starts the few services that keep a card open, as steps on standard
 * input ask. */
#include "vfs-service.h"
#include "vfs-systemd.h"

#include <stdlib.h>
#include <unistd.h>

/* Of each service, in milliseconds. The daemon waits longer than for both of them. */
#define DEADLINE 4000

int
main (void)
{
    static const VfsUnits units = { vfs_systemd_runs, vfs_systemd_stop, vfs_systemd_start };
    VfsSystemd *systemd;
    int status;

    clearenv ();
    systemd = vfs_systemd_new (VFS_SYSTEM_BUS, DEADLINE);
    status = vfs_service_run (STDIN_FILENO, &units, systemd);
    vfs_systemd_free (systemd);
    return status;
}
