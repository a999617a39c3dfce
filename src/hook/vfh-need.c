/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rule for a daemon that does not answer. */
#include "vfh-need.h"

#include "vf-pci-function.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
is_display (const VfSysfs *root, VfPciAddress address)
{
    g_autoptr (VfSysfs) folder = NULL;
    VfPciFunction function = { 0 };
    guint64 class_code;

    if (vf_sysfs_open_function (root, address, &folder) < 0
        || vf_sysfs_read_number (folder, "class", &class_code) < 0)
        return FALSE;
    function.class_code = (guint32) class_code;
    return vf_pci_function_is_display (&function);
}

static gboolean
is_on_a_gpu (const VfSysfs *root, VfPciAddress address)
{
    for (address.function = 0; address.function < 8; address.function++) {
        if (is_display (root, address))
            return TRUE;
    }
    return FALSE;
}

char *
vfh_need_of (const VfDomainXml *domain, const char *name, const VfSysfs *root)
{
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (domain);

    if (vf_domain_xml_mark (domain) != NULL)
        return g_strdup_printf (_ ("The VM \"%s\" was activated for a GPU by VirtFlow"), name);
    for (guint i = 0; i < hostdevs->len; i++) {
        const VfDomainHostdev *hostdev = &g_array_index (hostdevs, VfDomainHostdev, i);

        if (!hostdev->managed && is_on_a_gpu (root, hostdev->source))
            return g_strdup_printf (_ ("The VM \"%s\" names the GPU at %s with managed='no'"), name,
                                    vf_pci_address_format (hostdev->source).text);
    }
    return NULL;
}

static gboolean
mentions (const GString *text, const char *word)
{
    return memmem (text->str, text->len, word, strlen (word)) != NULL;
}

gboolean
vfh_need_is_possible (const GString *text)
{
    return mentions (text, VF_DOMAIN_XML_NAMESPACE) || mentions (text, "<hostdev");
}
