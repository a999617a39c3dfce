/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns reading and moving single elements of a domain's tree. */
#include "vf-domain-tree.h"

#include <string.h>

#define INDENT "  "

gboolean
vf_domain_tree_is (const xmlNode *node, const char *name)
{
    return node != NULL && node->type == XML_ELEMENT_NODE && node->ns == NULL
           && strcmp ((const char *) node->name, name) == 0;
}

static xmlNode *
first_from (xmlNode *node, const char *name)
{
    for (; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && (name == NULL || vf_domain_tree_is (node, name)))
            return node;
    }
    return NULL;
}

xmlNode *
vf_domain_tree_child (const xmlNode *parent, const char *name)
{
    return parent != NULL ? first_from (parent->children, name) : NULL;
}

xmlNode *
vf_domain_tree_next (const xmlNode *node, const char *name)
{
    return first_from (node->next, name);
}

const char *
vf_domain_tree_attribute (const xmlNode *node, const char *name)
{
    const xmlAttr *attribute;

    if (node == NULL)
        return NULL;
    for (attribute = node->properties; attribute != NULL; attribute = attribute->next) {
        if (attribute->ns != NULL || strcmp ((const char *) attribute->name, name) != 0)
            continue;
        /* Without entities of its own a document has one text node per value, or none if empty. */
        return attribute->children != NULL ? (const char *) attribute->children->content : "";
    }
    return NULL;
}

gboolean
vf_domain_tree_attribute_is (const xmlNode *node, const char *name, const char *value)
{
    return g_strcmp0 (vf_domain_tree_attribute (node, name), value) == 0;
}

gboolean
vf_domain_tree_number (const xmlNode *node, const char *name, guint64 maximum, guint *value)
{
    const char *text = vf_domain_tree_attribute (node, name);
    gboolean hexadecimal;
    guint64 number;

    if (text == NULL)
        return FALSE;
    hexadecimal = g_str_has_prefix (text, "0x") || g_str_has_prefix (text, "0X");
    if (!g_ascii_string_to_unsigned (hexadecimal ? text + 2 : text, hexadecimal ? 16 : 10, 0,
                                     maximum, &number, NULL))
        return FALSE;
    *value = (guint) number;
    return TRUE;
}

gboolean
vf_domain_tree_address (const xmlNode *node, VfPciAddress *address)
{
    static const struct {
        const char *name;
        guint maximum;
    } parts[] = { { "domain", G_MAXUINT32 }, { "bus", 255 }, { "slot", 31 }, { "function", 7 } };
    guint values[G_N_ELEMENTS (parts)] = { 0 };
    gboolean any = FALSE;

    for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
        if (vf_domain_tree_number (node, parts[i].name, parts[i].maximum, &values[i]))
            any = TRUE;
        else if (vf_domain_tree_attribute (node, parts[i].name) != NULL)
            return FALSE;
    }
    if (any)
        *address =
            (VfPciAddress){ values[0], (guint8) values[1], (guint8) values[2], (guint8) values[3] };
    return any;
}

gboolean
vf_domain_tree_guest_address (const xmlNode *node, VfPciAddress *address)
{
    const xmlNode *child = vf_domain_tree_child (node, "address");

    return vf_domain_tree_attribute_is (child, "type", "pci")
           && vf_domain_tree_address (child, address);
}

/* The element whose "managed" counts and whose <address> names the function, or NULL. */
static const xmlNode *
source_of (const xmlNode *node, const xmlNode **owner)
{
    const xmlNode *source = vf_domain_tree_child (node, "source");

    *owner = node;
    if (vf_domain_tree_is (node, "hostdev"))
        return vf_domain_tree_attribute_is (node, "type", "pci") ? source : NULL;
    if (vf_domain_tree_is (node, "interface"))
        return vf_domain_tree_attribute_is (node, "type", "hostdev") ? source : NULL;
    *owner = source;
    if (vf_domain_tree_is (node, "disk"))
        return vf_domain_tree_attribute_is (node, "type", "nvme") ? source : NULL;
    return NULL;
}

gboolean
vf_domain_tree_hostdev (const xmlNode *node, VfDomainHostdev *hostdev)
{
    const xmlNode *owner;
    const xmlNode *source = source_of (node, &owner);
    VfDomainHostdev found = { 0 };

    if (!vf_domain_tree_address (vf_domain_tree_child (source, "address"), &found.source))
        return FALSE;
    found.managed = vf_domain_tree_attribute_is (owner, "managed", "yes");
    found.has_guest = vf_domain_tree_guest_address (node, &found.guest);
    *hostdev = found;
    return TRUE;
}

gboolean
vf_domain_tree_is_mark (const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && node->ns != NULL
           && strcmp ((const char *) node->ns->href, VF_DOMAIN_XML_NAMESPACE) == 0
           && strcmp ((const char *) node->name, "gpu") == 0;
}

static gboolean
is_white_space (const xmlNode *node)
{
    return node != NULL && node->type == XML_TEXT_NODE && xmlIsBlankNode (node);
}

void
vf_domain_tree_remove (xmlNode *node)
{
    xmlNode *space = node->prev;

    if (is_white_space (space)) {
        xmlUnlinkNode (space);
        xmlFreeNode (space);
    }
    xmlUnlinkNode (node);
    xmlFreeNode (node);
}

static xmlNode *
new_line (guint depth)
{
    g_autoptr (GString) text = g_string_new ("\n");

    for (guint i = 0; i < depth; i++)
        g_string_append (text, INDENT);
    return xmlNewText ((const xmlChar *) text->str);
}

static guint
depth_of (const xmlNode *node)
{
    guint depth = 0;

    for (; node != NULL && node->type == XML_ELEMENT_NODE; node = node->parent)
        depth++;
    return depth;
}

/* Gives every element below @node, none of which has text, a line of its own. */
static void
indent (xmlNode *node, guint depth)
{
    xmlNode *child, *next;

    for (child = node->children; child != NULL; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            return;
    }
    for (child = node->children; child != NULL; child = next) {
        next = child->next;
        xmlAddPrevSibling (child, new_line (depth + 1));
        indent (child, depth + 1);
    }
    if (node->children != NULL)
        xmlAddChild (node, new_line (depth));
}

void
vf_domain_tree_insert (xmlNode *parent, xmlNode *sibling, xmlNode *node)
{
    guint depth = depth_of (parent);

    indent (node, depth);
    /* The white space before @sibling, or before the end tag, stays where it is: after @node. */
    if (sibling != NULL && is_white_space (sibling->prev))
        sibling = sibling->prev;
    else if (sibling == NULL && !is_white_space (parent->last))
        xmlAddChild (parent, new_line (depth - 1));
    if (sibling == NULL)
        sibling = parent->last;
    xmlAddPrevSibling (sibling, node);
    xmlAddPrevSibling (node, new_line (depth));
}
