/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keyboards and mice of the host in a domain, and which of them an activation put there.
 * Internal to src/domain. */
#pragma once

#include "vf-domain-xml.h"
#include "vf-input.h"

#include <libxml/tree.h>

/* The input that @device, a child of <devices>, takes from the host; NULL when it takes none. The
 * caller owns it. */
VfInput *vf_domain_input_read (const xmlNode *device);

/* Puts those of @inputs (VfInput; may be NULL) into @devices that are not there yet, and notes them
 * in @mark. VF_REASON_NO_USB. */
gboolean
vf_domain_input_add (xmlNode *devices, xmlNode *mark, const GPtrArray *inputs, GError **error);

/* Takes out of @devices what the marks of @current and @after note: either may have lost its own.
 * Whoever may define the domain may write a mark: what is in @before, the devices of the domain
 * before its activation, no activation has put there, and it stays. */
void vf_domain_input_remove (xmlNode *devices,
                             const xmlNode *before,
                             const VfDomainXml *current,
                             const VfDomainXml *after);
