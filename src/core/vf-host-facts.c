/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the value of the host's facts. */
#include "vf-host-facts.h"

#include <string.h>

VfSetting *
vf_setting_new (const char *place, const char *text)
{
    VfSetting *setting = g_new (VfSetting, 1);

    setting->place = g_strdup (place);
    setting->text = g_strdup (text);
    return setting;
}

static void
setting_free (gpointer data)
{
    VfSetting *setting = data;

    g_free (setting->place);
    g_free (setting->text);
    g_free (setting);
}

VfHostFacts *
vf_host_facts_new (void)
{
    VfHostFacts *facts = g_new0 (VfHostFacts, 1);

    facts->reservations = g_ptr_array_new_with_free_func (setting_free);
    facts->overrides = g_ptr_array_new_with_free_func (setting_free);
    facts->bans = g_ptr_array_new_with_free_func (setting_free);
    facts->apertures = g_array_new (FALSE, FALSE, sizeof (VfAperture));
    return facts;
}

void
vf_host_facts_free (VfHostFacts *facts)
{
    if (facts == NULL)
        return;
    g_free (facts->command_line);
    g_free (facts->cpu_vendor);
    g_free (facts->missing_controllers);
    g_ptr_array_unref (facts->reservations);
    g_ptr_array_unref (facts->overrides);
    g_ptr_array_unref (facts->bans);
    g_array_unref (facts->apertures);
    g_free (facts->nvidia_version);
    g_free (facts->shutdown_action);
    g_free (facts->shutdown_file);
    g_free (facts);
}

const char *
vf_vfio_module_name (VfVfioModule module)
{
    static const char *const names[VF_N_VFIO_MODULES] = {
        [VF_MODULE_VFIO] = "vfio",
        [VF_MODULE_VFIO_PCI] = "vfio_pci",
        [VF_MODULE_VFIO_IOMMU_TYPE1] = "vfio_iommu_type1",
    };

    return names[module];
}

gboolean
vf_host_facts_has_word (const VfHostFacts *facts, const char *word)
{
    g_auto (GStrv) words =
        g_strsplit_set (facts->command_line != NULL ? facts->command_line : "", " \t\n", -1);

    return g_strv_contains ((const char *const *) words, word);
}

const char *
vf_ban_find_module (const char *ban, const char *const *modules)
{
    g_auto (GStrv) words = g_strsplit_set (ban, " \t=,", -1);

    while (*modules != NULL && !g_strv_contains ((const char *const *) words, *modules))
        modules++;
    return *modules;
}

const char *
vf_ban_find_vfio (const char *ban)
{
    static const char *const modules[] = {
        "vfio", "vfio_pci", "vfio-pci", "vfio_iommu_type1", "vfio-iommu-type1", NULL
    };

    return vf_ban_find_module (ban, modules);
}
