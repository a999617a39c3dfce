/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where an element belongs among its siblings, in the order in which libvirt prints them. Internal
 * to src/domain. */
#pragma once

#include <libxml/tree.h>

/* Puts @device into @devices behind the last one of its kind, or of a kind that libvirt prints
 * earlier. */
void vf_domain_place_device (xmlNode *devices, xmlNode *device);

/* The <metadata> of the domain @root; made if there is none. */
xmlNode *vf_domain_place_metadata (xmlNode *root);
