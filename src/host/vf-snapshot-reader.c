/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which attributes make a snapshot, and of whom they are read. */
#include "vf-snapshot-reader.h"

#include "vf-carried.h"
#include "vf-module.h"
#include "vf-neighbours.h"

#include <errno.h>
#include <string.h>

#define DEVICES "sys/bus/pci/devices"

#define PATH_MAX_BYTES 512

typedef struct {
    const VfSysfs *root;
    VfSysfs *devices;
    VfSnapshot *snapshot;
    GArray *functions;  /* VfPciFunction, by address */
    GHashTable *groups; /* IOMMU groups that a display slot has part in */
    VfCarried *carried; /* NULL until somebody asks for it */
} Reading;

/* Reads one attribute of a detailed function into the snapshot; NULL when it is not there or says
 * nothing. */
static const char *
read_text (Reading *reading, const char *name, const char *attribute)
{
    char path[PATH_MAX_BYTES];
    char text[VF_SYSFS_TEXT_MAX];

    g_snprintf (path, sizeof path, "%s/%s", name, attribute);
    if (vf_sysfs_read (reading->devices, path, text, sizeof text) != 0 || *text == '\0')
        return NULL;
    return vf_snapshot_text (reading->snapshot, text);
}

static guint16
read_id (Reading *reading, const char *name, const char *attribute)
{
    char path[PATH_MAX_BYTES];
    guint64 number = 0;

    g_snprintf (path, sizeof path, "%s/%s", name, attribute);
    vf_sysfs_read_number (reading->devices, path, &number);
    return (guint16) number;
}

static VfAnswer
read_answer (Reading *reading, const char *name, const char *attribute)
{
    const char *text = read_text (reading, name, attribute);

    if (text == NULL)
        return VF_ANSWER_UNKNOWN;
    return strcmp (text, "1") == 0 ? VF_ANSWER_YES : VF_ANSWER_NO;
}

