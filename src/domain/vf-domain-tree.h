/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps through the elements of a domain's tree. Internal to src/domain. */
#pragma once

#include "vf-domain-xml.h"

#include <libxml/tree.h>

/* The tree of @self; not to be changed: copy it with xmlCopyDoc() first. */
xmlDoc *vf_domain_xml_document (const VfDomainXml *self);

/* The domain that @document describes after an edit; takes @document. VF_REASON_INVALID_DOMAIN_XML
 * if it is longer than VF_DOMAIN_XML_MAX. */
VfDomainXml *vf_domain_xml_new (xmlDoc *document, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (xmlDoc, xmlFreeDoc)

/* Whether @node is an element of this name in no namespace, as all of libvirt's own are. */
gboolean vf_domain_tree_is (const xmlNode *node, const char *name);

/* The first child element of that name, or of any name if NULL; NULL if @parent is NULL or has
 * none. And the next such sibling. */
xmlNode *vf_domain_tree_child (const xmlNode *parent, const char *name);
xmlNode *vf_domain_tree_next (const xmlNode *node, const char *name);

/* The value of an attribute of @node (which may be NULL), or NULL. Owned by the tree. */
const char *vf_domain_tree_attribute (const xmlNode *node, const char *name);
gboolean vf_domain_tree_attribute_is (const xmlNode *node, const char *name, const char *value);

/* An attribute as a number, decimal or with 0x, at most @maximum. */
gboolean
vf_domain_tree_number (const xmlNode *node, const char *name, guint64 maximum, guint *value);

/* The four numbers of an <address>, each 0 if it is left out; FALSE if @node is NULL, or not one
 * number can be read or one is too large. */
gboolean vf_domain_tree_address (const xmlNode *node, VfPciAddress *address);

/* Where the guest sees the device @node: its <address type='pci'>. */
gboolean vf_domain_tree_guest_address (const xmlNode *node, VfPciAddress *address);

/* The function of the host that the device @node takes, see VfDomainHostdev. */
gboolean vf_domain_tree_hostdev (const xmlNode *node, VfDomainHostdev *hostdev);

/* Whether @node is VirtFlow's marker. */
gboolean vf_domain_tree_is_mark (const xmlNode *node);

/* Takes @node out and frees it, with the white space that stood before it. */
void vf_domain_tree_remove (xmlNode *node);

/* Puts @node, which is in no tree, into @parent before @sibling (NULL: at the end), on lines of its
 * own, indented for its place if it has no white space in it yet. */
void vf_domain_tree_insert (xmlNode *parent, xmlNode *sibling, xmlNode *node);
