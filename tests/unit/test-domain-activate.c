/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What activation makes of a domain: of every one in tests/domains, and of small ones by hand. */
#include "vf-domain-edit.h"

#include "domain-files.h"
#include "vf-error.h"

#include <string.h>

static const VfPciAddress gpu[] = { { 0, 1, 0, 0 }, { 0, 1, 0, 1 } };

static VfDomainXml *
parse (const char *text)
{
    g_autoptr (GError) error = NULL;
    VfDomainXml *domain = vf_domain_xml_parse (text, -1, &error);

    g_assert_no_error (error);
    return domain;
}

static VfDomainXml *
activate (const VfDomainXml *before, VfDisplayProfile profile)
{
    g_autoptr (GError) error = NULL;
    VfDomainXml *after =
        vf_domain_edit_activate (before, gpu, G_N_ELEMENTS (gpu), profile, NULL, &error);

    g_assert_no_error (error);
    return after;
}

static char *
activate_text (const char *text)
{
    g_autoptr (VfDomainXml) before = parse (text);
    g_autoptr (VfDomainXml) after = activate (before, VF_DISPLAY_PROFILE_MONITOR);

    return g_strdup (vf_domain_xml_text (after));
}

static void
assert_refused (const char *text, const VfPciAddress *functions, guint n, VfReason reason)
{
    g_autoptr (VfDomainXml) before = parse (text);
    g_autoptr (GError) error = NULL;

    g_assert_null (
        vf_domain_edit_activate (before, functions, n, VF_DISPLAY_PROFILE_MONITOR, NULL, &error));
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, vf_reason_id (reason));
}

/* The guest addresses of our two functions: one slot, which nothing else has. */
static void
assert_one_slot (const DomainFile *file, const VfDomainXml *after)
{
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (after);
    VfPciAddress guest[G_N_ELEMENTS (gpu)];
    guint found = 0;

    for (guint i = 0; i < hostdevs->len; i++) {
        const VfDomainHostdev *hostdev = &g_array_index (hostdevs, VfDomainHostdev, i);

        if (!vf_pci_address_same_slot (hostdev->source, gpu[0]))
            continue;
        g_assert_cmpuint (found, <, G_N_ELEMENTS (gpu));
        g_assert_true (vf_pci_address_equal (hostdev->source, gpu[found]));
        g_assert_false (hostdev->managed);
        g_assert_true (hostdev->has_guest);
        guest[found++] = hostdev->guest;
    }
    g_assert_cmpuint (found, ==, G_N_ELEMENTS (gpu));
    g_assert_true (vf_pci_address_same_slot (guest[0], guest[1]));
    g_assert_cmpuint (guest[0].function, ==, 0);
    g_assert_cmpuint (guest[1].function, ==, 1);

    g_autofree char *slot = g_strdup_printf (
        "<address type='pci' domain='0x0000' bus='0x%02x' slot='0x%02x' function='", guest[0].bus,
        guest[0].slot);
    guint count = 0;
    for (const char *at = vf_domain_xml_text (after); (at = strstr (at, slot)) != NULL; at++)
        count++;
    g_assert_cmpuint (count, ==, 2);
}

static void
test_all_files (void)
{
    static const char *const gone[] = {
        "<graphics", "<video", "<sound", "<audio", "'spicevmc'", "'spiceport'",
    };
    g_autoptr (GArray) files = domain_files_load (DOMAINS_FOLDER);

    g_assert_cmpuint (files->len, >=, 40);
    for (guint i = 0; i < files->len; i++) {
        const DomainFile *file = &g_array_index (files, DomainFile, i);
        g_autoptr (VfDomainXml) after = activate (file->domain, VF_DISPLAY_PROFILE_MONITOR);
        const char *before_text = vf_domain_xml_text (file->domain);
        const char *text = vf_domain_xml_text (after);
        g_autoptr (VfDomainXml) again = parse (text);

        g_test_message ("%s", file->name);
        g_assert_cmpstr (vf_domain_xml_mark (again), ==, "monitor");
        for (guint k = 0; k < G_N_ELEMENTS (gone); k++)
            g_assert_null (strstr (text, gone[k]));
        g_assert_cmpint (strstr (before_text, "org.qemu.guest_agent.0") != NULL, ==,
                         strstr (text, "org.qemu.guest_agent.0") != NULL);
        g_assert_cmpstr (vf_domain_xml_uuid (after), ==, vf_domain_xml_uuid (file->domain));
        assert_one_slot (file, after);
    }
}

