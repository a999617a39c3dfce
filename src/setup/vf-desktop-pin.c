/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rules and settings that pin a desktop. */
#include "vf-desktop-pin.h"

#include "vf-amendment.h"

#include <string.h>

#define MADE "# Made by \"virtflow setup\"; \"virtflow setup --undo\" takes it away.\n"
#define LEAVES "# The desktop leaves the GPU "
#define HEAD MADE LEAVES "%s to virtual machines, also when it comes back from one.\n"

#define ENVIRONMENT \
    HEAD "KWIN_DRM_DEVICES=/dev/dri/virtflow-desktop\n" \
         "WLR_DRM_DEVICES=/dev/dri/virtflow-desktop\n" \
         "AQ_DRM_DEVICES=/dev/dri/virtflow-desktop\n"

#define XORG \
    HEAD "Section \"ServerFlags\"\n" \
         "    Option \"AutoAddGPU\" \"false\"\n" \
         "EndSection\n"

/* Behind 71-seat.rules, which gives a card to the seat, and before 73-seat-late.rules, which acts
 * on it. logind opens no card for a session that is not on its seat (session_device_verify in
 * src/login/logind-session-device.c), and mutter asks for its tag before it opens one. The link is
 * for those who are told by a path: the one by-path has colons, which part names in their settings.
 * A desktop that is told of one card takes no other one, so the link leads to any card of the seat
 * when the one that was meant has got another address. */
static char *
format_rules (const VfPciFunction *spare, const VfPciFunction *shown)
{
    static const char card[] = "SUBSYSTEM==\"drm\", ENV{DEVTYPE}==\"drm_minor\", KERNEL==\"card*\"";
    const VfPciAddressText gpu = vf_pci_address_format (spare->address);
    GString *text = g_string_new ("");

    g_string_append_printf (text, HEAD, gpu.text);
    g_string_append_printf (
        text,
        "%s, KERNELS==\"%s\", ATTRS{vendor}==\"0x%04x\", ATTRS{device}==\"0x%04x\", TAG-=\"seat\", "
        "TAG-=\"master-of-seat\", TAG-=\"uaccess\", TAG+=\"mutter-device-ignore\"\n",
        card, gpu.text, spare->vendor, spare->device);
    g_string_append_printf (text,
                            "%s, TAG==\"seat\", SYMLINK+=\"dri/virtflow-desktop\", "
                            "OPTIONS+=\"link_priority=-100\"\n",
                            card);
    g_string_append_printf (text,
                            "%s, KERNELS==\"%s\", SYMLINK+=\"dri/virtflow-desktop\", "
                            "OPTIONS+=\"link_priority=0\"\n",
                            card, vf_pci_address_format (shown->address).text);
    return g_string_free (text, FALSE);
}

static void
add (GPtrArray *files, const char *path, char *text)
{
    g_autofree char *owned = text;

    g_ptr_array_add (files, vf_amendment_new (VF_AMENDMENT_FILE, path, NULL, owned));
}

GPtrArray *
vf_desktop_pin_files (const VfPciFunction *spare, const VfPciFunction *shown, gboolean xorg)
{
    GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_amendment_free);
    const VfPciAddressText gpu = vf_pci_address_format (spare->address);

    add (files, VF_DESKTOP_PIN_RULES, format_rules (spare, shown));
    add (files, "etc/environment.d/90-virtflow-desktop.conf",
         g_strdup_printf (ENVIRONMENT, gpu.text));
    if (xorg)
        add (files, "etc/X11/xorg.conf.d/90-virtflow-desktop.conf",
             g_strdup_printf (XORG, gpu.text));
    return files;
}

gboolean
vf_desktop_pin_read (const char *text, VfPciAddress *spare)
{
    g_autofree char *address = NULL;

    if (!g_str_has_prefix (text, MADE LEAVES))
        return FALSE;
    text += strlen (MADE LEAVES);
    address = g_strndup (text, strcspn (text, " \n"));
    return vf_pci_address_parse (address, spare, NULL);
}