/* The kernel's link is "../../../devices/PATH". */
static const char *
read_path (Reading *reading, const char *name)
{
    static const char above[] = "/devices/";
    char target[VF_SYSFS_TEXT_MAX];
    const char *path;

    if (vf_sysfs_read_link (reading->devices, name, target, sizeof target) != 0)
        return NULL;
    path = strstr (target, above);
    return path == NULL ? NULL : vf_snapshot_text (reading->snapshot, path + strlen (above));
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The connectors of a DRM card whose @attribute is @wanted, as "DP-1, HDMI-A-2"; "" when none is;
 * NULL when the card has no connectors. The caller owns it. The kernel keeps the attributes used
 * here and asks no hardware for them (drivers/gpu/drm/drm_sysfs.c). */
static char *
find_connectors (
    Reading *reading, const char *name, const char *card, const char *attribute, const char *wanted)
{
    char folder[PATH_MAX_BYTES], path[PATH_MAX_BYTES];
    g_autoptr (GPtrArray) entries = NULL;
    gsize prefix = strlen (card);
    g_autoptr (GString) found = NULL;

    g_snprintf (folder, sizeof folder, "%s/drm/%s", name, card);
    if (vf_sysfs_list (reading->devices, folder, &entries) != 0)
        return NULL;
    g_ptr_array_sort (entries, compare_texts);
    for (guint i = 0; i < entries->len; i++) {
        const char *entry = entries->pdata[i];
        char text[VF_SYSFS_NAME_MAX];

        if (strncmp (entry, card, prefix) != 0 || entry[prefix] != '-')
            continue;
        g_snprintf (path, sizeof path, "%s/drm/%s/%s/%s", name, card, entry, attribute);
        if (vf_sysfs_read (reading->devices, path, text, sizeof text) != 0)
            continue;
        if (found == NULL)
            found = g_string_new (NULL);
        if (strcmp (text, wanted) == 0)
            g_string_append_printf (found, "%s%s", found->len > 0 ? ", " : "", entry + prefix + 1);
    }
    return found != NULL ? g_string_free (g_steal_pointer (&found), FALSE) : NULL;
}

static void
read_connectors (Reading *reading, const char *name, const char *card, VfPciFunction *function)
{
    g_autofree char *enabled = find_connectors (reading, name, card, "enabled", "enabled");
    g_autofree char *connected = find_connectors (reading, name, card, "status", "connected");

    if (function->enabled_connector == NULL && enabled != NULL && *enabled != '\0') {
        enabled[strcspn (enabled, ",")] = '\0';
        function->enabled_connector = vf_snapshot_text (reading->snapshot, enabled);
    }
    if (connected != NULL && (function->monitor == NULL || *function->monitor == '\0'))
        function->monitor = vf_snapshot_text (reading->snapshot, connected);
}

static void
read_cards (Reading *reading, const char *name, VfPciFunction *function)
{
    char path[PATH_MAX_BYTES];
    g_autoptr (GPtrArray) entries = NULL;

    g_snprintf (path, sizeof path, "%s/drm", name);
    if (vf_sysfs_list (reading->devices, path, &entries) != 0)
        return;
    for (guint i = 0; i < entries->len; i++) {
        const char *card = entries->pdata[i];

        if (!g_str_has_prefix (card, "card"))
            continue;
        read_connectors (reading, name, card, function);
        /* Kernel 6.16 had it on the PCI device, later ones have it on the DRM card. */
        if (function->boot_display == VF_ANSWER_UNKNOWN) {
            g_snprintf (path, sizeof path, "drm/%s/boot_display", card);
            function->boot_display = read_answer (reading, name, path);
        }
    }
}

static void
read_details (Reading *reading, VfPciFunction *function)
{
    VfPciAddressText address = vf_pci_address_format (function->address);
    const char *name = address.text;

    function->detailed = TRUE;
    function->vendor = read_id (reading, name, "vendor");
    function->device = read_id (reading, name, "device");
    function->subsystem_vendor = read_id (reading, name, "subsystem_vendor");
    function->subsystem_device = read_id (reading, name, "subsystem_device");
    function->path = read_path (reading, name);
    function->modalias = read_text (reading, name, "modalias");
    function->boot_vga = read_answer (reading, name, "boot_vga");
    function->boot_display = read_answer (reading, name, "boot_display");
    function->runtime_status = read_text (reading, name, "power/runtime_status");
    function->power_control = read_text (reading, name, "power/control");
    function->d3cold_allowed = read_text (reading, name, "d3cold_allowed");
    function->reset_methods = read_text (reading, name, "reset_method");
    if (vf_pci_function_is_display (function)) {
        char path[PATH_MAX_BYTES];

        read_cards (reading, name, function);
        g_snprintf (path, sizeof path, "%s/graphics/fb0", name);
        function->has_console = vf_sysfs_exists (reading->devices, path);
    }
}

static void
read_carried (Reading *reading, VfPciFunction *function)
{
    g_autofree char *words = NULL;

    if (reading->carried == NULL)
        reading->carried = vf_carried_new (reading->root);
    words = vf_carried_describe (reading->carried, function->address);
    function->carries = vf_snapshot_text (reading->snapshot, words);
}

/* Base class of sound and video functions (include/linux/pci_ids.h). */
#define MULTIMEDIA 0x04

/* Whether a function of a display slot may carry what the host needs: its own USB controller, say.
 * What hangs below a sound function is sound, and looking there takes longer than all the rest. */
static gboolean
has_devices_of_host (const VfPciFunction *function)
{
    return function->driver != NULL && !vf_pci_function_on_vfio (function)
           && !vf_pci_function_is_display (function) && function->class_code >> 16 != MULTIMEDIA;
}

static int
compare_functions (gconstpointer a, gconstpointer b)
{
    const VfPciFunction *first = a;
    const VfPciFunction *second = b;

    return vf_pci_address_compare (first->address, second->address);
}

static VfPciFunction *
function_at (const Reading *reading, guint index)
{
    return &g_array_index (reading->functions, VfPciFunction, index);
}

/* Reads the details of the slots that have a display function, and notes their groups. */
static void
read_display_slots (Reading *reading)
{
    for (guint first = 0, end; first < reading->functions->len; first = end) {
        gboolean has_display = FALSE;

        for (end = first; end < reading->functions->len
                          && vf_pci_address_same_slot (function_at (reading, first)->address,
                                                       function_at (reading, end)->address);
             end++)
            has_display |= vf_pci_function_is_display (function_at (reading, end));
        for (guint index = first; has_display && index < end; index++) {
            VfPciFunction *function = function_at (reading, index);

            read_details (reading, function);
            if (has_devices_of_host (function))
                read_carried (reading, function);
            if (function->iommu_group != VF_NO_IOMMU_GROUP)
                g_hash_table_add (reading->groups, GINT_TO_POINTER (function->iommu_group));
        }
    }
}

static void
read_group_mates (Reading *reading)
{
    for (guint index = 0; index < reading->functions->len; index++) {
        VfPciFunction *function = function_at (reading, index);

        if (function->detailed || function->iommu_group == VF_NO_IOMMU_GROUP
            || !g_hash_table_contains (reading->groups, GINT_TO_POINTER (function->iommu_group)))
            continue;
        read_details (reading, function);
        if (!vf_pci_function_is_bridge (function))
            read_carried (reading, function);
    }
}

/* Reads class, driver and group of the function called @name. Returns 0, also for one that is gone,
 * or a negative errno value. */
static int
read_function (Reading *reading, const char *name)
{
    VfPciFunction function = { .iommu_group = VF_NO_IOMMU_GROUP };
    char path[PATH_MAX_BYTES], text[VF_SYSFS_NAME_MAX];
    gsize length = strlen (name);
    int result;

    if (length > VF_PCI_ADDRESS_TEXT_MAX || !vf_pci_address_parse (name, &function.address, NULL))
        return 0;
    memcpy (path, name, length);
    strcpy (path + length, "/class");
    result = vf_sysfs_read (reading->devices, path, text, sizeof text);
    if (result != 0)
        return result == -ENOENT ? 0 : result;
    function.class_code = (guint32) g_ascii_strtoull (text, NULL, 16);
    strcpy (path + length, "/driver");
    if (vf_sysfs_read_link_name (reading->devices, path, text, sizeof text) == 0)
        function.driver = vf_snapshot_text (reading->snapshot, text);
    strcpy (path + length, "/iommu_group");
    if (vf_sysfs_read_link_name (reading->devices, path, text, sizeof text) == 0)
        function.iommu_group = (int) g_ascii_strtoll (text, NULL, 10);
    g_array_append_val (reading->functions, function);
    return 0;
}

static VfVfioSupport
read_vfio_support (const VfSysfs *root)
{
    if (vf_sysfs_exists (root, "sys/bus/pci/drivers/" VF_VFIO_DRIVER))
        return VF_VFIO_READY;
    return vf_module_read_state (root, vf_vfio_module_name (VF_MODULE_VFIO_PCI))
                   == VF_MODULE_MISSING
               ? VF_VFIO_MISSING
               : VF_VFIO_LOADABLE;
}

/* One that cannot be read counts as missing: it is then loaded, which does nothing if it is there.
 */
static void
read_drivers (const VfSysfs *root, VfSnapshot *snapshot)
{
    g_autoptr (GPtrArray) names = NULL;

    if (vf_sysfs_list (root, "sys/bus/pci/drivers", &names) != 0)
        return;
    for (guint i = 0; i < names->len; i++)
        vf_snapshot_add_driver (snapshot, names->pdata[i]);
}

/* Reads the functions called @names into a snapshot that is not sealed yet. */
static VfSnapshot *
read_named (const VfSysfs *root, VfSysfs *devices, const GPtrArray *names, GError **error)
{
    g_autoptr (VfSnapshot) snapshot = vf_snapshot_new ();
    g_autoptr (GArray) functions = g_array_new (FALSE, FALSE, sizeof (VfPciFunction));
    g_autoptr (GHashTable) groups = g_hash_table_new (NULL, NULL);
    Reading reading = { root, devices, snapshot, functions, groups, NULL };

    for (guint i = 0; i < names->len; i++) {
        int result = read_function (&reading, names->pdata[i]);

        if (result != 0) {
            vf_sysfs_set_error (error, DEVICES, result);
            return NULL;
        }
    }
    g_array_sort (functions, compare_functions);
    read_display_slots (&reading);
    read_group_mates (&reading);
    g_clear_pointer (&reading.carried, vf_carried_free);
    for (guint index = 0; index < functions->len; index++)
        vf_snapshot_add (snapshot, function_at (&reading, index));
    return g_steal_pointer (&snapshot);
}

VfSnapshot *
vf_snapshot_reader_read (const VfSysfs *root, GError **error)
{
    g_autoptr (VfSysfs) devices = NULL;
    g_autoptr (GPtrArray) names = NULL;
    VfSnapshot *snapshot;
    int result = vf_sysfs_open (root, DEVICES, &devices);

    if (result == 0)
        result = vf_sysfs_list (devices, ".", &names);
    if (result != 0) {
        vf_sysfs_set_error (error, DEVICES, result);
        return NULL;
    }
    snapshot = read_named (root, devices, names, error);
    if (snapshot == NULL)
        return NULL;
    vf_snapshot_set_vfio (snapshot, read_vfio_support (root));
    read_drivers (root, snapshot);
    vf_snapshot_seal (snapshot);
    return snapshot;
}

VfSnapshot *
vf_snapshot_reader_read_around (const VfSysfs *root, VfPciAddress address, GError **error)
{
    g_autoptr (VfSysfs) devices = NULL;
    g_autoptr (GPtrArray) names = vf_neighbours_list (root, address);
    VfSnapshot *snapshot;
    int result = vf_sysfs_open (root, DEVICES, &devices);

    if (result != 0) {
        vf_sysfs_set_error (error, DEVICES, result);
        return NULL;
    }
    snapshot = read_named (root, devices, names, error);
    if (snapshot != NULL)
        vf_snapshot_seal (snapshot);
    return snapshot;
}
