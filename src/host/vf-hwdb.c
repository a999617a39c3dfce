/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look-up of names in the hardware database. */
#include "vf-hwdb.h"

#include <libudev.h>
#include <string.h>

struct _VfHwdb {
    struct udev *udev;
    struct udev_hwdb *hwdb; /* NULL: the machine has none */
};

VfHwdb *
vf_hwdb_new (void)
{
    VfHwdb *hwdb = g_new0 (VfHwdb, 1);

    hwdb->udev = udev_new ();
    hwdb->hwdb = hwdb->udev != NULL ? udev_hwdb_new (hwdb->udev) : NULL;
    return hwdb;
}

void
vf_hwdb_free (VfHwdb *hwdb)
{
    if (hwdb->hwdb != NULL)
        udev_hwdb_unref (hwdb->hwdb);
    if (hwdb->udev != NULL)
        udev_unref (hwdb->udev);
    g_free (hwdb);
}

/* The database has full company names: what a person calls them is enough. */
static char *
shorten_vendor (const char *vendor)
{
    static const struct {
        const char *prefix;
        const char *name;
    } known[] = {
        { "Advanced Micro Devices", "AMD" },
        { "Intel ", "Intel" },
        { "NVIDIA ", "NVIDIA" },
        { "Red Hat", "Red Hat" },
    };
    static const char *const endings[] = { " Corporation", " Corp.", ", Inc.", " Inc.",
                                           ", Ltd.",       " Ltd.",  " Co." };

    for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
        if (g_str_has_prefix (vendor, known[i].prefix))
            return g_strdup (known[i].name);
    }
    for (gsize i = 0; i < G_N_ELEMENTS (endings); i++) {
        if (g_str_has_suffix (vendor, endings[i]))
            return g_strndup (vendor, strlen (vendor) - strlen (endings[i]));
    }
    return g_strdup (vendor);
}

char *
vf_hwdb_name (VfHwdb *hwdb, const VfPciFunction *function)
{
    const char *vendor = NULL;
    const char *model = NULL;
    g_autofree char *shown = NULL;
    struct udev_list_entry *entry = NULL;

    if (hwdb->hwdb != NULL && function->modalias != NULL)
        entry = udev_hwdb_get_properties_list_entry (hwdb->hwdb, function->modalias, 0);
    for (; entry != NULL; entry = udev_list_entry_get_next (entry)) {
        if (g_str_equal (udev_list_entry_get_name (entry), "ID_VENDOR_FROM_DATABASE"))
            vendor = udev_list_entry_get_value (entry);
        else if (g_str_equal (udev_list_entry_get_name (entry), "ID_MODEL_FROM_DATABASE"))
            model = udev_list_entry_get_value (entry);
    }
    if (model == NULL)
        return g_strdup_printf ("%04x:%04x", function->vendor, function->device);
    shown = shorten_vendor (vendor != NULL ? vendor : "");
    return g_strstrip (g_strconcat (shown, " ", model, NULL));
}
