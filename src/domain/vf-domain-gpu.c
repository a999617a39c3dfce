/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how the hostdevs of an activation are told from the owner's own: function 0 first, all of
 * them one after another, on one slot of the guest, and with the function numbers of the host. */
#include "vf-domain-gpu.h"

#include "vf-domain-tree.h"
#include "vf-error.h"
#include "vf-text.h"

static GArray *
new_functions (void)
{
    return g_array_new (FALSE, FALSE, sizeof (VfPciAddress));
}

static const xmlNode *
first_hostdev (const VfDomainXml *domain)
{
    const xmlNode *root = xmlDocGetRootElement (vf_domain_xml_document (domain));

    return vf_domain_tree_child (vf_domain_tree_child (root, "devices"), "hostdev");
}

GArray *
vf_domain_gpu_functions (const VfDomainXml *domain, VfPciAddress gpu)
{
    GArray *functions = new_functions ();
    VfDomainHostdev hostdev;

    for (const xmlNode *node = first_hostdev (domain); node != NULL;
         node = vf_domain_tree_next (node, "hostdev")) {
        if (vf_domain_tree_hostdev (node, &hostdev) && !hostdev.managed
            && vf_pci_address_same_slot (hostdev.source, gpu))
            g_array_append_val (functions, hostdev.source);
    }
    return functions;
}

static gboolean
has_our_form (const VfDomainHostdev *hostdev)
{
    return !hostdev->managed && hostdev->has_guest
           && hostdev->guest.function == hostdev->source.function;
}

static gboolean
goes_on (const VfDomainHostdev *before, const VfDomainHostdev *hostdev)
{
    return has_our_form (before) && has_our_form (hostdev)
           && vf_pci_address_same_slot (before->source, hostdev->source)
           && vf_pci_address_same_slot (before->guest, hostdev->guest)
           && before->source.function < hostdev->source.function;
}

/* An array of such arrays, in the order of the text. */
static GPtrArray *
find_candidates (const VfDomainXml *domain)
{
    GPtrArray *candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
    VfDomainHostdev before = { 0 }, hostdev;
    GArray *functions = NULL;

    for (const xmlNode *node = first_hostdev (domain); node != NULL;
         node = vf_domain_tree_next (node, "hostdev")) {
        if (!vf_domain_tree_hostdev (node, &hostdev)) {
            functions = NULL;
            continue;
        }
        if (functions == NULL || !goes_on (&before, &hostdev)) {
            functions = NULL;
            if (has_our_form (&hostdev) && hostdev.source.function == 0)
                g_ptr_array_add (candidates, functions = new_functions ());
        }
        if (functions != NULL)
            g_array_append_val (functions, hostdev.source);
        before = hostdev;
    }
    return candidates;
}

/* An activation puts its own behind all others, and only by hand several functions come to share a
 * slot otherwise: the last one is ours for sure if no other has several. */
static gboolean
is_last_ours (const GPtrArray *candidates)
{
    const GArray *last = g_ptr_array_index (candidates, candidates->len - 1);

    if (candidates->len == 1)
        return TRUE;
    for (guint i = 0; i + 1 < candidates->len; i++) {
        if (((const GArray *) g_ptr_array_index (candidates, i))->len > 1)
            return FALSE;
    }
    return last->len > 1;
}

static void
refuse_ambiguous (const VfDomainXml *domain, const GPtrArray *candidates, GError **error)
{
    g_autoptr (GString) list = g_string_new (NULL);
    g_autofree char *name =
        vf_text_escape (vf_domain_xml_name (domain) != NULL ? vf_domain_xml_name (domain) : "");

    for (guint i = 0; i < candidates->len; i++) {
        const GArray *functions = g_ptr_array_index (candidates, i);

        g_string_append_printf (
            list, "%s%s", i > 0 ? ", " : "",
            vf_pci_address_format (g_array_index (functions, VfPciAddress, 0)).text);
    }
    vf_error_set (error, VF_REASON_HOSTDEV_BY_HAND,
                  "The VM %s has several devices of the host (%s), and nothing on this host tells "
                  "which of them is the GPU that it was given. Take that one out with 'virsh edit "
                  "%s', and the line with '%s' as well.",
                  name, list->str, name, VF_DOMAIN_XML_NAMESPACE);
}

GArray *
vf_domain_gpu_guess (const VfDomainXml *domain, GError **error)
{
    g_autoptr (GPtrArray) candidates = find_candidates (domain);

    if (candidates->len == 0)
        return new_functions ();
    if (is_last_ours (candidates))
        return g_array_ref (g_ptr_array_index (candidates, candidates->len - 1));
    refuse_ambiguous (domain, candidates, error);
    return NULL;
}
