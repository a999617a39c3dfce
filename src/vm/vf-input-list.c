/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what can be told of the host's input and USB devices from udev's links and libvirt's tree of
 * devices: a USB device there has interfaces, and a network interface is the child of one. */
#include "vf-input-list.h"

#include "vf-input-nodes.h"
#include "vf-node-device.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* As USB numbers them. */
#define CLASS_INPUT 3
#define CLASS_STORAGE 8
#define CLASS_HUB 9
#define PROTOCOL_KEYBOARD 1
#define PROTOCOL_MOUSE 2

G_DEFINE_AUTOPTR_CLEANUP_FUNC (virNodeDevice, virNodeDeviceFree)

void
vf_input_choice_free (VfInputChoice *choice)
{
    vf_input_free (choice->input);
    g_free (choice->name);
    g_free (choice->network);
    g_free (choice);
}

/* Takes @device. One that was unplugged meanwhile is left out. */
static void
take_device (GPtrArray *devices, virNodeDevice *device)
{
    g_autoptr (virNodeDevice) owned = device;
    g_autofree char *text = virNodeDeviceGetXMLDesc (owned, 0);
    VfNodeDevice *parsed = text != NULL ? vf_node_device_parse (text, NULL) : NULL;

    if (parsed != NULL)
        g_ptr_array_add (devices, parsed);
}

static GPtrArray *
list_devices (virConnect *connection, GError **error)
{
    g_autoptr (GPtrArray) devices =
        g_ptr_array_new_with_free_func ((GDestroyNotify) vf_node_device_free);
    g_autofree virNodeDevice **found = NULL;
    int n_found = virConnectListAllNodeDevices (
        connection, &found,
        VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_DEV | VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_INTERFACE
            | VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET);

    if (n_found < 0) {
        vf_libvirt_set_error (error, "The USB devices of this host could not be listed");
        return NULL;
    }
    for (int i = 0; i < n_found; i++)
        take_device (devices, found[i]);
    return g_steal_pointer (&devices);
}

static const VfNodeDevice *
find_child (const GPtrArray *devices, const VfNodeDevice *parent, guint *from)
{
    for (; *from < devices->len; (*from)++) {
        const VfNodeDevice *device = devices->pdata[*from];

        if (g_strcmp0 (device->parent, parent->name) == 0) {
            (*from)++;
            return device;
        }
    }
    return NULL;
}

static const char *
network_of (const GPtrArray *devices, const VfNodeDevice *interface)
{
    const VfNodeDevice *child;
    guint from = 0;

    while ((child = find_child (devices, interface, &from)) != NULL) {
        if (child->network != NULL)
            return child->network;
    }
    return NULL;
}

static guint
use_of (const VfNodeDevice *interface)
{
    if (interface->usb_class == CLASS_STORAGE)
        return VF_INPUT_USE_STORAGE;
    if (interface->usb_class != CLASS_INPUT)
        return 0;
    if (interface->usb_protocol == PROTOCOL_KEYBOARD)
        return VF_INPUT_USE_KEYBOARD;
    return interface->usb_protocol == PROTOCOL_MOUSE ? VF_INPUT_USE_MOUSE : 0;
}

/* FALSE when @device is a hub. */
static gboolean
read_interfaces (const GPtrArray *devices, const VfNodeDevice *device, VfInputChoice *choice)
{
    const VfNodeDevice *interface;
    guint from = 0;

    while ((interface = find_child (devices, device, &from)) != NULL) {
        const char *network = network_of (devices, interface);

        if (!interface->is_usb_interface)
            continue;
        if (interface->usb_class == CLASS_HUB)
            return FALSE;
        choice->uses |= use_of (interface);
        if (network != NULL && choice->network == NULL) {
            choice->uses |= VF_INPUT_USE_NETWORK;
            choice->network = g_strdup (network);
        }
    }
    return TRUE;
}

static char *
name_of (const VfNodeDevice *device, const char *ids)
{
    if (device->product_name == NULL && device->vendor_name == NULL)
        return g_strdup (ids);
    if (device->product_name == NULL)
        return g_strdup_printf ("%s %s", device->vendor_name, ids);
    return g_strconcat (device->vendor_name != NULL ? device->vendor_name : "",
                        device->vendor_name != NULL ? " " : "", device->product_name, NULL);
}

static VfInputChoice *
find_choice (const GPtrArray *choices, const VfInput *input)
{
    for (guint i = 0; i < choices->len; i++) {
        VfInputChoice *choice = choices->pdata[i];

        if (vf_input_equal (choice->input, input))
            return choice;
    }
    return NULL;
}

static void
add_usb (GPtrArray *choices, const GPtrArray *devices, const VfNodeDevice *device)
{
    g_autofree char *ids = g_strdup_printf ("%04x:%04x", device->vendor, device->product);
    g_autoptr (VfInput) input = vf_input_new_usb (ids, NULL);
    VfInputChoice *choice = input != NULL ? find_choice (choices, input) : NULL;

    if (input == NULL)
        return;
    if (choice != NULL) {
        choice->count++;
        read_interfaces (devices, device, choice);
        return;
    }
    choice = g_new0 (VfInputChoice, 1);
    choice->input = g_steal_pointer (&input);
    choice->name = name_of (device, ids);
    choice->count = 1;
    if (read_interfaces (devices, device, choice))
        g_ptr_array_add (choices, choice);
    else
        vf_input_choice_free (choice);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return g_utf8_collate ((*(VfInputChoice *const *) a)->name,
                           (*(VfInputChoice *const *) b)->name);
}

