/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps new openers away from the device nodes of one function, and lets them in again. Nodes that
 * several cards share (nvidiactl, kfd) are no business of it: another card may need them, or come
 * to the host and need them while this one is away. */
#pragma once

#include "vf-pci-address.h"
#include "vf-sysfs.h"
#include "vfw-kernel.h"

/* The modes of the nodes of the function at @address: "dri/card1=0660 snd/controlC1=0660", names
 * below /dev; "" when it has none. For a node that is fenced now the mode in @known counts, an
 * earlier answer or ""; one that stands in neither is left out. The caller owns the text. NULL with
 * VF_REASON_INTERNAL when the nodes cannot be found. */
char *vfw_fence_note (const VfSysfs *root, VfPciAddress address, const char *known, GError **error);

/* Sets the mode of each node to 0. VF_REASON_STEP_REJECTED when one keeps its mode. */
gboolean
vfw_fence_close (const VfSysfs *root, VfwKernel *kernel, VfPciAddress address, GError **error);

/* Gives every node of the function that has mode 0 the one that udev gives it on any host. Nothing
 * but the mode was ever changed, so its group is the right one. VF_REASON_STEP_REJECTED when one
 * does not take it. */
gboolean vfw_fence_open_as_usual (const VfSysfs *root,
                                  VfwKernel *kernel,
                                  VfPciAddress address,
                                  GError **error);

/* Gives the nodes of @modes, a text of vfw_fence_note(), their mode back: those that are nodes of
 * the function now and have mode 0. VF_REASON_STEP_REJECTED when one does not take it,
 * VF_REASON_INTERNAL for a text of another form. */
gboolean vfw_fence_open (const VfSysfs *root,
                         VfwKernel *kernel,
                         VfPciAddress address,
                         const char *modes,
                         GError **error);
