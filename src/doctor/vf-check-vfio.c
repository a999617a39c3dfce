/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of the kernel's modules for passing devices, and of what is set for modules.
 */
#include "vf-check.h"

#include "vf-gpu.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
check_module (const char *id, VfVfioModule module, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const char *name = vf_vfio_module_name (module);
    VfFinding *finding = NULL;

    switch (facts->host->modules[module]) {
    case VF_MODULE_LOADED:
        finding = vf_finding_new (id, VF_VERDICT_OK, "",
                                  g_strdup_printf (_ ("The module %s is loaded."), name), NULL);
        break;
    case VF_MODULE_BUILTIN:
        finding = vf_finding_new (id, VF_VERDICT_OK, "",
                                  g_strdup_printf (_ ("%s is built into the kernel."), name), NULL);
        break;
    case VF_MODULE_LOADABLE:
        finding = vf_finding_new (
            id, VF_VERDICT_OK, "",
            g_strdup_printf (_ ("The module %s is there, and loaded when it is needed."), name),
            NULL);
        break;
    case VF_MODULE_MISSING:
        finding = vf_finding_new (
            id, VF_VERDICT_FAILED, "",
            g_strdup_printf (_ ("The kernel that runs has no module %s."), name),
            g_strdup (_ ("If the kernel was updated since the host started, restart the host. A "
                         "kernel for the cloud has no such module: install the ordinary one.")));
        break;
    }
    g_ptr_array_add (findings, finding);
}

void
vf_check_vfio (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    check_module (id, VF_MODULE_VFIO, facts, findings);
}

void
vf_check_vfio_pci (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    check_module (id, VF_MODULE_VFIO_PCI, facts, findings);
}

void
vf_check_vfio_type1 (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    check_module (id, VF_MODULE_VFIO_IOMMU_TYPE1, facts, findings);
}

/* Whether @text ("options vfio-pci ids=10de:1e84,10de:10f8") names a function of a GPU. */
static gboolean
names_gpu (const char *text, const VfSnapshot *machine)
{
    g_autoptr (GArray) gpus = vf_gpu_list (machine);

    for (guint i = 0; i < gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);

        for (guint k = 0; k < gpu->n_functions; k++) {
            const VfPciFunction *function = gpu->functions[k];
            g_autofree char *ids =
                g_strdup_printf ("%04x:%04x", function->vendor, function->device);
            g_autofree char *lower = g_ascii_strdown (text, -1);

            if (strstr (lower, ids) != NULL)
                return TRUE;
        }
    }
    return FALSE;
}

void
vf_check_reservations (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const GPtrArray *reservations = facts->host->reservations;
    gboolean any = FALSE;

    for (guint i = 0; i < reservations->len; i++) {
        const VfSetting *setting = reservations->pdata[i];

        if (!names_gpu (setting->text, facts->machine))
            continue;
        any = TRUE;
        g_ptr_array_add (
            findings,
            vf_finding_new (
                id, VF_VERDICT_WARNING, "",
                g_strdup_printf (_ ("A GPU is reserved for vfio-pci at boot: '%s' in %s."),
                                 setting->text, setting->place),
                g_strdup (_ ("The host can never use that GPU. VirtFlow lends it when a "
                             "VM needs it: take the line out, make the initramfs anew "
                             "and restart the host."))));
    }
    if (!any)
        g_ptr_array_add (findings,
                         vf_finding_new (id, VF_VERDICT_OK, "",
                                         g_strdup (_ ("No GPU is reserved at boot.")), NULL));
}

/* "blacklist nouveau", "install nvidia /bin/false", "modprobe.blacklist=nouveau,nvidia" */
static gboolean
bans (const char *text, const char *module)
{
    g_auto (GStrv) words = g_strsplit_set (text, " \t=,", -1);

    return g_strv_contains ((const char *const *) words, module);
}

static void
check_ban (const char *id, const VfSetting *ban, GPtrArray *findings)
{
    static const char *const graphics[] = { "amdgpu", "radeon", "i915", "xe", "nvidia" };
    static const char *const vfio[] = { "vfio", "vfio_pci", "vfio-pci", "vfio_iommu_type1" };

    for (guint i = 0; i < G_N_ELEMENTS (vfio); i++) {
        if (bans (ban->text, vfio[i])) {
            g_ptr_array_add (
                findings,
                vf_finding_new (id, VF_VERDICT_FAILED, "",
                                g_strdup_printf (_ ("%s is never loaded: '%s' in %s."), vfio[i],
                                                 ban->text, ban->place),
                                g_strdup (_ ("Take that line out: no GPU can be lent without."))));
            return;
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS (graphics); i++) {
        if (bans (ban->text, graphics[i])) {
            g_ptr_array_add (
                findings,
                vf_finding_new (
                    id, VF_VERDICT_WARNING, "",
                    g_strdup_printf (_ ("The driver %s is not loaded by itself: '%s' in %s."),
                                     graphics[i], ban->text, ban->place),
                    g_strdup (_ ("If that was written for passing the GPU, take it out: the "
                                 "host cannot use a GPU that comes back without its driver."))));
            return;
        }
    }
}

void
vf_check_bans (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    guint before = findings->len;

    for (guint i = 0; i < facts->host->bans->len; i++)
        check_ban (id, facts->host->bans->pdata[i], findings);
    if (findings->len == before)
        g_ptr_array_add (findings,
                         vf_finding_new (id, VF_VERDICT_OK, "",
                                         g_strdup (_ ("No module that is needed is kept from being "
                                                      "loaded.")),
                                         NULL));
}
