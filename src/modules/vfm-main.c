/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-modules: loads vfio-pci, as load-module steps on standard input ask. */
#include "vfm-kmod.h"
#include "vfm-service.h"

#include <stdlib.h>
#include <unistd.h>

int
main (void)
{
    clearenv ();
    return vfm_service_run (STDIN_FILENO, vfm_kmod_load, NULL);
}
