/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of the kernel's modules for passing devices, and of what is set for modules.
 */
#include "vf-check.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
check_module (const VfCheck *check, VfVfioModule module)
{
    const char *name = vf_vfio_module_name (module);

    switch (check->facts->host->modules[module]) {
    case VF_MODULE_LOADED:
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("The module %s is loaded."), name);
        break;
    case VF_MODULE_BUILTIN:
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("%s is built into the kernel."), name);
        break;
    case VF_MODULE_LOADABLE:
        vf_check_tell (check, VF_VERDICT_OK, "", NULL,
                       _ ("The module %s is there, and loaded when it is needed."), name);
        break;
    case VF_MODULE_MISSING:
        vf_check_tell (check, VF_VERDICT_FAILED, "",
                       _ ("If the kernel was updated since the host started, restart the host. A "
                          "kernel for the cloud has no such module: install the ordinary one."),
                       _ ("The kernel that runs has no module %s."), name);
        break;
    }
}

void
vf_check_vfio (const VfCheck *check)
{
    check_module (check, VF_MODULE_VFIO);
}

void
vf_check_vfio_pci (const VfCheck *check)
{
    check_module (check, VF_MODULE_VFIO_PCI);
}

void
vf_check_vfio_type1 (const VfCheck *check)
{
    check_module (check, VF_MODULE_VFIO_IOMMU_TYPE1);
}

/* Set-up changes modprobe's configuration and the command line, not lists of modules that are
 * loaded at boot. */
static gboolean
is_in_module_list (const VfSetting *setting)
{
    return *setting->place == '/' && !g_str_has_prefix (setting->text, "options");
}

static void
check_reservation (const VfCheck *check, const VfSetting *setting)
{
    vf_check_tell (
        check, VF_VERDICT_WARNING, "",
        is_in_module_list (setting)
            ? _ ("The host can never use that GPU. VirtFlow lends it when a VM needs it: take that "
                 "line out, make the initramfs anew ('sudo update-initramfs -u'), and restart the "
                 "host.")
            : _ ("The host can never use that GPU. VirtFlow lends it when a VM needs it: run "
                 "'virtflow setup', which takes that out, and restart the host."),
        _ ("A GPU is reserved for vfio-pci at boot: '%s' in %s."), setting->text, setting->place);
}

static void
check_override (const VfCheck *check, const VfSetting *override)
{
    g_autofree char *name = g_path_get_basename (override->place);
    g_autofree char *advice = g_strdup_printf (
        _ ("The host can never use that GPU. VirtFlow lends it when a VM needs it: run 'sudo "
           "driverctl unset-override %s'."),
        name);
    VfPciAddress address;
    VfGpu gpu;

    if (vf_pci_address_parse (name, &address, NULL)
        && vf_gpu_find (check->facts->machine, address, &gpu))
        vf_check_tell (check, VF_VERDICT_WARNING, name, advice,
                       _ ("%s is reserved for vfio-pci at boot by driverctl (%s)."), name,
                       override->place);
}

void
vf_check_reservations (const VfCheck *check)
{
    const VfHostFacts *host = check->facts->host;
    guint before = check->findings->len;

    for (guint i = 0; i < host->reservations->len; i++) {
        const VfSetting *setting = host->reservations->pdata[i];

        if (vf_gpu_any_named_in (setting->text, check->facts->machine))
            check_reservation (check, setting);
    }
    for (guint i = 0; i < host->overrides->len; i++)
        check_override (check, host->overrides->pdata[i]);
    if (check->findings->len == before)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL, _ ("No GPU is reserved at boot."));
}

static void
check_ban (const VfCheck *check, const VfSetting *ban)
{
    static const char *const graphics[] = { "amdgpu", "radeon", "i915", "xe", "nvidia", NULL };
    const char *module;

    if ((module = vf_ban_find_vfio (ban->text)) != NULL)
        vf_check_tell (
            check, VF_VERDICT_FAILED, "",
            _ ("No GPU can be lent without: run 'virtflow setup', which takes that out."),
            _ ("%s is never loaded: '%s' in %s."), module, ban->text, ban->place);
    else if ((module = vf_ban_find_module (ban->text, graphics)) != NULL)
        vf_check_tell (check, VF_VERDICT_WARNING, "",
                       _ ("If that was written for passing the GPU, take it out: the host cannot "
                          "use a GPU that comes back without its driver."),
                       _ ("The driver %s is not loaded by itself: '%s' in %s."), module, ban->text,
                       ban->place);
}

void
vf_check_bans (const VfCheck *check)
{
    const GPtrArray *bans = check->facts->host->bans;
    guint before = check->findings->len;

    for (guint i = 0; i < bans->len; i++)
        check_ban (check, bans->pdata[i]);
    if (check->findings->len == before)
        vf_check_tell (check, VF_VERDICT_OK, "", NULL,
                       _ ("No module that is needed is kept from being loaded."));
}
