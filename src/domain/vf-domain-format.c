/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns libvirt's way of writing XML: its quotes, its escapes, and libxml2's own inside <metadata>,
 * which libvirt hands through. */
#include "vf-domain-format.h"

#include "vf-domain-removal.h"
#include "vf-domain-tree.h"

#include <string.h>

/* What differs between libvirt's own elements and those in <metadata>. */
typedef struct {
    char quote;
    gboolean quotes_in_text; /* written as references in text as well */
    gboolean ascii_values;   /* other characters are references, but only in attributes */
    gboolean namespaces_first;
} Manner;

static const Manner libvirt_manner = { '\'', TRUE, FALSE, FALSE };
static const Manner metadata_manner = { '"', FALSE, TRUE, TRUE };

static const char *
entity (gunichar c, const Manner *manner, gboolean in_attribute)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '\r':
        return "&#13;";
    case '\n':
        return in_attribute ? "&#10;" : NULL;
    case '\t':
        return in_attribute ? "&#9;" : NULL;
    case '"':
        return manner->quotes_in_text || in_attribute ? "&quot;" : NULL;
    case '\'':
        return manner->quotes_in_text ? "&apos;" : NULL;
    default:
        return NULL;
    }
}

static void
append_escaped (GString *text, const char *plain, const Manner *manner, gboolean in_attribute)
{
    const char *next;

    for (; *plain != '\0'; plain = next) {
        gunichar c = g_utf8_get_char (plain);
        const char *reference = entity (c, manner, in_attribute);

        next = g_utf8_next_char (plain);
        if (reference != NULL)
            g_string_append (text, reference);
        else if (manner->ascii_values && in_attribute && c > 0x7f)
            g_string_append_printf (text, "&#x%X;", c);
        else
            g_string_append_len (text, plain, next - plain);
    }
}

static void
append_name (GString *text, const xmlNs *ns, const xmlChar *name)
{
    if (ns != NULL && ns->prefix != NULL)
        g_string_append_printf (text, "%s:", (const char *) ns->prefix);
    g_string_append (text, (const char *) name);
}

static void
append_value (GString *text, const char *value, const Manner *manner)
{
    g_string_append_c (text, '=');
    g_string_append_c (text, manner->quote);
    append_escaped (text, value != NULL ? value : "", manner, TRUE);
    g_string_append_c (text, manner->quote);
}

static void
append_namespaces (GString *text, const xmlNode *node, const Manner *manner)
{
    for (const xmlNs *ns = node->nsDef; ns != NULL; ns = ns->next) {
        g_string_append (text, ns->prefix != NULL ? " xmlns:" : " xmlns");
        g_string_append (text, ns->prefix != NULL ? (const char *) ns->prefix : "");
        append_value (text, (const char *) ns->href, manner);
    }
}

static void
append_attributes (GString *text, const xmlNode *node, const Manner *manner)
{
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        g_string_append_c (text, ' ');
        append_name (text, attribute->ns, attribute->name);
        append_value (
            text, attribute->children != NULL ? (const char *) attribute->children->content : NULL,
            manner);
    }
}

static void
append_start (GString *text, const xmlNode *node, const Manner *manner)
{
    g_string_append_c (text, '<');
    append_name (text, node->ns, node->name);
    if (manner->namespaces_first)
        append_namespaces (text, node, manner);
    append_attributes (text, node, manner);
    if (!manner->namespaces_first)
        append_namespaces (text, node, manner);
}

static void append_node (GString *text, const xmlNode *node, const Manner *manner);

static void
append_element (GString *text, const xmlNode *node, const Manner *manner)
{
    const Manner *inner = vf_domain_tree_is (node, "metadata") ? &metadata_manner : manner;

    append_start (text, node, manner);
    if (node->children == NULL) {
        g_string_append (text, "/>");
        return;
    }
    g_string_append_c (text, '>');
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        append_node (text, child, inner);
    g_string_append (text, "</");
    append_name (text, node->ns, node->name);
    g_string_append_c (text, '>');
}

