/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how PCI functions, drivers and processes are written in a machine file. */
#include "vfc-machine-file.h"

#include "vfc-machine-texts.h"

#include "vf-text.h"

#include <string.h>

#define DISPLAY 0x03
#define SOUND 0x0403
#define FIRST_RENDER_NODE 128

#define DEV "/dev/"

typedef struct {
    const VfcMachine *of;
    GString *text;
    GHashTable *above; /* address: path of what it sits on */
    GPtrArray *order;  /* VfPciFunction: as they stand in the file */
    guint n_networks;
} Writing;

static void
writing_clear (Writing *writing)
{
    g_string_free (writing->text, TRUE);
    g_hash_table_unref (writing->above);
    g_ptr_array_unref (writing->order);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Writing, writing_clear)

/* A path says what is above each of its parts. Where the PCI host bridge itself sits is no concern
 * of a machine file. */
static void
read_path (GHashTable *above, const char *path)
{
    const char *inner = strstr (path, "/pci");
    const char *start = g_str_has_prefix (path, "pci") ? path : inner != NULL ? inner + 1 : "";

    for (const char *slash = strchr (start, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
        gsize length = strcspn (slash + 1, "/");

        g_hash_table_insert (above, g_strndup (slash + 1, length),
                             g_strndup (start, (gsize) (slash - start)));
    }
}

/* NULL when it sits on the root of its own bus, or where is not known. */
static const char *
path_above (const Writing *writing, const VfPciFunction *function)
{
    g_autofree char *root =
        g_strdup_printf ("pci%04x:%02x", function->address.domain, function->address.bus);
    const char *path =
        g_hash_table_lookup (writing->above, vf_pci_address_format (function->address).text);

    return g_strcmp0 (path, root) == 0 ? NULL : path;
}

/* NULL when the last part of @path is none that was read. */
static const VfPciFunction *
bridge_at (const Writing *writing, const char *path)
{
    const char *slash = strrchr (path, '/');
    VfPciAddress address;

    if (slash == NULL || !vf_pci_address_parse (slash + 1, &address, NULL))
        return NULL;
    for (guint i = 0; i < vf_snapshot_size (writing->of->machine); i++) {
        const VfPciFunction *function = vf_snapshot_get (writing->of->machine, i);

        if (vf_pci_address_equal (function->address, address))
            return function;
    }
    return NULL;
}

/* Bridges stand before what is behind them. @seen keeps a tree that contradicts itself from being
 * followed for ever. */
static void
put_in_order (Writing *writing, GHashTable *seen, const VfPciFunction *function)
{
    const char *above = path_above (writing, function);
    const VfPciFunction *bridge = above != NULL ? bridge_at (writing, above) : NULL;

    if (!g_hash_table_add (seen, (gpointer) function))
        return;
    if (bridge != NULL)
        put_in_order (writing, seen, bridge);
    g_ptr_array_add (writing->order, (gpointer) function);
}

/* The first card of the file is the one that has the console. */
static void
find_order (Writing *writing)
{
    const VfSnapshot *machine = writing->of->machine;
    g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

    for (guint i = 0; i < vf_snapshot_size (machine); i++) {
        if (vf_snapshot_get (machine, i)->path != NULL)
            read_path (writing->above, vf_snapshot_get (machine, i)->path);
    }
    for (guint i = 0; i < vf_snapshot_size (machine); i++) {
        if (vf_snapshot_get (machine, i)->has_console)
            put_in_order (writing, seen, vf_snapshot_get (machine, i));
    }
    for (guint i = 0; i < vf_snapshot_size (machine); i++)
        put_in_order (writing, seen, vf_snapshot_get (machine, i));
}

static gboolean
is_display (const VfPciFunction *function)
{
    return function->class_code >> 16 == DISPLAY;
}

static gboolean
is_sound (const VfPciFunction *function)
{
    return function->class_code >> 8 == SOUND;
}

static gboolean
is_of_nvidia (const VfPciFunction *function)
{
    return is_display (function) && g_strcmp0 (function->driver, VF_NVIDIA_DRIVER) == 0;
}

/* How many of that sort stand before it. */
static guint
number_of (const Writing *writing,
           const VfPciFunction *function,
           gboolean (*sort) (const VfPciFunction *function))
{
    guint number = 0;

    for (guint i = 0; writing->order->pdata[i] != function; i++)
        number += sort (writing->order->pdata[i]) ? 1 : 0;
    return number;
}

/* A word of a line, or an item of a list in one. */
static char *
as_word (const char *text)
{
    g_autofree char *escaped = vf_text_escape (*text != '\0' ? text : "?");

    return g_strdelimit (g_steal_pointer (&escaped), " \t,", '_');
}

static void
append_key (GString *text, const char *key, const char *value)
{
    if (value != NULL) {
        g_autofree char *list = g_strdelimit (g_strdup (value), " ", ',');

        g_string_append_printf (text, " %s=%s", key, list);
    }
}

static void
append_answer (GString *text, const char *key, VfAnswer answer)
{
    if (answer != VF_ANSWER_UNKNOWN)
        append_key (text, key, answer == VF_ANSWER_YES ? "1" : "0");
}

/* Of its connectors is known which one shows a picture, which ones have a monitor, and whether
 * there are any. */
static void
append_connectors (GString *text, const VfPciFunction *function)
{
    const char *enabled = function->enabled_connector;
    g_auto (GStrv) monitors =
        g_strsplit (function->monitor != NULL ? function->monitor : "", ", ", -1);
    gboolean same = enabled != NULL && g_strv_contains ((const char *const *) monitors, enabled);
    const char *separator = " connector=";

    if (enabled == NULL && function->monitor == NULL)
        return;
    if (enabled != NULL) {
        g_string_append_printf (text, "%s%s:enabled%s", separator, enabled,
                                same ? "" : ":disconnected");
        separator = ",";
    }
    for (char **monitor = monitors; *monitor != NULL; monitor++) {
        if (g_strcmp0 (*monitor, enabled) == 0)
            continue;
        g_string_append_printf (text, "%s%s:disabled:connected", separator, *monitor);
        separator = ",";
    }
    if (*separator != ',')
        g_string_append_printf (text, "%sDP-1:disabled", separator);
}

gboolean
vfc_machine_file_has_place (const char *place)
{
    static const char *const common[] = { "/",    "/boot", "/boot/efi", "/home", "/opt", "/srv",
                                          "/tmp", "/usr",  "/var",      "swap",  NULL };

    return g_strv_contains (common, place);
}

static void
append_places (GString *text, char **places)
{
    gboolean other = FALSE;

    for (; *places != NULL; places++) {
        gboolean known = vfc_machine_file_has_place (*places);

        if (known)
            g_string_append_printf (text, ":%s", *places);
        other = other || !known;
    }
    if (other)
        g_string_append (text, ":/mnt");
}

/* Their own names and those that udev gives them tell something, their number hardly ever counts.
 */
static void
append_carried (Writing *writing, const VfPciFunction *function)
{
    g_autoptr (GPtrArray) devices = vf_carried_list (writing->of->carried, function->address);
    g_autoptr (GString) networks = g_string_new (NULL);
    g_autoptr (GString) disks = g_string_new (NULL);
    gboolean has_input = FALSE;

    for (guint i = 0; i < devices->len; i++) {
        const VfCarriedDevice *device = devices->pdata[i];

        switch (device->kind) {
        case VF_CARRIED_NETWORK:
            g_string_append_printf (networks, "%snet%u", networks->len > 0 ? "," : "",
                                    writing->n_networks++);
            break;
        case VF_CARRIED_DISK:
            g_string_append_printf (disks, "%s%s", disks->len > 0 ? "," : "", device->name);
            append_places (disks, device->places);
            break;
        case VF_CARRIED_INPUT:
            has_input = TRUE;
            break;
        }
    }
    append_key (writing->text, "net", networks->len > 0 ? networks->str : NULL);
    append_key (writing->text, "disk", disks->len > 0 ? disks->str : NULL);
    append_key (writing->text, "input", has_input ? "input" : NULL);
}

static void
append_details (GString *text, const VfPciFunction *function)
{
    g_string_append_printf (text, " ids=%04x:%04x", function->vendor, function->device);
    if (function->subsystem_vendor != 0 || function->subsystem_device != 0)
        g_string_append_printf (text, " subsystem=%04x:%04x", function->subsystem_vendor,
                                function->subsystem_device);
    append_answer (text, "boot_vga", function->boot_vga);
    append_answer (text, "boot_display", function->boot_display);
    append_key (text, "power", function->runtime_status);
    append_key (text, "power_control", function->power_control);
    append_key (text, "d3cold", function->d3cold_allowed);
    append_key (text, "reset", function->reset_methods);
    append_connectors (text, function);
}

static void
append_function (Writing *writing, const VfPciFunction *function)
{
    GString *text = writing->text;
    const char *above = path_above (writing, function);
    const VfPciFunction *bridge = above != NULL ? bridge_at (writing, above) : NULL;

    g_string_append_printf (text, "function %s", vf_pci_address_format (function->address).text);
    append_key (text, "behind",
                bridge != NULL ? vf_pci_address_format (bridge->address).text : above);
    g_string_append_printf (text, " class=%06x", function->class_code);
    if (function->iommu_group != VF_NO_IOMMU_GROUP)
        g_string_append_printf (text, " group=%d", function->iommu_group);
    if (function->driver != NULL) {
        g_autofree char *driver = as_word (function->driver);

        append_key (text, "driver", driver);
    }
    if (function->detailed)
        append_details (text, function);
    if (function->carries != NULL)
        append_carried (writing, function);
    if (is_of_nvidia (function))
        g_string_append_printf (text, " nvidia_minor=%u",
                                number_of (writing, function, is_of_nvidia));
    g_string_append_c (text, '\n');
}

/* Whether it is a node of all cards of a driver: "nvidiactl", not "nvidia0". */
static gboolean
is_shared_by (const char *driver, const char *node)
{
    if (strcmp (driver, VF_AMD_DRIVER) == 0)
        return strcmp (node, "kfd") == 0;
    if (strcmp (driver, VF_NVIDIA_DRIVER) != 0 || !g_str_has_prefix (node, driver))
        return FALSE;
    node += strlen (driver);
    return strspn (node, G_CSET_DIGITS) != strlen (node);
}

/* What a holder has open, below dev. */
static const char *
node_of (const VfHolder *holder)
{
    return g_str_has_prefix (holder->node, DEV) ? holder->node + strlen (DEV) : holder->node;
}

static void
add_once (GPtrArray *words, const char *word)
{
    if (!g_ptr_array_find_with_equal_func (words, word, g_str_equal, NULL))
        g_ptr_array_add (words, g_strdup (word));
}

/* NULL for none; the caller owns it. */
static char *
join (GPtrArray *words)
{
    if (words->len == 0)
        return NULL;
    g_ptr_array_add (words, NULL);
    return g_strjoinv (",", (char **) words->pdata);
}

static char *
shared_nodes (const Writing *writing, const char *driver)
{
    const GArray *holders = writing->of->services->holders;
    g_autoptr (GPtrArray) nodes = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < holders->len; i++) {
        const char *node = node_of (g_array_index (holders, VfGpuHolder, i).holder);

        if (is_shared_by (driver, node))
            add_once (nodes, node);
    }
    return join (nodes);
}

