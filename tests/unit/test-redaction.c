/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is taken out of a report, and what has to stay in it. */
#include "vfc-redaction.h"

static VfcRedaction *
new_with_names (void)
{
    VfcRedaction *redaction = vfc_redaction_new ();

    vfc_redaction_add (redaction, "host", "tower.smith.example");
    vfc_redaction_add (redaction, "host", "tower");
    vfc_redaction_add (redaction, "user", "anna");
    vfc_redaction_add (redaction, "user", "jo");
    vfc_redaction_add (redaction, "vm", "win");
    vfc_redaction_add (redaction, "vm", "win-11");
    vfc_redaction_add (redaction, "vm", "Spiele (alt)");
    vfc_redaction_add (redaction, "vm", NULL);
    return redaction;
}

static void
check (VfcRedaction *redaction, const char *text, const char *expected)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *result = vfc_redaction_apply (redaction, text, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (result, ==, expected);
}

static const struct {
    const char *text;
    const char *expected;
} replaced[] = {
    /* Names, as words of their own. */
    { "anna on tower, Anna's", "user-1 on host-2, user-1's" },
    { "tower.smith.example: TOWER", "host-1: host-2" },
    { "anna_backup, my-anna", "user-1_backup, my-user-1" },
    { "The VM win-11 and the VM win", "The VM vm-2 and the VM vm-1" },
    { "the VM Spiele (alt) has started", "the VM vm-3 has started" },
    { "machine-qemu\\x2d7\\x2dwin\\x2d11.scope", "machine-qemu\\x2d7\\x2dvm-2.scope" },
    { "unit machine-qemu\\x2d12\\x2dunheard\\x2dof.scope), machine-qemu\\x2d3\\x2dwin.scope",
      "unit machine-qemu\\x2d12\\x2dvm-4.scope), machine-qemu\\x2d3\\x2dvm-1.scope" },
    { "/dev/mapper/win--11-root", "/dev/mapper/vm-2-root" },
    { "jo", "user-2" },
    /* UUIDs. */
    { "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01, 6F1F2A54-9F3A-4A43-9B7C-0A4C1A7C6A01",
      "uuid-1, uuid-1" },
    { "GPU-6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01", "GPU-uuid-1" },
    { "machine id 0123456789abcdef0123456789abcdef.", "machine id uuid-1." },
    /* MAC addresses. */
    { "52:54:00:12:34:56 52-54-00-12-34-57", "mac-1 mac-2" },
    { "enx525400123456 has 52:54:00:12:34:56", "enxmac-1 has mac-1" },
    { "mac='52:54:00:12:34:56'", "mac='mac-1'" },
    { "80:00:02:08:fe:80:00:00:00:00:00:00:f4:52:14:03:00:7b:cb:a1", "mac-1" },
    /* IP addresses. */
    { "192.168.1.20:5900, 10.0.0.1.", "ip-1:5900, ip-2." },
    { "fe80::5054:ff:fe12:3456%eth0 ::1 2001:db8:0:1:2:3:4:5", "ip-1%eth0 ip-2 ip-3" },
    { "::ffff:192.168.1.20 [2001:db8::]", "ip-1 [ip-2]" },
    /* Serial numbers. */
    { "/dev/disk/by-id/ata-Samsung_SSD_870_S5Y1NJ0R, again", "/dev/disk/by-id/serial-1, again" },
    { "'/dev/input/by-id/usb-Maker_Thing_A1B2C3-event-kbd' is", "'/dev/input/by-id/serial-1' is" },
    { "/dev/disk/by-uuid/1A2B-3C4D /dev/disk/by-label/Holidays",
      "/dev/disk/by-uuid/serial-1 /dev/disk/by-label/serial-2" },
    { "Serial Number: PF3ABCDE", "Serial Number: serial-1" },
    { "ID_SERIAL_SHORT=0123AB, serial=\"X-9\"", "ID_SERIAL_SHORT=serial-1, serial=\"serial-2\"" },
    { "wwn-0x5002538f31234567 nvme-eui.0025385911b12345", "wwn-0xserial-1 nvme-eui.serial-2" },
    /* Where somebody keeps things. */
    { "Could not open '/home/anna/My VMs/disk.qcow2': Permission denied",
      "Could not open '/home/user-1/...': Permission denied" },
    { "/home/berta/x.iso: no such file. In /home/berta.",
      "/home/user-3/...: no such file. In /home/user-3." },
    { "(in use: /, /media/berta/Holidays, /home)", "(in use: /, /media/..., /home)" },
    { "qemu+ssh://berta@server.example/system", "qemu+ssh://server-1/system" },
};