static void
append_node (GString *text, const xmlNode *node, const Manner *manner)
{
    const char *content = node->type != XML_ELEMENT_NODE ? (const char *) node->content : NULL;

    if (node->type == XML_ELEMENT_NODE)
        append_element (text, node, manner);
    else if (node->type == XML_TEXT_NODE)
        append_escaped (text, content, manner, FALSE);
    else if (node->type == XML_CDATA_SECTION_NODE)
        g_string_append_printf (text, "<![CDATA[%s]]>", content);
    else if (node->type == XML_COMMENT_NODE)
        g_string_append_printf (text, "<!--%s-->", content != NULL ? content : "");
    else if (node->type == XML_PI_NODE)
        g_string_append_printf (text, "<?%s%s%s?>", (const char *) node->name,
                                content != NULL ? " " : "", content != NULL ? content : "");
}

GString *
vf_domain_format_document (const xmlDoc *document)
{
    GString *text = g_string_sized_new (8192);

    for (const xmlNode *node = document->children; node != NULL; node = node->next) {
        append_node (text, node, &libvirt_manner);
        g_string_append_c (text, '\n');
    }
    return text;
}

static int
compare_attributes (gconstpointer a, gconstpointer b)
{
    const xmlAttr *const *first = a, *const *second = b;

    return strcmp ((const char *) (*first)->name, (const char *) (*second)->name);
}

static void
append_canonical_start (GString *text, const xmlNode *node)
{
    g_autoptr (GPtrArray) attributes = g_ptr_array_new ();

    g_string_append_printf (text, "<%s|%s", node->ns != NULL ? (const char *) node->ns->href : "",
                            (const char *) node->name);
    for (xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next)
        g_ptr_array_add (attributes, attribute);
    g_ptr_array_sort (attributes, compare_attributes);
    for (guint i = 0; i < attributes->len; i++) {
        const xmlAttr *attribute = attributes->pdata[i];

        g_string_append_printf (text, " %s|%s",
                                attribute->ns != NULL ? (const char *) attribute->ns->href : "",
                                (const char *) attribute->name);
        append_value (
            text, attribute->children != NULL ? (const char *) attribute->children->content : NULL,
            &libvirt_manner);
    }
    g_string_append_c (text, '>');
}

/* One child of an element on its way to its place among the others. */
typedef struct {
    const char *name;
    guint64 index;
    char *text;
} Child;

static void
child_clear (gpointer data)
{
    g_free (((Child *) data)->text);
}

static int
compare_children (gconstpointer a, gconstpointer b)
{
    const Child *first = a, *second = b;
    int order = strcmp (first->name, second->name);

    return order != 0 ? order : (first->index > second->index) - (first->index < second->index);
}

/* Controllers have an order of their own, which a redefinition may change: by type and index. */
static guint64
rank (const xmlNode *node, guint position)
{
    const char *type = vf_domain_tree_attribute (node, "type");
    guint index = 0;

    if (!vf_domain_tree_is (node, "controller") || type == NULL
        || !vf_domain_tree_number (node, "index", G_MAXUINT16, &index))
        return position;
    return (guint64) g_str_hash (type) << 16 | index;
}

char *
vf_domain_format_canonical (const xmlNode *node)
{
    g_autoptr (GArray) children = g_array_new (FALSE, FALSE, sizeof (Child));
    g_autoptr (GString) plain = g_string_new (NULL);
    g_autoptr (GString) text = g_string_new (NULL);

    g_array_set_clear_func (children, child_clear);
    append_canonical_start (text, node);
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
            g_string_append (plain, (const char *) child->content);
        if (child->type != XML_ELEMENT_NODE || vf_domain_removal_is_implicit (child))
            continue;

        Child entry = { (const char *) child->name, rank (child, children->len),
                        vf_domain_format_canonical (child) };
        g_array_append_val (children, entry);
    }
    g_array_sort (children, compare_children);
    for (guint i = 0; i < children->len; i++)
        g_string_append (text, g_array_index (children, Child, i).text);
    g_strstrip (plain->str);
    append_escaped (text, plain->str, &libvirt_manner, FALSE);
    g_string_append (text, "</>");
    return g_string_free (g_steal_pointer (&text), FALSE);
}
