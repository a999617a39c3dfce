/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What could be given to a VM on a host of which libvirt's test driver and a folder have the
 * devices. */
#include "vf-input-list.h"

#include "fake-tree.h"

#include <libvirt/virterror.h>

#include <string.h>

#define USB(name, vendor, vendor_name, product, product_name) \
    "<device><name>" name "</name><parent>computer</parent><capability type='usb_device'>" \
    "<bus>1</bus><device>1</device><product id='" product "'>" product_name "</product>" \
    "<vendor id='" vendor "'>" vendor_name "</vendor></capability></device>"
#define INTERFACE(parent, number, class, protocol) \
    "<device><name>" parent "_1_" number "</name><parent>" parent "</parent>" \
    "<capability type='usb'><number>" number \
    "</number><class>" class "</class>" \
                             "<subclass>1</subclass><protocol>" protocol \
                             "</protocol></capability></device>"

static const char node_text[] =
    "<node><device><name>computer</name><capability type='system'><hardware>"
    "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid></hardware><firmware/></capability></device>"
    /* clang-format off */
    USB ("usb_hub", "0x1d6b", "Linux Foundation", "0x0002", "2.0 root hub")
    INTERFACE ("usb_hub", "0", "9", "0")
    USB ("usb_1", "0x046d", "Logitech, Inc.", "0xc52b", "Unifying Receiver")
    INTERFACE ("usb_1", "0", "3", "1")
    INTERFACE ("usb_1", "1", "3", "2")
    USB ("usb_2", "0x0781", "", "0x5567", "Cruzer Blade")
    INTERFACE ("usb_2", "0", "8", "80")
    USB ("usb_3", "0x0bda", "Realtek", "0x8153", "")
    INTERFACE ("usb_3", "0", "255", "0")
    "<device><name>net_0</name><parent>usb_3_1_0</parent><capability type='net'>"
    "<interface>enp0s20u3</interface></capability></device>"
    "<device><name>net_1</name><parent>computer</parent><capability type='net'>"
    "<interface>eth0</interface></capability></device>"
    USB ("usb_4", "0x1234", "", "0x0001", "")
    INTERFACE ("usb_4", "0", "3", "0")
    USB ("usb_5", "0x1234", "", "0x0001", "")
    INTERFACE ("usb_5", "0", "8", "0")
    /* clang-format on */
    "</node>";

typedef struct {
    char *folder;
    VfSysfs *root;
    virConnect *libvirt;
} Fixture;

static void
stay_silent (void *data, virErrorPtr error)
{
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
    g_autofree char *uri = NULL;

    virSetErrorFunc (NULL, stay_silent);
    fixture->folder = fake_tree_new_folder ();
    fixture->root = vf_sysfs_new (fake_tree_open (fixture->folder));
    fake_tree_write (fixture->folder, "dev/input/by-id/usb-B-event-kbd", "");
    fake_tree_write (fixture->folder, "dev/input/by-id/usb-A-event-mouse", "");
    fake_tree_write (fixture->folder, "dev/input/by-path/x-event-kbd", "");
    fake_tree_write (fixture->folder, "node.xml", node_text);
    uri = g_strdup_printf ("test://%s/node.xml", fixture->folder);
    fixture->libvirt = virConnectOpen (uri);
    g_assert_nonnull (fixture->libvirt);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
    virConnectClose (fixture->libvirt);
    vf_sysfs_free (fixture->root);
    fake_tree_remove (fixture->folder);
    g_free (fixture->folder);
}

static void
test_list (Fixture *fixture, gconstpointer unused)
{
    static const struct {
        const char *input;
        const char *name;
        const char *warning;
    } wanted[] = {
        { "/dev/input/by-id/usb-A-event-mouse", "A", NULL },
        { "/dev/input/by-id/usb-B-event-kbd", "B", NULL },
        { "1234:0001", "1234:0001",
          "While the VM runs, the host loses with this device: a disk, and what is not written to "
          "it yet." },
        { "0781:5567", "Cruzer Blade",
          "While the VM runs, the host loses with this device: a disk, and what is not written to "
          "it yet." },
        { "046d:c52b", "Logitech, Inc. Unifying Receiver",
          "While the VM runs, the host loses with this device: a keyboard; a mouse." },
        { "0bda:8153", "Realtek 0bda:8153",
          "While the VM runs, the host loses with this device: the network interface enp0s20u3." },
    };
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) choices = vf_input_list (fixture->libvirt, fixture->root, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (choices->len, ==, G_N_ELEMENTS (wanted));
    for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++) {
        const VfInputChoice *choice = choices->pdata[i];
        g_autofree char *input = vf_input_format (choice->input);
        g_autofree char *warning = vf_input_choice_warning (choice);

        g_assert_cmpstr (input, ==, wanted[i].input);
        g_assert_cmpstr (choice->name, ==, wanted[i].name);
        g_assert_cmpstr (warning, ==, wanted[i].warning);
        g_assert_cmpuint (choice->count, ==, g_str_equal (input, "1234:0001") ? 2 : 1);
    }
}

static void
assert_check (
    Fixture *fixture, VfInput *first, VfInput *second, VfReason reason, const char *missing)
{
    g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_free);
    g_autoptr (GError) error = NULL;

    g_ptr_array_add (inputs, first);
    g_ptr_array_add (inputs, second);
    if (missing == NULL) {
        g_assert_true (vf_input_list_check (fixture->libvirt, fixture->root, inputs, &error));
        g_assert_no_error (error);
        return;
    }
    g_assert_false (vf_input_list_check (fixture->libvirt, fixture->root, inputs, &error));
    g_assert_true (vf_error_is (error, reason));
    g_assert_nonnull (strstr (error->message, missing));
}

static void
test_check (Fixture *fixture, gconstpointer unused)
{
    assert_check (fixture, vf_input_new_evdev ("/dev/input/by-path/x-event-kbd", NULL),
                  vf_input_new_usb ("0781:5567", NULL), VF_REASON_INTERNAL, NULL);
    assert_check (fixture, vf_input_new_usb ("0781:5567", NULL),
                  vf_input_new_evdev ("/dev/input/by-id/usb-C-event-kbd", NULL),
                  VF_REASON_NO_SUCH_INPUT, "usb-C-event-kbd");
    assert_check (fixture, vf_input_new_usb ("0781:5567", NULL),
                  vf_input_new_usb ("0781:5568", NULL), VF_REASON_NO_SUCH_INPUT, "0781:5568");
    assert_check (fixture, vf_input_new_usb ("0781:5567", NULL),
                  vf_input_new_usb ("1234:0001", NULL), VF_REASON_AMBIGUOUS_INPUT,
                  "2 USB devices 1234:0001");
    /* A hub is none that could be given. */
    assert_check (fixture, vf_input_new_usb ("0781:5567", NULL),
                  vf_input_new_usb ("1d6b:0002", NULL), VF_REASON_NO_SUCH_INPUT, "1d6b:0002");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/input-list/list", Fixture, NULL, set_up, test_list, tear_down);
    g_test_add ("/input-list/check", Fixture, NULL, set_up, test_check, tear_down);
    return g_test_run ();
}
