/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a VM may start when the daemon cannot be asked. */
#pragma once

#include "vfh-domain.h"

#include "vf-sysfs.h"

/* Why @domain must not start without the daemon: it carries VirtFlow's mark, or it names a GPU of
 * the machine at @root that libvirt would not bind by itself, but would reset under its host
 * driver. A sentence that the caller owns; NULL when it may. */
char *vfh_need_of (const VfhDomain *domain, const char *name, const VfSysfs *root);
