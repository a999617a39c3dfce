/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns where in a domain its hardware is described. */
#include "vf-domain-facts.h"

#include "vf-domain-input.h"
#include "vf-domain-tree.h"

#define AGENT_CHANNEL "org.qemu.guest_agent.0"

static void
disk_free (gpointer data)
{
    VfDomainDisk *disk = data;

    g_free (disk->target);
    g_free (disk->device);
    g_free (disk->source);
    g_free (disk);
}

static void
interface_free (gpointer data)
{
    VfDomainInterface *interface = data;

    g_free (interface->type);
    g_free (interface->source);
    g_free (interface->mac);
    g_free (interface->model);
    g_free (interface);
}

void
vf_domain_facts_free (VfDomainFacts *facts)
{
    g_ptr_array_unref (facts->disks);
    g_ptr_array_unref (facts->interfaces);
    g_ptr_array_unref (facts->displays);
    g_ptr_array_unref (facts->inputs);
    g_free (facts);
}

static char *
copy_attribute (const xmlNode *node, const char *name)
{
    return g_strdup (vf_domain_tree_attribute (node, name));
}

/* The first of @names that @node has, or NULL. */
static char *
copy_first (const xmlNode *node, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (vf_domain_tree_attribute (node, *names) != NULL)
            return copy_attribute (node, *names);
    }
    return NULL;
}

static char *
join (const char *first, const char *between, const char *second)
{
    return first != NULL && second != NULL ? g_strconcat (first, between, second, NULL) : NULL;
}

static char *
disk_source (const xmlNode *source)
{
    static const char *const whole[] = { "file", "dev", "dir", "path", NULL };
    char *text = copy_first (source, whole);

    if (text == NULL)
        text = join (vf_domain_tree_attribute (source, "pool"), "/",
                     vf_domain_tree_attribute (source, "volume"));
    if (text == NULL)
        text = join (vf_domain_tree_attribute (source, "protocol"), ":",
                     vf_domain_tree_attribute (source, "name"));
    return text;
}

static void
read_disk (VfDomainFacts *facts, const xmlNode *node)
{
    VfDomainDisk *disk = g_new0 (VfDomainDisk, 1);

    disk->target = copy_attribute (vf_domain_tree_child (node, "target"), "dev");
    disk->device = copy_attribute (node, "device");
    if (disk->device == NULL)
        disk->device = g_strdup ("disk");
    disk->source = disk_source (vf_domain_tree_child (node, "source"));
    g_ptr_array_add (facts->disks, disk);
}

static void
read_interface (VfDomainFacts *facts, const xmlNode *node)
{
    static const char *const sources[] = { "network", "bridge", "dev", "name", NULL };
    VfDomainInterface *interface = g_new0 (VfDomainInterface, 1);

    interface->type = copy_attribute (node, "type");
    interface->source = copy_first (vf_domain_tree_child (node, "source"), sources);
    interface->mac = copy_attribute (vf_domain_tree_child (node, "mac"), "address");
    interface->model = copy_attribute (vf_domain_tree_child (node, "model"), "type");
    g_ptr_array_add (facts->interfaces, interface);
}

static void
read_device (VfDomainFacts *facts, const xmlNode *node)
{
    VfInput *input = vf_domain_input_read (node);

    if (input != NULL)
        g_ptr_array_add (facts->inputs, input);
    else if (vf_domain_tree_is (node, "disk"))
        read_disk (facts, node);
    else if (vf_domain_tree_is (node, "interface"))
        read_interface (facts, node);
    else if (vf_domain_tree_is (node, "graphics")
             && vf_domain_tree_attribute (node, "type") != NULL)
        g_ptr_array_add (facts->displays, copy_attribute (node, "type"));
    else if (vf_domain_tree_is (node, "channel")
             && vf_domain_tree_attribute_is (vf_domain_tree_child (node, "target"), "name",
                                             AGENT_CHANNEL))
        facts->has_agent_channel = TRUE;
}

static guint64
number_in (const xmlNode *node)
{
    xmlChar *content = node != NULL ? xmlNodeGetContent (node) : NULL;
    g_autofree char *text = g_strdup (content != NULL ? (const char *) content : "");
    guint64 number = 0;

    xmlFree (content);
    g_ascii_string_to_unsigned (g_strstrip (text), 10, 0, G_MAXUINT64, &number, NULL);
    return number;
}

VfDomainFacts *
vf_domain_facts_new (const VfDomainXml *domain)
{
    const xmlNode *root = xmlDocGetRootElement (vf_domain_xml_document (domain));
    const xmlNode *devices = vf_domain_tree_child (root, "devices");
    VfDomainFacts *facts = g_new0 (VfDomainFacts, 1);

    facts->disks = g_ptr_array_new_with_free_func (disk_free);
    facts->interfaces = g_ptr_array_new_with_free_func (interface_free);
    facts->displays = g_ptr_array_new_with_free_func (g_free);
    facts->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_free);
    facts->processors = (guint) MIN (number_in (vf_domain_tree_child (root, "vcpu")), G_MAXUINT);
    /* In whatever unit its owner said it, libvirt prints KiB. */
    facts->memory = number_in (vf_domain_tree_child (root, "memory"));
    for (const xmlNode *node = vf_domain_tree_child (devices, NULL); node != NULL;
         node = vf_domain_tree_next (node, NULL))
        read_device (facts, node);
    return facts;
}
