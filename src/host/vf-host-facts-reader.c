/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns where the host's facts are found. */
#include "vf-host-facts-reader.h"

#include "vf-apertures.h"
#include "vf-modprobe-config.h"
#include "vf-module.h"

#include <string.h>

/* A machine with many processors has a few hundred KiB of these. */
#define TEXT_MAX (8 * 1024 * 1024)

static VfAnswer
answer (gboolean yes)
{
    return yes ? VF_ANSWER_YES : VF_ANSWER_NO;
}

static char *
read_text (const VfSysfs *root, const char *path)
{
    char *text = NULL;

    return vf_sysfs_read_file (root, path, TEXT_MAX, &text, NULL) == 0 ? text : NULL;
}

/* The value of "KEY : VALUE" in the account of the first processor; the caller owns it. */
static char *
value_of (const char *cpuinfo, const char *key)
{
    g_autofree char *pattern = g_strdup_printf ("^%s\\s*: (.*)$", key);
    g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    return g_regex_match (regex, cpuinfo, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

static void
read_cpu (const VfSysfs *root, VfHostFacts *facts)
{
    g_autofree char *cpuinfo = read_text (root, "proc/cpuinfo");
    g_autofree char *flags = cpuinfo != NULL ? value_of (cpuinfo, "flags") : NULL;
    g_auto (GStrv) words = NULL;

    if (cpuinfo != NULL)
        facts->cpu_vendor = value_of (cpuinfo, "vendor_id");
    if (flags == NULL)
        return;
    words = g_strsplit (flags, " ", -1);
    facts->cpu_virtualization = answer (g_strv_contains ((const char *const *) words, "vmx")
                                        || g_strv_contains ((const char *const *) words, "svm"));
}

/* Chips with remapped interrupts are called "IR-PCI-MSI" and the like (arch/x86/kernel/apic). */
static void
read_interrupts (const VfSysfs *root, VfHostFacts *facts)
{
    g_autofree char *text = read_text (root, "proc/interrupts");

    if (text != NULL)
        facts->interrupt_remapping = answer (strstr (text, " IR-") != NULL);
}

static void
read_iommu (const VfSysfs *root, VfHostFacts *facts)
{
    static const char tables[] = "sys/firmware/acpi/tables";

    if (vf_sysfs_exists (root, tables))
        facts->firmware_iommu = answer (vf_sysfs_exists (root, "sys/firmware/acpi/tables/DMAR")
                                        || vf_sysfs_exists (root, "sys/firmware/acpi/tables/IVRS"));
}

/* What is in use of "NAME HIERARCHY GROUPS ENABLED", the lines of /proc/cgroups, by its name in
 * version 2. */
static void
add_enabled (const char *cgroups, GString *names)
{
    g_auto (GStrv) lines = g_strsplit (cgroups, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        g_auto (GStrv) fields = g_strsplit_set (*line, "\t ", -1);

        if (g_strv_length (fields) == 4 && strcmp (fields[3], "1") == 0)
            g_string_append_printf (names, "%s ",
                                    strcmp (fields[0], "blkio") == 0 ? "io" : fields[0]);
    }
}

/* Of those that virt-host-validate asks for (tools/virt-host-validate-common.c), without the two
 * that are no controllers in version 2. */
static char *
find_missing_controllers (const VfSysfs *root)
{
    static const char *const wanted[] = { "cpu", "cpuset", "io", "memory", NULL };
    g_autofree char *v2 = read_text (root, "sys/fs/cgroup/cgroup.controllers");
    g_autofree char *v1 = v2 == NULL ? read_text (root, "proc/cgroups") : NULL;
    g_autoptr (GString) names = g_string_new (v2);
    g_autoptr (GString) missing = g_string_new (NULL);
    g_auto (GStrv) words = NULL;

    if (v2 == NULL && v1 == NULL)
        return NULL;
    if (v1 != NULL)
        add_enabled (v1, names);
    words = g_strsplit_set (names->str, " \n", -1);
    for (const char *const *name = wanted; *name != NULL; name++) {
        if (!g_strv_contains ((const char *const *) words, *name))
            g_string_append_printf (missing, "%s%s", missing->len > 0 ? " " : "", *name);
    }
    return g_string_free (g_steal_pointer (&missing), FALSE);
}

/* What the group of @pattern is in the last line of @text that fits; NULL for none. The caller owns
 * it. */
static char *
find_last (const char *text, const char *pattern)
{
    g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;
    char *found = NULL;

    for (gboolean any = g_regex_match (regex, text, 0, &match); any;
         any = g_match_info_next (match, NULL)) {
        g_free (found);
        found = g_match_info_fetch (match, 1);
    }
    return found;
}

/* Firmware says which machines it is for in files of QEMU's own (docs/interop/firmware.json there);
 * that of other processors may be the only one. No other word of such a file looks like this. */
static VfAnswer
find_guest_firmware (const VfSysfs *root)
{
    static const char *const folders[] = { "usr/share/qemu/firmware", "etc/qemu/firmware" };

    for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
        g_autoptr (GPtrArray) names = NULL;

        if (vf_sysfs_list (root, folders[i], &names) != 0)
            continue;
        for (guint k = 0; k < names->len; k++) {
            g_autofree char *path = g_build_filename (folders[i], names->pdata[k], NULL);
            g_autofree char *text = read_text (root, path);

            if (text != NULL && strstr (text, "\"x86_64\"") != NULL)
                return VF_ANSWER_YES;
        }
    }
    return VF_ANSWER_NO;
}

/* The unit libvirt-guests says where its settings are, which distributions put elsewhere. Without
 * the setting it does "suspend" (tools/libvirt-guests.sh.in). */
static void
read_shutdown_action (const VfSysfs *root, VfHostFacts *facts)
{
    static const char *const units[] = { "usr/lib/systemd/system/libvirt-guests.service",
                                         "lib/systemd/system/libvirt-guests.service" };
    g_autofree char *unit = NULL;
    g_autofree char *text = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (units) && unit == NULL; i++)
        unit = read_text (root, units[i]);
    if (unit == NULL)
        return;
    facts->shutdown_file = find_last (unit, "^EnvironmentFile=-?(/[\\w/.-]+)");
    if (facts->shutdown_file == NULL)
        facts->shutdown_file = g_strdup ("/etc/default/libvirt-guests");
    text = read_text (root, facts->shutdown_file + 1);
    if (text != NULL)
        facts->shutdown_action = find_last (text, "^\\s*ON_SHUTDOWN=[\"']?(\\w+)");
    if (facts->shutdown_action == NULL)
        facts->shutdown_action = g_strdup ("suspend");
}

