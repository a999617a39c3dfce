/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the catalogue of edits by hand. They work on the text, as an owner with an editor does. */
#include "owner-edits.h"

#include <string.h>

#define OUR_SOURCE "<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>"

static char *
replace (const char *text, const char *old, const char *new)
{
    const char *at = strstr (text, old);

    return at != NULL
               ? g_strdup_printf ("%.*s%s%s", (int) (at - text), text, new, at + strlen (old))
               : NULL;
}

static char *
add_device (const char *text, const char *device)
{
    g_autofree char *ending = g_strdup_printf ("    %s\n  </devices>", device);

    return replace (text, "  </devices>", ending);
}

static char *
remove_matching (const char *text, const char *pattern)
{
    g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE | G_REGEX_DOTALL, 0, NULL);

    return g_regex_match (regex, text, 0, NULL) ? g_regex_replace (regex, text, -1, 0, "", 0, NULL)
                                                : NULL;
}

/* The <address> of the first device of @before that matches, in its own words; NULL if there is
 * none. */
static char *
address_of (const char *before, const char *element, const char *type)
{
    g_autofree char *pattern = g_strdup_printf (
        "^    <%s(?:(?!^    </%s>).)*?(<address type='%s'[^>]*/>)", element, element, type);
    g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE | G_REGEX_DOTALL, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    return g_regex_match (regex, before, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

#define DISK \
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/>" \
    "<source file='/srv/owner.img'/><target dev='vdy' bus='virtio'/></disk>"

static char *
add_disk (const char *before, const char *after)
{
    return add_device (after, DISK);
}

static char *
add_vnc (const char *before, const char *after)
{
    return add_device (after, "<graphics type='vnc' port='-1' passwd='owner'/>"
                              "<video><model type='vga'/></video>");
}

static char *
add_spice (const char *before, const char *after)
{
    return add_device (after, "<graphics type='spice' autoport='yes' passwd='owner'/>"
                              "<video><model type='virtio'/></video>"
                              "<channel type='spicevmc'><target type='virtio' "
                              "name='com.redhat.spice.0'/></channel>");
}

static char *
add_video (const char *before, const char *after)
{
    return add_device (after, "<video><model type='bochs'/></video>");
}

static char *
add_egl (const char *before, const char *after)
{
    return add_device (after,
                       "<graphics type='egl-headless'/><video><model type='virtio'/></video>");
}

static char *
add_sound (const char *before, const char *after)
{
    return add_device (after, "<sound model='ac97'/>");
}

static char *
change_audio (const char *before, const char *after)
{
    return replace (after, "<audio id='1' type='none'/>",
                    "<audio id='1' type='file' path='/tmp/owner.wav'/>");
}

static char *
add_second_audio (const char *before, const char *after)
{
    return add_device (after,
                       "<audio id='2' type='oss'/><sound model='ac97'><audio id='2'/></sound>");
}

static char *
add_sound_on_implicit_audio (const char *before, const char *after)
{
    return add_device (after, "<sound model='ac97'><audio id='1'/></sound>");
}

static char *
add_smartcard (const char *before, const char *after)
{
    return add_device (after, "<smartcard mode='host'/>");
}

static char *
add_channel_of_same_name (const char *before, const char *after)
{
    return add_device (after, "<channel type='pty'><target type='virtio' "
                              "name='com.redhat.spice.0'/></channel>");
}

static char *
add_serial (const char *before, const char *after)
{
    return add_device (after, "<serial type='file'><source path='/tmp/owner.log'/></serial>");
}

static char *
take_address (const char *before, const char *after, const char *element)
{
    g_autofree char *address = address_of (before, element, "pci");
    g_autofree char *device = g_strdup_printf (
        "<interface type='user'><mac address='52:54:00:aa:bb:cc'/><model type='e1000'/>%s"
        "</interface>",
        address);

    return address != NULL ? add_device (after, device) : NULL;
}

static char *
take_place_of_video (const char *before, const char *after)
{
    return take_address (before, after, "video");
}

static char *
take_place_of_sound (const char *before, const char *after)
{
    return take_address (before, after, "sound");
}

static char *
take_place_of_redirdev (const char *before, const char *after)
{
    g_autofree char *address = address_of (before, "redirdev", "usb");
    g_autofree char *device =
        g_strdup_printf ("<input type='keyboard' bus='usb'>%s</input>", address);

    return address != NULL ? add_device (after, device) : NULL;
}

static char *
take_port_of_channel (const char *before, const char *after)
{
    g_autofree char *address = address_of (before, "channel type='spice", "virtio-serial");
    g_autofree char *device = g_strdup_printf (
        "<channel type='pty'><target type='virtio' name='org.example.owner'/>%s</channel>",
        address);

    return address != NULL ? add_device (after, device) : NULL;
}

static char *
sit_beside_gpu (const char *before, const char *after)
{
    g_autoptr (GRegex) regex = g_regex_new (OUR_SOURCE "\\s*</source>\\s*<address type='pci' "
                                                       "domain='0x0000' (bus='\\w*' slot='\\w*')",
                                            0, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;
    g_autofree char *place = NULL;
    g_autofree char *device = NULL;

    if (!g_regex_match (regex, after, 0, &match))
        return NULL;
    place = g_match_info_fetch (match, 1);
    device = g_strdup_printf ("<interface type='user'><mac address='52:54:00:aa:bb:cc'/>"
                              "<model type='e1000'/><address type='pci' domain='0' %s "
                              "function='5'/></interface>",
                              place);
    return add_device (after, device);
}

static char *
add_many_devices (const char *before, const char *after)
{
    g_autoptr (GString) devices = g_string_new (NULL);

    for (guint i = 0; i < 12; i++)
        g_string_append_printf (devices,
                                "<interface type='user'><mac address='52:54:00:aa:bb:%02x'/>"
                                "<model type='virtio'/></interface>",
                                i);
    return add_device (after, devices->str);
}

static char *
tune_hostdev (const char *before, const char *after)
{
    return replace (after, OUR_SOURCE "\n      </source>",
                    OUR_SOURCE "\n      </source>\n      <rom bar='off'/>");
}

static char *
manage_hostdevs (const char *before, const char *after)
{
    return replace (after, "managed='no'>\n      <source>\n        " OUR_SOURCE,
                    "managed='yes'>\n      <source>\n        " OUR_SOURCE);
}

static char *
remove_hostdevs (const char *before, const char *after)
{
    return remove_matching (after,
                            "^    <hostdev(?:(?!^    </hostdev>).)*?<address domain='0x0000' "
                            "bus='0x01' slot='0x00'(?:(?!^    </hostdev>).)*^    </hostdev>\n");
}

static char *
remove_mark (const char *before, const char *after)
{
    return remove_matching (after, "^    <virtflow:gpu[^>]*/>\n");
}

static char *
remove_channels (const char *before, const char *after)
{
    return remove_matching (after, "^    <channel(?:(?!^    </channel>).)*^    </channel>\n");
}

static char *
remove_unused_ports (const char *before, const char *after)
{
    return remove_matching (after,
                            "^    <controller type='pci' index='1[0-9]' model='pcie-root-port'>"
                            "(?:(?!^    </controller>).)*^    </controller>\n");
}

static char *
remove_usb (const char *before, const char *after)
{
    g_autofree char *without = remove_matching (
        after, "^    <controller type='usb'(?:[^>]*/>\n|(?:(?!^    </controller>).)*"
               "^    </controller>\n)");

    return without != NULL ? add_device (without, "<controller type='usb' index='0' model='none'/>")
                           : NULL;
}

/* One that no other is plugged into. */
static char *
remove_hub (const char *before, const char *after)
{
    return remove_matching (after, "^    <hub type='usb'>\n[^\n]*port='3\\.4'/>\n    </hub>\n");
}

static char *
remove_hubs (const char *before, const char *after)
{
    return remove_matching (after, "^    <hub type='usb'>\n[^\n]*\n    </hub>\n");
}

static char *
shrink_usb (const char *before, const char *after)
{
    g_autoptr (GRegex) regex = g_regex_new (
        "(<controller type='usb' index='0' model='qemu-xhci')( ports='\\w*')?", 0, 0, NULL);

    return g_regex_replace (regex, after, -1, 0, "\\1 ports='1'", 0, NULL);
}

static char *
change_policy (const char *before, const char *after)
{
    return replace (after, "<on_crash>destroy</on_crash>", "<on_crash>preserve</on_crash>");
}

static char *
take_alias (const char *before, const char *after)
{
    return add_device (after, "<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
                              "<source file='/srv/owner.img'/><target dev='vdy' bus='virtio'/>"
                              "<alias name='ua-spice'/></disk>");
}

static char *
put_everything_back (const char *before, const char *after)
{
    return g_strdup (before);
}

static char *
change_nothing (const char *before, const char *after)
{
    return replace (after, "  <devices>", "  <!-- looked at by the owner -->\n  <devices>");
}

const OwnerEdit owner_edits[] = {
    { "change nothing", change_nothing, NULL },
    { "add a disk", add_disk, "/srv/owner.img" },
    { "add VNC", add_vnc, "type='vnc'" },
    { "add SPICE", add_spice, "type='spice'" },
    { "add video", add_video, "<model type='bochs'" },
    { "add OpenGL", add_egl, "type='egl-headless'" },
    { "add sound", add_sound, "<sound model='ac97'" },
    { "change the implicit audio", change_audio, "/tmp/owner.wav" },
    { "add a second audio", add_second_audio, "<audio id='2' type='oss'" },
    { "add sound on the implicit audio", add_sound_on_implicit_audio, "<sound model='ac97'" },
    { "add a smartcard", add_smartcard, "<smartcard mode='host'" },
    { "add a channel of the same name", add_channel_of_same_name, "<channel type='pty'" },
    { "add a serial port", add_serial, "/tmp/owner.log" },
    { "take the place of the video", take_place_of_video, "52:54:00:aa:bb:cc" },
    { "take the place of the sound", take_place_of_sound, "52:54:00:aa:bb:cc" },
    { "take the port of a redirected device", take_place_of_redirdev, "type='keyboard' bus='usb'" },
    { "take the port of a channel", take_port_of_channel, "org.example.owner" },
    { "sit beside the GPU", sit_beside_gpu, "52:54:00:aa:bb:cc" },
    { "add many devices", add_many_devices, "52:54:00:aa:bb:0b" },
    { "tune the hostdev", tune_hostdev, NULL },
    { "let libvirt manage a hostdev", manage_hostdevs, OUR_SOURCE },
    { "remove the hostdevs", remove_hostdevs, NULL },
    { "remove the mark", remove_mark, NULL },
    { "remove all channels", remove_channels, NULL },
    { "remove unused ports", remove_unused_ports, NULL },
    { "remove USB", remove_usb, "model='none'" },
    { "remove a hub", remove_hub, NULL },
    { "remove all hubs", remove_hubs, NULL },
    { "shrink USB", shrink_usb, NULL },
    { "change a policy", change_policy, "<on_crash>preserve" },
    { "take an alias", take_alias, "ua-spice" },
    { "put everything back", put_everything_back, NULL },
};
const guint n_owner_edits = G_N_ELEMENTS (owner_edits);
