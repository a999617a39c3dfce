/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A device of the host as libvirt describes it, as far as USB is concerned. A value with owned
 * strings. */
#pragma once

#include <glib.h>

typedef struct {
    char *name;   /* "usb_3_2_1_0": libvirt's own */
    char *parent; /* the name of the device that it is a part of; NULL where it has none */

    gboolean is_usb_device;
    guint16 vendor, product;
    char *vendor_name, *product_name; /* NULL where they are not known */

    gboolean is_usb_interface; /* and its class, as USB numbers it */
    guint8 usb_class, usb_subclass, usb_protocol;

    char *network; /* "enp0s20u1": of a network interface; else NULL */
} VfNodeDevice;

/* Reads libvirt's text of a node device. VF_REASON_INTERNAL for anything else. The caller owns it.
 */
VfNodeDevice *vf_node_device_parse (const char *text, GError **error);

void vf_node_device_free (VfNodeDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfNodeDevice, vf_node_device_free)