/* Fedora's policy runs hooks in a domain that may not speak to the bus, unless this is on. */
static VfAnswer
find_confinement (const VfSysfs *root)
{
    char text[16];

    if (vf_sysfs_read (root, "sys/fs/selinux/enforce", text, sizeof text) != 0 || *text == '0')
        return VF_ANSWER_NO;
    if (vf_sysfs_read (root, "sys/fs/selinux/booleans/virt_hooks_unconfined", text, sizeof text)
        != 0)
        return VF_ANSWER_UNKNOWN;
    return answer (text[0] == '0');
}

/* Whether the profile allows to run what the link in /etc/libvirt/hooks leads to: the kernel judges
 * by that path. Debian's allows all of that folder. */
static gboolean
profile_lists_hook (const char *text)
{
    g_autoptr (GRegex) rule =
        g_regex_new ("^\\s*(?:file\\s+)?/usr/(?:lib|\\{[^}\\s]*\\blib\\b[^}\\s]*\\})/libvirt/"
                     "(?:\\*\\*?|virtflow-hook)\\s+\\w*x",
                     G_REGEX_MULTILINE, 0, NULL);

    return text != NULL && g_regex_match (rule, text, 0, NULL);
}

/* A profile that is not there, or is a link in the folder "disable", confines nobody. */
static VfAnswer
find_unlisted (const VfSysfs *root)
{
    static const char *const profiles[] = { "usr.sbin.libvirtd", "usr.sbin.virtqemud" };
    char enabled[8];

    if (vf_sysfs_read (root, "sys/module/apparmor/parameters/enabled", enabled, sizeof enabled) != 0
        || *enabled != 'Y')
        return VF_ANSWER_NO;
    for (guint i = 0; i < G_N_ELEMENTS (profiles); i++) {
        g_autofree char *path = g_strconcat ("etc/apparmor.d/", profiles[i], NULL);
        g_autofree char *own_path = g_strconcat ("etc/apparmor.d/local/", profiles[i], NULL);
        g_autofree char *disabled = g_strconcat ("etc/apparmor.d/disable/", profiles[i], NULL);
        g_autofree char *text = read_text (root, path);
        g_autofree char *own = read_text (root, own_path);

        if (text != NULL && !vf_sysfs_exists (root, disabled) && !profile_lists_hook (text)
            && !profile_lists_hook (own))
            return VF_ANSWER_YES;
    }
    return VF_ANSWER_NO;
}

VfHostFacts *
vf_host_facts_reader_read (const VfSysfs *root, const VfSnapshot *machine)
{
    char version[VF_SYSFS_NAME_MAX];
    VfHostFacts *facts = vf_host_facts_new ();

    facts->command_line = read_text (root, "proc/cmdline");
    if (vf_sysfs_exists (root, "dev")) {
        facts->kvm = answer (vf_sysfs_exists (root, "dev/kvm"));
        facts->tun = answer (vf_sysfs_exists (root, "dev/net/tun"));
        facts->vhost_net = answer (vf_sysfs_exists (root, "dev/vhost-net"));
    }
    facts->missing_controllers = find_missing_controllers (root);
    read_cpu (root, facts);
    read_interrupts (root, facts);
    read_iommu (root, facts);
    for (guint i = 0; i < VF_N_VFIO_MODULES; i++)
        facts->modules[i] = vf_module_read_state (root, vf_vfio_module_name (i));
    vf_modprobe_config_read (root, facts);
    vf_apertures_read (root, machine, facts);
    if (vf_sysfs_read (root, "sys/module/nvidia/version", version, sizeof version) == 0)
        facts->nvidia_version = g_strdup (version);
    facts->guest_firmware = find_guest_firmware (root);
    facts->hook = answer (vf_sysfs_exists (root, "etc/libvirt/hooks/qemu.d/50-virtflow"));
    read_shutdown_action (root, facts);
    facts->hooks_confined = find_confinement (root);
    facts->hook_unlisted = find_unlisted (root);
    return facts;
}
