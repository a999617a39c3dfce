/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rules and settings that pin a desktop. */
#include "vf-desktop-pin.h"

#include "vf-amendment.h"

#define MADE "# Made by \"virtflow setup\"; \"virtflow setup --undo\" takes it away.\n"
#define HEAD \
    MADE "# The desktop leaves the GPU %s to virtual machines, also when it comes back from " \
         "one.\n"

/* Behind 71-seat.rules, which gives a card to the seat, and before 73-seat-late.rules, which acts
 * on it. logind opens no card for a session that is not on its seat (session_device_verify in
 * src/login/logind-session-device.c), and mutter asks for its tag before it opens one. The link is
 * for those who are told by a path: the one by-path has colons, which part names in their settings.
 */
#define RULES \
    HEAD "SUBSYSTEM==\"drm\", ENV{DEVTYPE}==\"drm_minor\", KERNEL==\"card*\", KERNELS==\"%s\", " \
         "TAG-=\"seat\", TAG-=\"master-of-seat\", TAG-=\"uaccess\", " \
         "TAG+=\"mutter-device-ignore\"\n" \
         "SUBSYSTEM==\"drm\", ENV{DEVTYPE}==\"drm_minor\", KERNEL==\"card*\", KERNELS==\"%s\", " \
         "SYMLINK+=\"dri/virtflow-desktop\"\n"

#define ENVIRONMENT \
    HEAD "KWIN_DRM_DEVICES=/dev/dri/virtflow-desktop\n" \
         "WLR_DRM_DEVICES=/dev/dri/virtflow-desktop\n" \
         "AQ_DRM_DEVICES=/dev/dri/virtflow-desktop\n"

#define XORG \
    HEAD "Section \"ServerFlags\"\n" \
         "    Option \"AutoAddGPU\" \"false\"\n" \
         "EndSection\n"

static void
add (GPtrArray *files, const char *path, char *text)
{
    g_autofree char *owned = text;

    g_ptr_array_add (files, vf_amendment_new (VF_AMENDMENT_FILE, path, NULL, owned));
}

GPtrArray *
vf_desktop_pin_files (VfPciAddress spare, VfPciAddress shown, gboolean xorg)
{
    GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_amendment_free);
    const VfPciAddressText gpu = vf_pci_address_format (spare);
    const VfPciAddressText desktop = vf_pci_address_format (shown);

    add (files, VF_DESKTOP_PIN_RULES, g_strdup_printf (RULES, gpu.text, gpu.text, desktop.text));
    add (files, "etc/environment.d/90-virtflow-desktop.conf",
         g_strdup_printf (ENVIRONMENT, gpu.text));
    if (xorg)
        add (files, "etc/X11/xorg.conf.d/90-virtflow-desktop.conf",
             g_strdup_printf (XORG, gpu.text));
    return files;
}

gboolean
vf_desktop_pin_has_made (const char *text)
{
    return g_str_has_prefix (text, MADE);
}
