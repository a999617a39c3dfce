/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one door through which the worker changes the machine. Tests put a fake kernel behind it. */
#pragma once

#include "vf-sysfs.h"

#include <sys/types.h>

typedef struct _VfwKernel VfwKernel;

struct _VfwKernel {
    /* Writes @text, which is not empty, to the file at @path below @folder in one piece. Returns 0
     * or the errno of the kernel. */
    int (*write) (VfwKernel *kernel, const VfSysfs *folder, const char *path, const char *text);
    /* Sets the mode of the device node at @path, if it is the node of @device. Returns 0 or an
     * errno; ESTALE when it is another node. */
    int (*set_mode) (VfwKernel *kernel, const char *path, dev_t device, mode_t mode);
};

/* The real kernel. Nodes are below the directory @root, which stays the caller's and open. The last
 * part of a path is never followed when it is a link. The caller frees it with g_free(). */
VfwKernel *vfw_kernel_new (int root);