static GPtrArray *
list_usb (virConnect *connection, GError **error)
{
    g_autoptr (GPtrArray) devices = list_devices (connection, error);
    GPtrArray *choices;

    if (devices == NULL)
        return NULL;
    choices = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_choice_free);
    for (guint i = 0; i < devices->len; i++) {
        const VfNodeDevice *device = devices->pdata[i];

        if (device->is_usb_device)
            add_usb (choices, devices, device);
    }
    g_ptr_array_sort (choices, compare_names);
    return choices;
}

GPtrArray *
vf_input_list (virConnect *connection, const VfSysfs *root, GError **error)
{
    g_autoptr (GPtrArray) nodes = vf_input_nodes_list (root, error);
    g_autoptr (GPtrArray) usb = nodes != NULL ? list_usb (connection, error) : NULL;
    GPtrArray *choices;

    if (usb == NULL)
        return NULL;
    choices = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_choice_free);
    for (guint i = 0; i < nodes->len; i++) {
        const VfInputNode *node = nodes->pdata[i];
        VfInput *input = vf_input_new_evdev (node->path, NULL);
        VfInputChoice *choice;

        if (input == NULL)
            continue;
        choice = g_new0 (VfInputChoice, 1);
        choice->input = input;
        choice->name = g_strdup (node->name);
        choice->count = 1;
        g_ptr_array_add (choices, choice);
    }
    g_ptr_array_extend_and_steal (choices, g_steal_pointer (&usb));
    return choices;
}

char *
vf_input_choice_warning (const VfInputChoice *choice)
{
    static const struct {
        VfInputUse use;
        const char *words;
    } losses[] = {
        { VF_INPUT_USE_KEYBOARD, N_ ("a keyboard") },
        { VF_INPUT_USE_MOUSE, N_ ("a mouse") },
        { VF_INPUT_USE_STORAGE, N_ ("a disk, and what is not written to it yet") },
    };
    g_autoptr (GString) list = g_string_new (NULL);

    for (gsize i = 0; i < G_N_ELEMENTS (losses); i++) {
        if (choice->uses & losses[i].use)
            g_string_append_printf (list, "%s%s", list->len > 0 ? "; " : "", _ (losses[i].words));
    }
    if (choice->uses & VF_INPUT_USE_NETWORK) {
        g_string_append (list, list->len > 0 ? "; " : "");
        g_string_append_printf (list, _ ("the network interface %s"), choice->network);
    }
    if (list->len == 0)
        return NULL;
    return g_strdup_printf (_ ("While the VM runs, the host loses with this device: %s."),
                            list->str);
}

static guint
count (const GPtrArray *usb, const VfSysfs *root, const VfInput *input)
{
    const VfInputChoice *choice;

    if (input->kind != VF_INPUT_USB)
        return vf_input_nodes_have (root, input->path);
    choice = find_choice (usb, input);
    return choice != NULL ? choice->count : 0;
}

static gboolean
check_count (guint n_there, const VfInput *input, GError **error)
{
    g_autofree char *text = vf_input_format (input);

    if (n_there > 1)
        vf_error_set (error, VF_REASON_AMBIGUOUS_INPUT,
                      "There are %u USB devices %s on this host, and libvirt starts no VM with one "
                      "of several that look the same. Unplug all but one, or give the VM a "
                      "keyboard and mouse from /dev/input/by-id.",
                      n_there, text);
    else if (n_there == 0 && input->kind == VF_INPUT_USB)
        vf_error_set (error, VF_REASON_NO_SUCH_INPUT,
                      "There is no USB device %s on this host, so the VM would have nothing of it. "
                      "Plug it in, or see what is there with \"lsusb\".",
                      text);
    else if (n_there == 0)
        vf_error_set (error, VF_REASON_NO_SUCH_INPUT,
                      input->kind == VF_INPUT_KEYBOARD
                          ? _ ("There is no keyboard %s on this host, so the VM would have nothing "
                               "of it. Plug it in, or see what is there with \"ls "
                               "/dev/input/by-id\".")
                          : _ ("There is no mouse %s on this host, so the VM would have nothing of "
                               "it. Plug it in, or see what is there with \"ls "
                               "/dev/input/by-id\"."),
                      text);
    return n_there == 1;
}

gboolean
vf_input_list_check (virConnect *connection,
                     const VfSysfs *root,
                     const GPtrArray *inputs,
                     GError **error)
{
    g_autoptr (GPtrArray) usb = NULL;

    for (guint i = 0; i < inputs->len; i++) {
        const VfInput *input = inputs->pdata[i];

        if (input->kind == VF_INPUT_USB && usb == NULL
            && (usb = list_usb (connection, error)) == NULL)
            return FALSE;
        if (!check_count (count (usb, root, input), input, error))
            return FALSE;
    }
    return TRUE;
}