/* Every line that stays is a line of the text before, byte for byte and in its order. */
static void
test_lines_stay (void)
{
    g_autoptr (GArray) files = domain_files_load (DOMAINS_FOLDER);

    for (guint i = 0; i < files->len; i++) {
        const DomainFile *file = &g_array_index (files, DomainFile, i);
        g_autoptr (GError) error = NULL;
        g_autoptr (VfDomainXml) after = vf_domain_edit_activate (
            file->domain, gpu, G_N_ELEMENTS (gpu), VF_DISPLAY_PROFILE_KEEP, NULL, &error);
        guint at = 0;

        /* Its only free slots would be those of the display, which this profile keeps. */
        if (strcmp (file->name, "i440fx-full") == 0) {
            g_assert_true (vf_error_is (error, VF_REASON_NO_FREE_SLOT));
            continue;
        }
        g_assert_no_error (error);

        g_auto (GStrv) before_lines = g_strsplit (vf_domain_xml_text (file->domain), "\n", -1);
        g_auto (GStrv) lines = g_strsplit (vf_domain_xml_text (after), "\n", -1);
        for (guint k = 0; before_lines[k] != NULL; k++, at++) {
            while (lines[at] != NULL && strcmp (lines[at], before_lines[k]) != 0)
                at++;
            if (lines[at] == NULL)
                g_error ("%s lost the line %s", file->name, before_lines[k]);
        }
    }
}

static void
test_strangers_survive (void)
{
    g_autofree char *text = activate_text (
        "<!-- before --><domain type='kvm' xmlns:x=\"urn:x\">\n"
        "  <!-- in domain: \"quotes\" & 'marks' <b> -->\n"
        "  <name>n</name>\n"
        "  <x:unknown a='1' x:b='2'>text &lt; &amp; <inner/> tail</x:unknown>\n"
        "  <metadata>\n"
        "    <y:z xmlns:y=\"urn:y\" q=\"&quot;'ü\"><![CDATA[<raw>&]]><?pi data?></y:z>\n"
        "  </metadata>\n"
        "  <os><type machine='q35'>hvm</type></os>\n"
        "  <devices>\n"
        "    <!-- in devices -->\n"
        "    <gadget new='yes'/>\n"
        "    <graphics type='spice' passwd='p&apos;w'/>\n"
        "    <video><!-- in video --></video>\n"
        "  </devices>\n"
        "</domain>\n<!-- behind -->");

    g_assert_cmpstr (
        text, ==,
        "<!-- before -->\n"
        "<domain type='kvm' xmlns:x='urn:x'>\n"
        "  <!-- in domain: \"quotes\" & 'marks' <b> -->\n"
        "  <name>n</name>\n"
        "  <x:unknown a='1' x:b='2'>text &lt; &amp; <inner/> tail</x:unknown>\n"
        "  <metadata>\n"
        "    <y:z xmlns:y=\"urn:y\" q=\"&quot;'&#xFC;\"><![CDATA[<raw>&]]><?pi data?></y:z>\n"
        "    <virtflow:gpu xmlns:virtflow=\"https://virtflow.org/xmlns/libvirt/domain/1.0\" "
        "profile=\"monitor\"/>\n"
        "  </metadata>\n"
        "  <os><type machine='q35'>hvm</type></os>\n"
        "  <devices>\n"
        "    <!-- in devices -->\n"
        "    <controller type='pci' index='1' model='pcie-root-port'/>\n"
        "    <hostdev mode='subsystem' type='pci' managed='no'>\n"
        "      <source>\n"
        "        <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n"
        "      </source>\n"
        "      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0' "
        "multifunction='on'/>\n"
        "    </hostdev>\n"
        "    <hostdev mode='subsystem' type='pci' managed='no'>\n"
        "      <source>\n"
        "        <address domain='0x0000' bus='0x01' slot='0x00' function='0x1'/>\n"
        "      </source>\n"
        "      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x1'/>\n"
        "    </hostdev>\n"
        "    <gadget new='yes'/>\n"
        "  </devices>\n"
        "</domain>\n<!-- behind -->\n");
}

