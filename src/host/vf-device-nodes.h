/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The device nodes that belong to a PCI function, as the kernel's own tree says: what a program can
 * have open of it. */
#pragma once

#include "vf-sysfs.h"

#include <sys/types.h>

typedef struct {
    char *name;   /* below /dev: "dri/card1" */
    dev_t number; /* what st_rdev of it is, under whatever name it was opened */
} VfDeviceNode;

void vf_device_node_free (VfDeviceNode *node);

/* The nodes that the host's driver of the function at @address made, and those of all devices
 * behind it (of a USB controller: sticks, keyboards). Nodes that all cards of a driver share
 * (nvidiactl, kfd) belong to none. The caller owns the array, which frees its VfDeviceNode values.
 * NULL with VF_REASON_INTERNAL when the function cannot be read. @root is the machine's root. */
GPtrArray *vf_device_nodes_of_host (const VfSysfs *root, VfPciAddress address, GError **error);

/* The nodes through which a VM holds it: /dev/vfio/N of its IOMMU group, and its vfio device. Empty
 * when it is not on vfio-pci. As vf_device_nodes_of_host() otherwise. */
GPtrArray *vf_device_nodes_of_vfio (const VfSysfs *root, VfPciAddress address, GError **error);
