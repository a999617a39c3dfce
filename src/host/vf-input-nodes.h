/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keyboards and mice of the host as /dev/input/by-id names them: by names that stay when
 * something is plugged in. */
#pragma once

#include "vf-sysfs.h"

typedef struct {
    char *path;           /* "/dev/input/by-id/usb-Logitech_USB_Receiver-if01-event-mouse" */
    char *name;           /* of the device, for people: "Logitech USB Receiver"; any text */
    gboolean is_keyboard; /* else a mouse */
} VfInputNode;

void vf_input_node_free (VfInputNode *node);

/* All of them, by path; none where the folder is not there. The caller owns the array, which frees
 * its VfInputNode values. NULL with VF_REASON_INTERNAL when the folder cannot be read. @root is the
 * machine's root. */
GPtrArray *vf_input_nodes_list (const VfSysfs *root, GError **error);

/* Whether @path, an absolute one, leads to something. */
gboolean vf_input_nodes_have (const VfSysfs *root, const char *path);
