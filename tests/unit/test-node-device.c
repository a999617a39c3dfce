/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read of libvirt's texts of the host's devices; those here are as libvirt 9 prints them.
 */
#include "vf-node-device.h"

#include "vf-error.h"

static VfNodeDevice *
parse (const char *text)
{
    g_autoptr (GError) error = NULL;
    VfNodeDevice *device = vf_node_device_parse (text, &error);

    g_assert_no_error (error);
    return device;
}

static void
test_usb_device (void)
{
    g_autoptr (VfNodeDevice) device =
        parse ("<device>\n  <name>usb_3_2</name>\n  <path>/sys/devices/x</path>\n"
               "  <devnode type='dev'>/dev/bus/usb/003/002</devnode>\n"
               "  <parent>usb_usb3</parent>\n  <driver>\n    <name>usb</name>\n  </driver>\n"
               "  <capability type='usb_device'>\n    <bus>3</bus>\n    <device>2</device>\n"
               "    <product id='0xc52b'>Unifying &amp; Receiver </product>\n"
               "    <vendor id='0x046d'/>\n  </capability>\n</device>\n");

    g_assert_cmpstr (device->name, ==, "usb_3_2");
    g_assert_cmpstr (device->parent, ==, "usb_usb3");
    g_assert_true (device->is_usb_device);
    g_assert_false (device->is_usb_interface);
    g_assert_cmpint (device->vendor, ==, 0x046d);
    g_assert_cmpint (device->product, ==, 0xc52b);
    g_assert_cmpstr (device->product_name, ==, "Unifying & Receiver");
    g_assert_cmpstr (device->vendor_name, ==, NULL);
}

static void
test_usb_interface (void)
{
    g_autoptr (VfNodeDevice) device =
        parse ("<device><name>usb_3_2_1_0</name><parent>usb_3_2</parent><capability type='usb'>"
               "<number>0</number><class>3</class><subclass>1</subclass><protocol>2</protocol>"
               "</capability></device>");

    g_assert_true (device->is_usb_interface);
    g_assert_false (device->is_usb_device);
    g_assert_cmpint (device->usb_class, ==, 3);
    g_assert_cmpint (device->usb_subclass, ==, 1);
    g_assert_cmpint (device->usb_protocol, ==, 2);
}

static void
test_network (void)
{
    g_autoptr (VfNodeDevice) device =
        parse ("<device><name>net_enp0s20u1_00</name><parent>usb_3_2_1_0</parent>"
               "<capability type='net'><interface>enp0s20u1</interface></capability></device>");

    g_assert_cmpstr (device->network, ==, "enp0s20u1");
}

static void
test_others (void)
{
    g_autoptr (VfNodeDevice) computer =
        parse ("<device><name>computer</name><capability type='system'/></device>");
    g_autoptr (VfNodeDevice) nameless =
        parse ("<device><name>a</name><capability type='usb_device'><vendor "
               "id='1'/></capability></device>");
    static const char *const texts[] = {
        "",
        "<device/>",
        "<device><name/></device>",
        "<domain><name>a</name></domain>",
        "<device>",
        "<!DOCTYPE device [<!ENTITY a 'b'>]><device><name>&a;</name></device>",
    };

    g_assert_null (computer->parent);
    g_assert_false (computer->is_usb_device);
    g_assert_false (nameless->is_usb_device);
    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (GError) error = NULL;

        g_test_message ("%s", texts[i]);
        g_assert_null (vf_node_device_parse (texts[i], &error));
        g_assert_true (vf_error_is (error, VF_REASON_INTERNAL));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/node-device/usb-device", test_usb_device);
    g_test_add_func ("/node-device/usb-interface", test_usb_interface);
    g_test_add_func ("/node-device/network", test_network);
    g_test_add_func ("/node-device/others", test_others);
    return g_test_run ();
}