static void
test_replaced (void)
{
    for (gsize i = 0; i < G_N_ELEMENTS (replaced); i++) {
        g_autoptr (VfcRedaction) redaction = new_with_names ();

        check (redaction, replaced[i].text, replaced[i].expected);
    }
}

static const char *const kept[] = {
    "0000:01:00.0 0000:01:00.1, 01:00.0; c0de0001:00:00.0 10000:e1:00.0",
    "/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/driver",
    "10de:2484 1458:4074 vfio-pci.ids=10de:1e84,10de:10f8",
    "pci:v000010DEd00002484sv00001458sd00004074bc03sc00i00",
    "function 0000:01:00.0 behind=0000:00:01.0 class=030000 ids=10de:2484 group=14 reset=flr,bus",
    "kernel 6.1.0-28-amd64, 6.6.87.2-microsoft-standard-WSL2; NVIDIA's driver is 595.45.04.",
    "2026-11-26 22:33:41  0000:01:00.0 is back on the host after 0.9 s",
    "qemu:///system, unix:path=/run/dbus/system_bus_socket",
    "annabel's window, towers, winner, Spiele",
    "session-2.scope user@1000.service/app-firefox.scope /dev/dri/renderD128 /dev/snd/controlC0",
    "UUIDs, MAC addresses and serial numbers; std::string; /home and /media",
};

static void
test_kept (void)
{
    for (gsize i = 0; i < G_N_ELEMENTS (kept); i++) {
        g_autoptr (VfcRedaction) redaction = new_with_names ();

        check (redaction, kept[i], kept[i]);
    }
}

/* The same thing has the same name in every text, other things have others. */
static void
test_consistent (void)
{
    g_autoptr (VfcRedaction) redaction = new_with_names ();

    check (redaction, "52:54:00:00:00:01 /home/anna/x", "mac-1 /home/user-1/...");
    vfc_redaction_add (redaction, "vm", "late");
    check (redaction, "52:54:00:00:00:02 52:54:00:00:00:01 late anna", "mac-2 mac-1 vm-4 user-1");
}

/* A name that is a word of everybody's would make the text illegible. */
static void
test_telling_nothing (void)
{
    static const char *const names[] = { "host", "Debian", "7", "01", "x", "root", "" };
    g_autoptr (VfcRedaction) redaction = vfc_redaction_new ();

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        vfc_redaction_add (redaction, "vm", names[i]);
    check (redaction, "the host has Debian, 7 x 01, root", "the host has Debian, 7 x 01, root");
}

/* Names from hardware and guests need not be text, and may look like patterns. */
static void
test_odd_names (void)
{
    g_autoptr (VfcRedaction) redaction = vfc_redaction_new ();

    vfc_redaction_add (redaction, "vm", "a.*b");
    vfc_redaction_add (redaction, "vm",
                       "bad\xff"
                       "name");
    vfc_redaction_add (redaction, "vm", "turn\033[31m");
    vfc_redaction_add (redaction, "vm", "Übung");
    check (redaction, "a.*b axxb", "vm-1 axxb");
    check (redaction,
           "bad\xff"
           "name",
           "vm-2");
    check (redaction, "turn\\x1b[31m!", "vm-3!");
    check (redaction, "übung, Übungen", "vm-4, Übungen");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/redaction/replaced", test_replaced);
    g_test_add_func ("/redaction/kept", test_kept);
    g_test_add_func ("/redaction/consistent", test_consistent);
    g_test_add_func ("/redaction/telling-nothing", test_telling_nothing);
    g_test_add_func ("/redaction/odd-names", test_odd_names);
    return g_test_run ();
}