static gboolean
is_bound (const Writing *writing, const char *driver)
{
    for (guint i = 0; i < writing->order->len; i++) {
        if (g_strcmp0 (((const VfPciFunction *) writing->order->pdata[i])->driver, driver) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A driver that has a function need not be named for that. */
static void
append_drivers (Writing *writing)
{
    static const char *const drivers[] = {
        VF_AMD_DRIVER, "i915", "nouveau", VF_NVIDIA_DRIVER, "radeon", "xe", "snd_hda_intel",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (drivers); i++) {
        g_autofree char *nodes = shared_nodes (writing, drivers[i]);

        if (!vf_snapshot_has_driver (writing->of->machine, drivers[i])
            || (nodes == NULL && is_bound (writing, drivers[i])))
            continue;
        g_string_append_printf (writing->text, "driver %s", drivers[i]);
        append_key (writing->text, "nodes", nodes);
        g_string_append_c (writing->text, '\n');
    }
}

/* Of the slot of @gpu; NULL when there is none. */
static const VfPciFunction *
function_of (const Writing *writing,
             VfPciAddress gpu,
             gboolean (*sort) (const VfPciFunction *function))
{
    for (guint i = 0; i < writing->order->len; i++) {
        const VfPciFunction *function = writing->order->pdata[i];

        if (vf_pci_address_same_slot (function->address, gpu) && sort (function))
            return function;
    }
    return NULL;
}

/* What the node that is held here is called on the machine of the file; NULL for one that is not
 * there. The caller owns it. */
static char *
node_in_file (const Writing *writing, const VfGpuHolder *held)
{
    static const struct {
        const char *here;
        gboolean (*sort) (const VfPciFunction *function);
        const char *before, *behind;
        guint first;
    } nodes[] = {
        { "dri/card", is_display, "dri/card", "", 0 },
        { "dri/renderD", is_display, "dri/renderD", "", FIRST_RENDER_NODE },
        { "fb", is_display, "fb", "", 0 },
        { "i2c-", is_display, "i2c-", "", 0 },
        { "snd/controlC", is_sound, "snd/controlC", "", 0 },
        { "snd/pcmC", is_sound, "snd/pcmC", "D3p", 0 },
        { "nvidia", is_of_nvidia, "nvidia", "", 0 },
    };
    const char *node = node_of (held->holder);

    if (is_shared_by (VF_NVIDIA_DRIVER, node) || is_shared_by (VF_AMD_DRIVER, node))
        return g_strdup (node);
    for (gsize i = 0; i < G_N_ELEMENTS (nodes); i++) {
        const VfPciFunction *function = function_of (writing, held->gpu, nodes[i].sort);

        if (function != NULL && g_str_has_prefix (node, nodes[i].here))
            return g_strdup_printf ("%s%u%s", nodes[i].before,
                                    nodes[i].first + number_of (writing, function, nodes[i].sort),
                                    nodes[i].behind);
    }
    return NULL;
}

/* All that the process has open; NULL for nothing. */
static char *
nodes_of_process (const Writing *writing, guint32 pid)
{
    const GArray *holders = writing->of->services->holders;
    g_autoptr (GPtrArray) nodes = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < holders->len; i++) {
        const VfGpuHolder *held = &g_array_index (holders, VfGpuHolder, i);
        g_autofree char *node = held->holder->pid == pid ? node_in_file (writing, held) : NULL;

        if (node != NULL)
            add_once (nodes, node);
    }
    return join (nodes);
}

static gboolean
append_process (Writing *writing, const VfHolder *holder, VfcRedaction *redaction, GError **error)
{
    g_autofree char *nodes = nodes_of_process (writing, holder->pid);
    g_autofree char *command = vfc_redaction_apply (redaction, holder->command, error);
    g_autofree char *unit =
        command != NULL ? vfc_redaction_apply (redaction, holder->unit, error) : NULL;
    g_autofree char *command_word = NULL;
    g_autofree char *unit_word = NULL;

    if (unit == NULL)
        return FALSE;
    command_word = as_word (command);
    unit_word = *unit != '\0' ? as_word (unit) : NULL;
    if (vf_holder_is_known_service (holder))
        g_string_append_printf (writing->text, "service %s\n", unit_word);
    g_string_append_printf (writing->text, "process %u command=%s uid=%u", holder->pid,
                            command_word, holder->uid);
    append_key (writing->text, "unit", unit_word);
    append_key (writing->text, "open", nodes);
    g_string_append_c (writing->text, '\n');
    return TRUE;
}

/* A process holds as many nodes as there are values of it. */
static gboolean
append_processes (Writing *writing, VfcRedaction *redaction, GError **error)
{
    const GArray *holders = writing->of->services->holders;
    g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

    for (guint i = 0; i < holders->len; i++) {
        const VfHolder *holder = g_array_index (holders, VfGpuHolder, i).holder;

        if (g_hash_table_add (seen, GUINT_TO_POINTER (holder->pid))
            && !append_process (writing, holder, redaction, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
append_head (Writing *writing, VfcRedaction *redaction, GError **error)
{
    static const char *const vfio[] = {
        [VF_MODULE_MISSING] = "missing",
        [VF_MODULE_LOADABLE] = "loadable",
        [VF_MODULE_LOADED] = "loaded",
        [VF_MODULE_BUILTIN] = "builtin",
    };
    const VfcMachine *of = writing->of;
    g_autofree char *kernel = vfc_redaction_apply (redaction, of->kernel, error);
    g_autofree char *release = NULL;

    if (kernel == NULL)
        return FALSE;
    release = as_word (kernel);
    g_string_append_printf (writing->text,
                            "machine As virtflow report has it\nkernel %s\nvfio %s\n", release,
                            vfio[of->host->modules[VF_MODULE_VFIO_PCI]]);
    return TRUE;
}

char *
vfc_machine_file_write (const VfcMachine *machine, VfcRedaction *redaction, GError **error)
{
    g_auto (Writing) writing = {
        .of = machine,
        .text = g_string_new (NULL),
        .above = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
        .order = g_ptr_array_new (),
    };

    find_order (&writing);
    if (!append_head (&writing, redaction, error))
        return NULL;
    append_drivers (&writing);
    for (guint i = 0; i < writing.order->len; i++)
        append_function (&writing, writing.order->pdata[i]);
    if (!append_processes (&writing, redaction, error)
        || !vfc_machine_texts_append (writing.text, machine->host, redaction, error))
        return NULL;
    return g_strdup (writing.text->str);
}
