/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A domain's tree as the text that libvirt would print. Internal to src/domain. */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

/* The whole of @document without an XML declaration, with a final line feed. */
GString *vf_domain_format_document (const xmlDoc *document);

/* What libvirt reads in @node and below it, in one spelling: attributes sorted, elements sorted by
 * name where those of one name keep their order, no white space between elements, no comments.
 * Equal strings mean equal to libvirt. */
char *vf_domain_format_canonical (const xmlNode *node);
