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
 * (nvidiactl, kfd) are not among them. The caller owns the array, which frees its VfDeviceNode
 * values. NULL with VF_REASON_INTERNAL when the function cannot be read. @root is the machine's
 * root. */
GPtrArray *vf_device_nodes_of_host (const VfSysfs *root, VfPciAddress address, GError **error);

/* The nodes that all cards of a driver share, where who has them open stands against lending the
 * function at @address: empty for most drivers.
 * - nvidia: /dev/nvidiactl, nvidia-modeset, nvidia-uvm, nvidia-caps/... Who has only these open has
 *   no card, but keeps the modules from being unloaded. So they count where no other slot has a
 *   card of that driver; else the modules stay.
 * - amdgpu: /dev/kfd. There is one for all cards, and the kernel keeps state about each of them for
 *   whoever opens it (kfd_init_apertures), which a card that is taken away leaves dangling. So it
 *   counts, whichever card the program works on.
 * As vf_device_nodes_of_host() otherwise. */
GPtrArray *vf_device_nodes_shared (const VfSysfs *root, VfPciAddress address, GError **error);

/* The nodes through which a VM holds it: /dev/vfio/N of its IOMMU group, and its vfio device. Empty
 * when it is not on vfio-pci. As vf_device_nodes_of_host() otherwise. */
GPtrArray *vf_device_nodes_of_vfio (const VfSysfs *root, VfPciAddress address, GError **error);