static void
test_text_survives (void)
{
    g_autoptr (VfDomainXml) domain =
        parse ("<domain><name>n</name><title>&lt;&gt;&amp;&quot;&apos; &#13;ü 😀</title>"
               "<a b='&lt;&gt;&amp;&quot;&apos;&#10;&#9;&#13;ü'/>"
               "<os><type machine='pc'>hvm</type></os><devices/></domain>");
    g_autoptr (VfDomainXml) after = activate (domain, VF_DISPLAY_PROFILE_KEEP);
    const char *text = vf_domain_xml_text (after);

    g_assert_nonnull (strstr (text, "<title>&lt;&gt;&amp;&quot;&apos; &#13;ü 😀</title>"));
    g_assert_nonnull (strstr (text, "<a b='&lt;&gt;&amp;&quot;&apos;&#10;&#9;&#13;ü'/>"));
}

#define Q35(devices) \
    "<domain><os><type machine='q35'>hvm</type></os><devices>" devices "</devices></domain>"
#define PORT(index, function) \
    "<controller type='pci' index='" index "' model='pcie-root-port'>" \
    "<address type='pci' bus='0x00' slot='0x02' function='" function "'/></controller>"
#define ON_BUS(bus) "<disk><address type='pci' bus='" bus "' slot='0x00' function='0x0'/></disk>"

static void
test_unused_port (void)
{
    g_autofree char *text =
        activate_text (Q35 (PORT ("3", "2") PORT ("1", "0") PORT ("2", "1") ON_BUS ("0x01")));

    g_assert_nonnull (strstr (text, "bus='0x02' slot='0x00' function='0x0' multifunction='on'/>"));
    g_assert_null (strstr (text, "index='4'"));
}

/* The slot of a device that goes is not used: the device comes back to it. */
static void
test_port_of_removed_device (void)
{
    g_autofree char *text = activate_text (
        Q35 (PORT ("1", "0") "<sound><address type='pci' bus='0x01' slot='0x00'/></sound>"));

    g_assert_nonnull (strstr (text, "<controller type='pci' index='2' model='pcie-root-port'/>"));
    g_assert_nonnull (strstr (text, "bus='0x02' slot='0x00' function='0x0' multifunction='on'/>"));
}

static void
test_one_function (void)
{
    g_autoptr (VfDomainXml) before = parse (Q35 (""));
    g_autoptr (GError) error = NULL;
    g_autoptr (VfDomainXml) after =
        vf_domain_edit_activate (before, gpu, 1, VF_DISPLAY_PROFILE_MONITOR, NULL, &error);

    g_assert_no_error (error);
    g_assert_null (strstr (vf_domain_xml_text (after), "multifunction"));
}

static void
test_gap_in_functions (void)
{
    static const VfPciAddress functions[] = { { 0x10000, 1, 2, 0 }, { 0x10000, 1, 2, 7 } };
    g_autoptr (VfDomainXml) before = parse (Q35 (""));
    g_autoptr (GError) error = NULL;
    g_autoptr (VfDomainXml) after =
        vf_domain_edit_activate (before, functions, 2, VF_DISPLAY_PROFILE_MONITOR, NULL, &error);

    g_assert_no_error (error);
    g_assert_nonnull (strstr (vf_domain_xml_text (after),
                              "<address domain='0x10000' bus='0x01' slot='0x02' function='0x7'/>"));
    g_assert_nonnull (strstr (vf_domain_xml_text (after),
                              "<address type='pci' domain='0x0000' bus='0x01' slot='0x00' "
                              "function='0x7'/>"));
}

static void
test_kept (void)
{
    static const char *const kept[] = {
        "<redirdev bus='usb' type='tcp'/>",
        "<smartcard mode='host'/>",
        "<channel type='unix'/>",
        "<channel type='dbus'/>",
        "<channel type='qemu-vdagent'/>",
        "<input type='tablet' bus='usb'/>",
        "<hostdev type='mdev' display='off'/>",
        "<redirfilter/>",
        "<serial type='pty'/>",
    };
    g_autofree char *devices = g_strjoinv ("", (char **) kept);
    g_autofree char *whole = g_strdup_printf (Q35 ("%s"), devices);
    g_autofree char *text = activate_text (whole);

    for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
        g_assert_nonnull (strstr (text, kept[i]));
}

