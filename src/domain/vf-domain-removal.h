/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which devices a guest gives up for its GPU. Internal to src/domain. */
#pragma once

#include "vf-display-profile.h"

#include <libxml/tree.h>

/* Whether @device, a child of <devices>, is taken out on activation. */
gboolean vf_domain_removal_takes (const xmlNode *device, VfDisplayProfile profile);

/* Whether @device can only be there beside SPICE graphics. */
gboolean vf_domain_removal_needs_spice (const xmlNode *device);

/* Whether @device is a mediated device that shows its picture in the graphics that would go. */
gboolean vf_domain_removal_is_mediated_display (const xmlNode *device);

/* Whether @device is the silent <audio> that libvirt adds by itself where there is no other. */
gboolean vf_domain_removal_is_implicit (const xmlNode *device);
