/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from a domain's text to its tree, and what can be read in it. */
#include "vf-domain-xml.h"

#include "vf-domain-format.h"
#include "vf-domain-tree.h"
#include "vf-error.h"

#include <libxml/parser.h>
#include <string.h>

/* No entities, no network, no inclusions; XML_PARSE_NO_XXE came with 2.13. */
#if LIBXML_VERSION >= 21300
#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NO_XXE)
#else
#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)
#endif

G_DEFINE_AUTOPTR_CLEANUP_FUNC (xmlParserCtxt, xmlFreeParserCtxt)

struct VfDomainXml {
    gatomicrefcount references;
    xmlDoc *document;
    char *text;
    char *name;
    char *uuid;
    char *mark;
};

VfDomainXml *
vf_domain_xml_ref (VfDomainXml *self)
{
    g_atomic_ref_count_inc (&self->references);
    return self;
}

void
vf_domain_xml_unref (VfDomainXml *self)
{
    if (!g_atomic_ref_count_dec (&self->references))
        return;
    xmlFreeDoc (self->document);
    g_free (self->text);
    g_free (self->name);
    g_free (self->uuid);
    g_free (self->mark);
    g_free (self);
}

static char *
child_text (const xmlNode *root, const char *name)
{
    const xmlNode *child = vf_domain_tree_child (root, name);
    xmlChar *content = child != NULL ? xmlNodeGetContent (child) : NULL;
    char *text = g_strdup ((const char *) content);

    xmlFree (content);
    return text;
}

static char *
read_mark (const xmlNode *root)
{
    const xmlNode *node = vf_domain_tree_child (vf_domain_tree_child (root, "metadata"), NULL);

    for (; node != NULL; node = vf_domain_tree_next (node, NULL)) {
        if (vf_domain_tree_is_mark (node)) {
            const char *profile = vf_domain_tree_attribute (node, "profile");
            return g_strdup (profile != NULL ? profile : "");
        }
    }
    return NULL;
}

static VfDomainXml *
new_with_text (xmlDoc *document, char *text)
{
    VfDomainXml *self = g_new0 (VfDomainXml, 1);
    const xmlNode *root = xmlDocGetRootElement (document);

    g_atomic_ref_count_init (&self->references);
    self->document = document;
    self->text = text;
    self->name = child_text (root, "name");
    self->uuid = child_text (root, "uuid");
    self->mark = read_mark (root);
    return self;
}

static gboolean
check_length (gsize length, GError **error)
{
    if (length <= VF_DOMAIN_XML_MAX)
        return TRUE;
    vf_error_set (error, VF_REASON_INVALID_DOMAIN_XML,
                  "The description of the VM is longer than 1 MiB (%zu bytes), "
                  "more than VirtFlow reads. Shorten its metadata.",
                  length);
    return FALSE;
}

/* Called where a document type begins: nothing of it is read. */
static void
stop_at_document_type (void *context,
                       const xmlChar *name G_GNUC_UNUSED,
                       const xmlChar *external_id G_GNUC_UNUSED,
                       const xmlChar *system_id G_GNUC_UNUSED)
{
    xmlParserCtxt *parser = context;
    gboolean *found = parser->_private;

    *found = TRUE;
    xmlStopParser (parser);
}

static void
refuse_malformed (xmlParserCtxt *parser, GError **error)
{
    const xmlError *problem = xmlCtxtGetLastError (parser);
    g_autofree char *shown = g_strescape (
        problem != NULL && problem->message != NULL ? problem->message : "not XML\n", NULL);

    g_strdelimit (shown, "\n", ' ');
    vf_error_set (error, VF_REASON_INVALID_DOMAIN_XML,
                  "The description of the VM cannot be read: line %d: %.200s. 'virsh dumpxml VM' "
                  "shows what libvirt has.",
                  problem != NULL ? problem->line : 1, g_strchomp (shown));
}

static xmlDoc *
parse_document (const char *text, gsize length, GError **error)
{
    g_autoptr (xmlParserCtxt) parser = xmlNewParserCtxt ();
    g_autoptr (xmlDoc) document = NULL;
    gboolean has_document_type = FALSE;

    parser->sax->internalSubset = stop_at_document_type;
    parser->_private = &has_document_type;
    document = xmlCtxtReadMemory (parser, text, (int) length, NULL, "UTF-8", PARSE_OPTIONS);
    if (has_document_type) {
        vf_error_set (error, VF_REASON_INVALID_DOMAIN_XML,
                      "The description of the VM has a document type (DTD), which could make "
                      "VirtFlow read other files. Remove the <!DOCTYPE> line.");
        return NULL;
    }
    if (document == NULL) {
        refuse_malformed (parser, error);
        return NULL;
    }
    if (!vf_domain_tree_is (xmlDocGetRootElement (document), "domain")) {
        vf_error_set (error, VF_REASON_INVALID_DOMAIN_XML,
                      "This is not the description of a VM: its outermost element is not <domain>. "
                      "'virsh dumpxml VM' prints one.");
        return NULL;
    }
    return g_steal_pointer (&document);
}

VfDomainXml *
vf_domain_xml_parse (const char *text, gssize length, GError **error)
{
    gsize size = length >= 0 ? (gsize) length : strlen (text);
    xmlDoc *document;

    if (!check_length (size, error))
        return NULL;
    if (!g_utf8_validate_len (text, size, NULL)) {
        vf_error_set (error, VF_REASON_INVALID_DOMAIN_XML,
                      "The description of the VM is not UTF-8 text. 'virsh dumpxml VM' prints it "
                      "as libvirt has it.");
        return NULL;
    }
    document = parse_document (text, size, error);
    return document != NULL ? new_with_text (document, g_strndup (text, size)) : NULL;
}

xmlDoc *
vf_domain_xml_document (const VfDomainXml *self)
{
    return self->document;
}

VfDomainXml *
vf_domain_xml_new (xmlDoc *document, GError **error)
{
    g_autoptr (xmlDoc) owned = document;
    g_autoptr (GString) text = vf_domain_format_document (document);

    if (!check_length (text->len, error))
        return NULL;
    return new_with_text (g_steal_pointer (&owned), g_string_free (g_steal_pointer (&text), FALSE));
}

const char *
vf_domain_xml_text (const VfDomainXml *self)
{
    return self->text;
}

const char *
vf_domain_xml_name (const VfDomainXml *self)
{
    return self->name;
}

const char *
vf_domain_xml_uuid (const VfDomainXml *self)
{
    return self->uuid;
}

const char *
vf_domain_xml_mark (const VfDomainXml *self)
{
    return self->mark;
}

GArray *
vf_domain_xml_hostdevs (const VfDomainXml *self)
{
    GArray *hostdevs = g_array_new (FALSE, FALSE, sizeof (VfDomainHostdev));
    const xmlNode *devices =
        vf_domain_tree_child (xmlDocGetRootElement (self->document), "devices");
    VfDomainHostdev hostdev;

    for (const xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL)) {
        if (vf_domain_tree_hostdev (node, &hostdev))
            g_array_append_val (hostdevs, hostdev);
    }
    return hostdevs;
}

gboolean
vf_domain_xml_equal (const VfDomainXml *a, const VfDomainXml *b)
{
    g_autofree char *first = NULL, *second = NULL;

    if (a == b || strcmp (a->text, b->text) == 0)
        return TRUE;
    first = vf_domain_format_canonical (xmlDocGetRootElement (a->document));
    second = vf_domain_format_canonical (xmlDocGetRootElement (b->document));
    return strcmp (first, second) == 0;
}
