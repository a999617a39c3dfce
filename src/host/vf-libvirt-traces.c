/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the place and the form of libvirt's status files. */
#include "vf-libvirt-traces.h"

#include "vf-text.h"

#include <errno.h>
#include <string.h>

#define SUFFIX ".xml"

/* A VM with hundreds of devices has some hundred KiB. */
#define LARGEST (16 * 1024 * 1024)

char *
vf_libvirt_traces_name (const char *file)
{
    gsize length = strlen (file);

    if (!g_str_has_suffix (file, SUFFIX) || length == strlen (SUFFIX))
        return NULL;
    return g_strndup (file, length - strlen (SUFFIX));
}

/* The text is libvirt's own, so it is searched and not parsed (virPCIDeviceAddressFormat in
 * src/conf/device_conf.c). Only the source of a host device has an address without a type. */
static gboolean
names_card (const VfSysfs *folder, const char *file, VfPciAddress address)
{
    g_autofree char *element =
        g_strdup_printf ("<address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x",
                         address.domain, address.bus, address.slot);
    g_autofree char *text = NULL;
    int result = vf_sysfs_read_file (folder, file, LARGEST, &text, NULL);

    if (result != 0)
        return result != -ENOENT;
    return strstr (text, element) != NULL;
}

GPtrArray *
vf_libvirt_traces_find (const VfSysfs *root, VfPciAddress address, GError **error)
{
    g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GPtrArray) files = NULL;
    g_autoptr (VfSysfs) folder = NULL;
    int result = vf_sysfs_open (root, VF_LIBVIRT_TRACES_FOLDER, &folder);

    if (result == 0)
        result = vf_sysfs_list (folder, ".", &files);
    if (result != 0) {
        vf_sysfs_set_error (error, VF_LIBVIRT_TRACES_FOLDER, result);
        return NULL;
    }
    for (guint i = 0; i < files->len; i++) {
        g_autofree char *name = vf_libvirt_traces_name (files->pdata[i]);

        if (name != NULL && names_card (folder, files->pdata[i], address))
            g_ptr_array_add (found, vf_text_escape (name));
    }
    return g_steal_pointer (&found);
}
