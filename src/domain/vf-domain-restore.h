/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices that activation took out, on their way back into a domain that has changed since.
 * Internal to src/domain. */
#pragma once

#include <libxml/tree.h>

/* Puts the devices of @before that activation took out, so that @after does not have them, back
 * into the <devices> element @devices, as far as the owner's own do not stand in their place. All
 * three are <devices> elements. */
void vf_domain_restore (xmlNode *devices, const xmlNode *before, const xmlNode *after);
