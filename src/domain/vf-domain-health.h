/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a domain libvirt or a GPU does not get on with, where its own text tells. */
#pragma once

#include "vf-domain-xml.h"

/* The devices that there can be beside SPICE graphics only, when the domain has none of these:
 * "audio spice", "channel spicevmc". Empty when all is well; the caller owns the array, which frees
 * its strings. */
GPtrArray *vf_domain_health_orphans (const VfDomainXml *domain);

/* Whether its guest boots with UEFI. */
gboolean vf_domain_health_has_uefi (const VfDomainXml *domain);

/* Whether its machine has PCI Express (q35 and the like, not i440fx). */
gboolean vf_domain_health_has_express (const VfDomainXml *domain);

/* How many virtual graphics cards it has besides (models other than "none"). */
guint vf_domain_health_count_video (const VfDomainXml *domain);
