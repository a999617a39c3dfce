/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from the domain's text to what the hook needs of it. */
#include "vfh-domain.h"

#include "vf-error.h"

#include <libxml/parser.h>
#include <string.h>

#define NAMESPACE "https://virtflow.org/xmlns/libvirt/domain/1.0"
#define TEXT_MAX (1024 * 1024)
#define PARSER_OPTIONS (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)

void
vfh_domain_free (VfhDomain *domain)
{
    g_free (domain->uuid);
    g_array_unref (domain->hostdevs);
    g_free (domain);
}

static xmlNode *
child (xmlNode *node, const char *name)
{
    for (node = node != NULL ? node->children : NULL; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && strcmp ((const char *) node->name, name) == 0)
            return node;
    }
    return NULL;
}

static gboolean
has (xmlNode *node, const char *name, const char *value)
{
    xmlChar *text = xmlGetProp (node, (const xmlChar *) name);
    gboolean same = text != NULL && strcmp ((const char *) text, value) == 0;

    xmlFree (text);
    return same;
}

static guint
number (xmlNode *node, const char *name)
{
    xmlChar *text = xmlGetProp (node, (const xmlChar *) name);
    guint value = text != NULL ? (guint) g_ascii_strtoull ((const char *) text, NULL, 0) : 0;

    xmlFree (text);
    return value;
}

static void
add_hostdev (VfhDomain *domain, xmlNode *node)
{
    xmlNode *address = child (child (node, "source"), "address");
    VfhHostdev hostdev = { .managed = has (node, "managed", "yes") };

    if (address == NULL || !has (node, "type", "pci"))
        return;
    hostdev.address.domain = number (address, "domain");
    hostdev.address.bus = (guint8) number (address, "bus");
    hostdev.address.slot = (guint8) number (address, "slot");
    hostdev.address.function = (guint8) number (address, "function");
    g_array_append_val (domain->hostdevs, hostdev);
}

static gboolean
has_mark (xmlNode *metadata)
{
    xmlNode *node;

    for (node = metadata != NULL ? metadata->children : NULL; node != NULL; node = node->next) {
        if (node->ns != NULL && strcmp ((const char *) node->ns->href, NAMESPACE) == 0)
            return TRUE;
    }
    return FALSE;
}

static VfhDomain *
read_domain (xmlNode *root)
{
    VfhDomain *domain = g_new0 (VfhDomain, 1);
    xmlChar *uuid = xmlNodeGetContent (child (root, "uuid"));
    xmlNode *devices = child (root, "devices");

    domain->uuid = g_strdup ((const char *) uuid);
    xmlFree (uuid);
    domain->marked = has_mark (child (root, "metadata"));
    domain->hostdevs = g_array_new (FALSE, FALSE, sizeof (VfhHostdev));
    for (xmlNode *node = devices != NULL ? devices->children : NULL; node != NULL;
         node = node->next) {
        if (strcmp ((const char *) node->name, "hostdev") == 0)
            add_hostdev (domain, node);
    }
    return domain;
}

VfhDomain *
vfh_domain_parse (const GString *text, GError **error)
{
    VfhDomain *domain = NULL;
    xmlDoc *document = NULL;

    if (text->len <= TEXT_MAX)
        document = xmlReadMemory (text->str, (int) text->len, NULL, NULL, PARSER_OPTIONS);
    if (document != NULL && document->intSubset == NULL
        && child (xmlDocGetRootElement (document), "uuid") != NULL)
        domain = read_domain (xmlDocGetRootElement (document));
    xmlFreeDoc (document);
    if (domain == NULL)
        vf_error_set (error, VF_REASON_INVALID_DOMAIN_XML,
                      "It is not the XML of a domain, has a DTD, or is longer than 1 MiB.");
    return domain;
}

gboolean
vfh_domain_concerns_us (const VfhDomain *domain)
{
    return domain->marked || domain->hostdevs->len > 0;
}

gboolean
vfh_domain_text_concerns_us (const GString *text)
{
    return memmem (text->str, text->len, NAMESPACE, strlen (NAMESPACE)) != NULL
           || memmem (text->str, text->len, "<hostdev", strlen ("<hostdev")) != NULL;
}
