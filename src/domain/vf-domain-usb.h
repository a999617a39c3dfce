/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The USB ports of a guest. Internal to src/domain. */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

/* How many more USB devices libvirt finds a port for among @devices; a hub is not counted on. */
guint vf_domain_usb_count_free (const xmlNode *devices);

/* Whether the owner wants no USB: with a controller of the model 'none' libvirt adds none by
 * itself, and refuses every USB device. */
gboolean vf_domain_usb_is_off (const xmlNode *devices);