static void
test_refused (void)
{
    static const VfPciAddress headless[] = { { 0, 1, 0, 1 } };
    static const VfPciAddress two_slots[] = { { 0, 1, 0, 0 }, { 0, 2, 0, 1 } };
    static const VfPciAddress descending[] = { { 0, 1, 0, 0 }, { 0, 1, 0, 2 }, { 0, 1, 0, 1 } };
    const char *empty = Q35 ("");

    assert_refused (empty, gpu, 0, VF_REASON_INVALID_ADDRESS);
    assert_refused (empty, headless, 1, VF_REASON_INVALID_ADDRESS);
    assert_refused (empty, two_slots, 2, VF_REASON_INVALID_ADDRESS);
    assert_refused (empty, descending, 3, VF_REASON_INVALID_ADDRESS);
    assert_refused ("<domain/>", gpu, 2, VF_REASON_INVALID_DOMAIN_XML);
    assert_refused ("<domain><devices/></domain>", gpu, 2, VF_REASON_NO_FREE_SLOT);
    assert_refused ("<domain><os><type machine='isapc'>hvm</type></os><devices/></domain>", gpu, 2,
                    VF_REASON_NO_FREE_SLOT);
    assert_refused ("<domain><metadata><v:gpu xmlns:v='" VF_DOMAIN_XML_NAMESPACE
                    "'/></metadata><devices/></domain>",
                    gpu, 2, VF_REASON_ALREADY_ACTIVATED);
    assert_refused (Q35 ("<hostdev type='mdev' display='on'/>"), gpu, 2,
                    VF_REASON_MEDIATED_DISPLAY);
    assert_refused (Q35 ("<hostdev type='pci' managed='yes'><source><address domain='0x0' bus='1' "
                         "slot='0' function='0x1'/></source></hostdev>"),
                    gpu, 2, VF_REASON_HOSTDEV_BY_HAND);
    assert_refused (Q35 ("<interface type='hostdev'><source><address type='pci' bus='1' "
                         "function='0'/></source></interface>"),
                    gpu, 2, VF_REASON_HOSTDEV_BY_HAND);
}

static void
append_slots (GString *text, guint first, guint last)
{
    for (guint slot = first; slot <= last; slot++)
        g_string_append_printf (text, "<disk><address type='pci' bus='0' slot='%u'/></disk>", slot);
}

static void
test_full (void)
{
    g_autoptr (GString) express = g_string_new ("<domain><devices>"
                                                "<controller type='pci' index='0' "
                                                "model='pcie-root'/>");
    g_autoptr (GString) conventional = g_string_new ("<domain><devices>"
                                                     "<controller type='pci' index='0' "
                                                     "model='pci-root'/>");

    append_slots (express, 1, 30);
    g_string_append (express, "</devices></domain>");
    assert_refused (express->str, gpu, 2, VF_REASON_NO_FREE_SLOT);
    append_slots (conventional, 2, 31);
    g_string_append (conventional, "</devices></domain>");
    assert_refused (conventional->str, gpu, 2, VF_REASON_NO_FREE_SLOT);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/domain-activate/all-files", test_all_files);
    g_test_add_func ("/domain-activate/lines-stay", test_lines_stay);
    g_test_add_func ("/domain-activate/strangers-survive", test_strangers_survive);
    g_test_add_func ("/domain-activate/text-survives", test_text_survives);
    g_test_add_func ("/domain-activate/unused-port", test_unused_port);
    g_test_add_func ("/domain-activate/port-of-removed-device", test_port_of_removed_device);
    g_test_add_func ("/domain-activate/one-function", test_one_function);
    g_test_add_func ("/domain-activate/gap-in-functions", test_gap_in_functions);
    g_test_add_func ("/domain-activate/kept", test_kept);
    g_test_add_func ("/domain-activate/refused", test_refused);
    g_test_add_func ("/domain-activate/full", test_full);
    return g_test_run ();
}
