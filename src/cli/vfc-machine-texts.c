/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the texts by which a fact of the host is known again (vf-host-facts-reader). */
#include "vfc-machine-texts.h"

#include "vf-text.h"

#include <string.h>

#define IOMMU_TABLES "sys/firmware/acpi/tables/"

static void append (GString *text, const char *path, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
append (GString *text, const char *path, const char *format, ...)
{
    g_autofree char *line = NULL;
    va_list arguments;

    va_start (arguments, format);
    line = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    g_string_append_printf (text, "file %s%s%s\n", path, *line != '\0' ? " " : "", line);
}

/* A line that somebody has written. */
static gboolean
append_foreign (
    GString *text, const char *path, const char *line, VfcRedaction *redaction, GError **error)
{
    g_autofree char *spaced = g_strdelimit (g_strdup (line), "\t", ' ');
    g_autofree char *escaped = vf_text_escape (spaced);
    g_autofree char *harmless = vfc_redaction_apply (redaction, escaped, error);

    if (harmless == NULL)
        return FALSE;
    append (text, path, "%s", harmless);
    return TRUE;
}

static gboolean
is_about_devices (const char *word)
{
    static const char *const beginnings[] = {
        "amd_iommu", "amdgpu.",  "efifb",  "fbcon=",    "i915.",   "initcall_blacklist=",
        "intel_",    "iommu",    "kvm",    "modprobe.", "module_", "nofb",
        "nomodeset", "nouveau.", "nvidia", "pci=",      "pcie_",   "radeon.",
        "rd.driver", "vfio",     "vga=",   "video=",    "xe.",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (beginnings); i++) {
        if (g_str_has_prefix (word, beginnings[i]))
            return TRUE;
    }
    return FALSE;
}

static gboolean
append_command_line (GString *text,
                     const VfHostFacts *host,
                     VfcRedaction *redaction,
                     GError **error)
{
    g_autoptr (GString) line = g_string_new (NULL);
    g_auto (GStrv) words = NULL;

    if (host->command_line == NULL)
        return TRUE;
    words = g_strsplit_set (host->command_line, " \t\n", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        if (is_about_devices (words[i]))
            g_string_append_printf (line, "%s%s", line->len > 0 ? " " : "", words[i]);
    }
    return append_foreign (text, "proc/cmdline", line->str, redaction, error);
}

/* Those of the command line stand there. */
static gboolean
append_settings (GString *text, const GPtrArray *settings, VfcRedaction *redaction, GError **error)
{
    for (guint i = 0; i < settings->len; i++) {
        const VfSetting *setting = settings->pdata[i];
        const char *end = strrchr (setting->place, ':');
        g_autofree char *path = NULL;
        g_autofree char *harmless = NULL;

        if (setting->place[0] != '/' || end == NULL || strpbrk (setting->place, " \t") != NULL)
            continue;
        path = g_strndup (setting->place + 1, (gsize) (end - setting->place - 1));
        harmless = vfc_redaction_apply (redaction, path, error);
        if (harmless == NULL || !append_foreign (text, harmless, setting->text, redaction, error))
            return FALSE;
    }
    return TRUE;
}

static void
append_overrides (GString *text, const GPtrArray *overrides)
{
    for (guint i = 0; i < overrides->len; i++) {
        const VfSetting *override = overrides->pdata[i];

        append (text, override->place + 1, "%s", override->text);
    }
}

static void
append_processor (GString *text, const VfHostFacts *host)
{
    gboolean amd = g_strcmp0 (host->cpu_vendor, "AuthenticAMD") == 0;

    if (host->cpu_vendor != NULL)
        append (text, "proc/cpuinfo", "vendor_id : %s", host->cpu_vendor);
    if (host->cpu_virtualization != VF_ANSWER_UNKNOWN)
        append (text, "proc/cpuinfo", "flags : %s",
                host->cpu_virtualization == VF_ANSWER_NO ? "fpu"
                : amd                                    ? "fpu svm"
                                                         : "fpu vmx");
    if (host->kvm == VF_ANSWER_YES)
        append (text, "dev/kvm", "%s", "");
    if (host->firmware_iommu != VF_ANSWER_UNKNOWN)
        append (text,
                host->firmware_iommu == VF_ANSWER_NO ? IOMMU_TABLES "FACP"
                : amd                                ? IOMMU_TABLES "IVRS"
                                                     : IOMMU_TABLES "DMAR",
                "%s", "");
    if (host->interrupt_remapping != VF_ANSWER_UNKNOWN)
        append (text, "proc/interrupts", "24: 0 %s 0-edge xhci_hcd",
                host->interrupt_remapping == VF_ANSWER_YES ? "IR-PCI-MSI" : "PCI-MSI");
}

/* The controllers that are there: of all that libvirt asks for, those that are not missing. */
static void
append_kernel (GString *text, const VfHostFacts *host)
{
    static const char *const controllers[] = { "cpu", "cpuset", "io", "memory", NULL };
    g_autoptr (GString) present = g_string_new (NULL);
    g_auto (GStrv) missing = NULL;

    if (host->tun == VF_ANSWER_YES)
        append (text, "dev/net/tun", "%s", "");
    if (host->vhost_net == VF_ANSWER_YES)
        append (text, "dev/vhost-net", "%s", "");
    if (host->missing_controllers == NULL)
        return;
    missing = g_strsplit (host->missing_controllers, " ", -1);
    for (const char *const *name = controllers; *name != NULL; name++) {
        if (!g_strv_contains ((const char *const *) missing, *name))
            g_string_append_printf (present, "%s%s", present->len > 0 ? " " : "", *name);
    }
    append (text, "sys/fs/cgroup/cgroup.controllers", "%s", present->str);
}

static void
append_apertures (GString *text, const GArray *apertures)
{
    VfAnswer framebuffer = VF_ANSWER_UNKNOWN;

    for (guint i = 0; i < apertures->len; i++) {
        const VfAperture *aperture = &g_array_index (apertures, VfAperture, i);
        g_autofree char *path = g_strdup_printf ("sys/bus/pci/devices/%s/resource",
                                                 vf_pci_address_format (aperture->address).text);
        /* Far enough from the others, wherever it is on that host. */
        guint64 start = (guint64) (i + 1) << 40;

        if (aperture->largest <= 1)
            append (text, path, "%s", "");
        else
            append (text, path, "0x%016" G_GINT64_MODIFIER "x 0x%016" G_GINT64_MODIFIER "x", start,
                    start + aperture->largest - 1);
        if (aperture->has_firmware_framebuffer == VF_ANSWER_YES)
            append (text, "proc/iomem", "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x : BOOTFB",
                    start, start + 0x2fffff);
        framebuffer = MAX (framebuffer, aperture->has_firmware_framebuffer);
    }
    if (framebuffer == VF_ANSWER_NO)
        append (text, "proc/iomem", "%s", "00001000-0009ffff : System RAM");
}

static void
append_services (GString *text, const VfHostFacts *host)
{
    if (host->nvidia_version != NULL)
        append (text, "sys/module/nvidia/version", "%s", host->nvidia_version);
    if (host->guest_firmware == VF_ANSWER_YES)
        append (text, "usr/share/qemu/firmware/60-edk2-x86_64.json", "%s",
                "{ \"architecture\": \"x86_64\" }");
    if (host->hook == VF_ANSWER_YES)
        append (text, "etc/libvirt/hooks/qemu.d/50-virtflow", "%s", "");
    if (host->shutdown_action != NULL) {
        append (text, "usr/lib/systemd/system/libvirt-guests.service", "EnvironmentFile=-%s",
                host->shutdown_file);
        append (text, host->shutdown_file + 1, "ON_SHUTDOWN=%s", host->shutdown_action);
    }
    if (host->hooks_confined != VF_ANSWER_NO)
        append (text, "sys/fs/selinux/enforce", "%s", "1");
    if (host->hooks_confined == VF_ANSWER_YES)
        append (text, "sys/fs/selinux/booleans/virt_hooks_unconfined", "%s", "0 0");
    if (host->hook_unlisted == VF_ANSWER_YES) {
        append (text, "sys/module/apparmor/parameters/enabled", "%s", "Y");
        append (text, "etc/apparmor.d/usr.sbin.libvirtd", "%s", "profile libvirtd {}");
    }
}

gboolean
vfc_machine_texts_append (GString *text,
                          const VfHostFacts *host,
                          VfcRedaction *redaction,
                          GError **error)
{
    append_processor (text, host);
    append_kernel (text, host);
    append_apertures (text, host->apertures);
    append_services (text, host);
    append_overrides (text, host->overrides);
    return append_command_line (text, host, redaction, error)
           && append_settings (text, host->reservations, redaction, error)
           && append_settings (text, host->bans, redaction, error);
}
