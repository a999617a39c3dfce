/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When libvirt begins a VM and when it is done with one, whoever asked for it and whether or not it
 * calls hooks: by the names in its folder of status files (vf-libvirt-traces.h). */
#pragma once

#include "vf-sysfs.h"

typedef struct _VfdLibvirtDomains VfdLibvirtDomains;

/* Calls @changed for each VM that comes or goes. @root, the machine's root, outlives it. libvirt
 * need not have run yet. */
VfdLibvirtDomains *
vfd_libvirt_domains_new (const VfSysfs *root, void (*changed) (gpointer data), gpointer data);
void vfd_libvirt_domains_free (VfdLibvirtDomains *domains);

/* Whether the folder is watched, after another attempt if it was not: libvirt makes it when it
 * starts for the first time. */
gboolean vfd_libvirt_domains_watch (VfdLibvirtDomains *domains);
