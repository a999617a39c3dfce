/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which devices a guest gives up for its GPU. Internal to src/domain. */
#pragma once

#include "vf-display-profile.h"

#include <libxml/tree.h>

/* Whether @device, a child of <devices>, is taken out on activation. */
gboolean vf_domain_removal_takes (const xmlNode *device, VfDisplayProfile profile);

/* Whether @device can only be there beside spice graphics (qemu_validate.c: "... not supported
 * without spice graphics"). */
gboolean vf_domain_removal_needs_spice (const xmlNode *device);

/* An mdev that shows its picture in the graphics which would go. */
gboolean vf_domain_removal_is_mediated_display (const xmlNode *device);

/* <audio type='none'/>, which libvirt adds by itself. */
gboolean vf_domain_removal_is_implicit (const xmlNode *device);
