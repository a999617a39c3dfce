/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-modules: loads and unloads the few modules it knows, as steps on standard input ask. */
#include "vfm-kmod.h"
#include "vfm-service.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int
main (void)
{
    static const VfmModules modules = { vfm_kmod_load, vfm_kmod_reload, vfm_kmod_unload,
                                        vfm_kmod_is_loaded, vfm_kmod_find };
    g_autoptr (VfSysfs) root = NULL;
    int folder;

    clearenv ();
    folder = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return EXIT_FAILURE;
    root = vf_sysfs_new (folder);
    return vfm_service_run (STDIN_FILENO, root, &modules, NULL);
}
