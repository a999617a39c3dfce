/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a guest gives up for its GPU, in words. */
#pragma once

#include "vf-display-profile.h"
#include "vf-domain-xml.h"

/* "spice display", "qxl video card", "ich9 sound card", ...: one text for each device that an
 * activation of @domain takes out, none for what libvirt adds by itself. The caller owns the array,
 * which frees them. */
GPtrArray *vf_domain_losses (const VfDomainXml *domain, VfDisplayProfile profile);
