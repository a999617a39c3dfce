/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What in a domain stands in the way of one more device. Internal to src/domain. */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

/* Whether @devices have one of the kind of @device already, or cannot have such a one any more:
 * libvirt would refuse both together, or the owner would see the one as the replacement of the
 * other. */
gboolean vf_domain_conflict_kind (const xmlNode *devices, const xmlNode *device);

/* Whether the <address> of @device, which it had among the devices @before, is of no use among
 * @devices: taken, behind a hub that is gone, or on a bus that is another one now. */
gboolean
vf_domain_conflict_address (const xmlNode *devices, const xmlNode *before, const xmlNode *device);

/* Whether the <alias> of @device is the name of another device. */
gboolean vf_domain_conflict_alias (const xmlNode *devices, const xmlNode *device);

/* Whether the <boot> order of @device is taken, or the domain of @devices says its order in <os>.
 */
gboolean vf_domain_conflict_boot (const xmlNode *devices, const xmlNode *device);

/* The <audio> with that id among @devices, or NULL. */
xmlNode *vf_domain_conflict_find_audio (const xmlNode *devices, const char *id);

gboolean vf_domain_conflict_has_spice (const xmlNode *devices);
