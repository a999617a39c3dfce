/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a VM may start when the daemon cannot be asked about it. */
#pragma once

#include "vf-domain-xml.h"
#include "vf-sysfs.h"

/* Why @domain must not start without the daemon: it carries VirtFlow's mark, or it names a GPU of
 * the machine at @root that libvirt would not bind by itself, but would reset under its host
 * driver. A sentence without its end that the caller owns; NULL when it may start. */
char *vfh_need_of (const VfDomainXml *domain, const char *name, const VfSysfs *root);

/* Whether a text that cannot be read as a domain may be that of one with a GPU. */
gboolean vfh_need_is_possible (const GString *text);
