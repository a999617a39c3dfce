/* SPDX-License-Identifier: GPL-3.0-or-later OR GPL-2.0-only */
/* Owns the top of the fake NVIDIA stack: nothing but the need of nvidia_modeset, which therefore
 * cannot be unloaded before it. The real one makes the DRM nodes; those of the lab are bochs-drm's.
 */
#include "nvidia.h"

#include <linux/module.h>

static int __init
start (void)
{
    pr_info ("nvidia_drm: %d GPUs\n", nvKmsKapiGetFunctionsTable ());
    return 0;
}

static void __exit
stop (void)
{
}

module_init (start);
module_exit (stop);
MODULE_DESCRIPTION ("The last to come and the first to go");
MODULE_LICENSE ("GPL");
