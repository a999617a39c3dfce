/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rule for a daemon that does not answer. */
#include "vfh-need.h"

#include "vf-pci-function.h"

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
vfh_need_of (const VfhDomain *domain, const char *name, const VfSysfs *root)
{
    if (domain->marked)
        return g_strdup_printf ("The VM \"%s\" was activated for a GPU by VirtFlow", name);
    for (guint i = 0; i < domain->hostdevs->len; i++) {
        const VfhHostdev *hostdev = &g_array_index (domain->hostdevs, VfhHostdev, i);

        if (!hostdev->managed && is_on_a_gpu (root, hostdev->address))
            return g_strdup_printf ("The VM \"%s\" names the GPU at %s with managed='no'", name,
                                    vf_pci_address_format (hostdev->address).text);
    }
    return NULL;
}
