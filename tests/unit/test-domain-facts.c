/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read of a domain's hardware: of files in tests/domains, and of one with every kind. */
#include "vf-domain-facts.h"

#include "domain-files.h"

#include <string.h>

static VfDomainFacts *
facts_of (const char *text)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfDomainXml) domain = vf_domain_xml_parse (text, -1, &error);

    g_assert_no_error (error);
    return vf_domain_facts_new (domain);
}

static void
assert_disk (
    const VfDomainFacts *facts, guint i, const char *target, const char *device, const char *source)
{
    const VfDomainDisk *disk = facts->disks->pdata[i];

    g_assert_cmpstr (disk->target, ==, target);
    g_assert_cmpstr (disk->device, ==, device);
    g_assert_cmpstr (disk->source, ==, source);
}

static void
test_disks (void)
{
    g_autoptr (VfDomainFacts) facts = facts_of (
        "<domain><devices>"
        "<disk device='cdrom'><source file='/srv/a.iso'/><target dev='sda'/></disk>"
        "<disk device='cdrom'><target dev='sdb'/></disk>"
        "<disk type='block'><source dev='/dev/vg/a'/><target dev='vda'/></disk>"
        "<disk type='volume'><source pool='p' volume='v'/><target dev='vdb'/></disk>"
        "<disk type='network'><source protocol='rbd' name='p/i'/><target dev='vdc'/></disk>"
        "<disk type='network'><source protocol='nbd'/></disk>"
        "</devices></domain>");

    g_assert_cmpuint (facts->disks->len, ==, 6);
    assert_disk (facts, 0, "sda", "cdrom", "/srv/a.iso");
    assert_disk (facts, 1, "sdb", "cdrom", NULL);
    assert_disk (facts, 2, "vda", "disk", "/dev/vg/a");
    assert_disk (facts, 3, "vdb", "disk", "p/v");
    assert_disk (facts, 4, "vdc", "disk", "rbd:p/i");
    assert_disk (facts, 5, NULL, "disk", NULL);
}

static void
assert_interface (
    const VfDomainFacts *facts, guint i, const char *type, const char *source, const char *model)
{
    const VfDomainInterface *interface = facts->interfaces->pdata[i];

    g_assert_cmpstr (interface->type, ==, type);
    g_assert_cmpstr (interface->source, ==, source);
    g_assert_cmpstr (interface->model, ==, model);
}

static void
test_interfaces (void)
{
    g_autoptr (VfDomainFacts) facts = facts_of (
        "<domain><devices>"
        "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/>"
        "<model type='virtio'/></interface>"
        "<interface type='bridge'><source bridge='br0'/></interface>"
        "<interface type='direct'><source dev='eth0' mode='bridge'/></interface>"
        "<interface type='user'/>"
        "</devices></domain>");

    g_assert_cmpuint (facts->interfaces->len, ==, 4);
    assert_interface (facts, 0, "network", "default", "virtio");
    assert_interface (facts, 1, "bridge", "br0", NULL);
    assert_interface (facts, 2, "direct", "eth0", NULL);
    assert_interface (facts, 3, "user", NULL, NULL);
    g_assert_cmpstr (((VfDomainInterface *) facts->interfaces->pdata[0])->mac, ==,
                     "52:54:00:00:00:01");
    g_assert_null (((VfDomainInterface *) facts->interfaces->pdata[1])->mac);
}

static void
test_numbers (void)
{
    g_autoptr (VfDomainFacts) facts =
        facts_of ("<domain><memory unit='KiB'> 8589934592\n</memory><vcpu current='1'>255</vcpu>"
                  "<devices><graphics type='spice'/><graphics type='vnc'/></devices></domain>");
    g_autoptr (VfDomainFacts) empty = facts_of ("<domain/>");

    g_assert_cmpuint (facts->memory, ==, G_GUINT64_CONSTANT (8589934592));
    g_assert_cmpuint (facts->processors, ==, 255);
    g_assert_cmpuint (facts->displays->len, ==, 2);
    g_assert_cmpstr (facts->displays->pdata[1], ==, "vnc");
    g_assert_false (facts->has_agent_channel);
    g_assert_cmpuint (empty->memory + empty->processors + empty->disks->len, ==, 0);
}

static void
test_inputs (void)
{
    g_autoptr (VfDomainFacts) facts = facts_of (
        "<domain><devices><input type='tablet' bus='usb'/>"
        "<input type='evdev'><source dev='/dev/input/event3' grab='all'/></input>"
        "<input type='evdev'><source dev='/dev/input/by-id/m-event-mouse'/></input>"
        "<hostdev type='usb'><source><vendor id='0x1234'/><product id='0xabcd'/></source></hostdev>"
        "<hostdev type='usb'><source><address bus='1' device='2'/></source></hostdev>"
        "<hostdev type='pci'><source><address bus='1'/></source></hostdev>"
        "</devices></domain>");
    const VfInput *own, *usb;

    g_assert_cmpuint (facts->inputs->len, ==, 3);
    own = facts->inputs->pdata[0];
    usb = facts->inputs->pdata[2];
    g_assert_cmpint (own->kind, ==, VF_INPUT_KEYBOARD);
    g_assert_cmpstr (own->path, ==, "/dev/input/event3");
    g_assert_cmpint (usb->vendor, ==, 0x1234);
    g_assert_cmpint (usb->product, ==, 0xabcd);
}

/* Every one of them has a processor and memory, and a channel if its text names it. */
static void
test_all_files (void)
{
    g_autoptr (GArray) files = domain_files_load (DOMAINS_FOLDER);

    for (guint i = 0; i < files->len; i++) {
        const DomainFile *file = &g_array_index (files, DomainFile, i);
        g_autoptr (VfDomainFacts) facts = vf_domain_facts_new (file->domain);
        const char *text = vf_domain_xml_text (file->domain);

        g_test_message ("%s", file->name);
        g_assert_cmpuint (facts->processors, >, 0);
        g_assert_cmpuint (facts->memory, >=, 1024);
        g_assert_cmpint (facts->has_agent_channel, ==,
                         strstr (text, "org.qemu.guest_agent.0") != NULL);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/domain-facts/disks", test_disks);
    g_test_add_func ("/domain-facts/interfaces", test_interfaces);
    g_test_add_func ("/domain-facts/numbers", test_numbers);
    g_test_add_func ("/domain-facts/inputs", test_inputs);
    g_test_add_func ("/domain-facts/all-files", test_all_files);
    return g_test_run ();
}
