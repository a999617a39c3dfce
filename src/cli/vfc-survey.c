/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look at the machine without the daemon. */
#include "vfc-survey.h"

#include "vf-hwdb.h"
#include "vf-planner.h"
#include "vf-snapshot-reader.h"

#include <fcntl.h>

static void
add_function (VfcGpu *gpu, VfHwdb *hwdb, const VfPciFunction *function)
{
    g_autofree char *name = vf_hwdb_name (hwdb, function);
    g_autofree char *ids = g_strdup_printf ("%04x:%04x", function->vendor, function->device);
    VfPciAddressText address = vf_pci_address_format (function->address);

    vfc_gpu_add_function (gpu, (VfcFunction){
                                   .address = address.text,
                                   .kind = (char *) vf_pci_function_kind (function),
                                   .ids = ids,
                                   .driver = (char *) (function->driver ? function->driver : ""),
                                   .name = name,
                                   .iommu_group = function->iommu_group,
                               });
}

/* Why it could not be lent, as far as the machine alone tells. */
static GPtrArray *
find_blockers (const VfSnapshot *snapshot, const VfGpu *gpu)
{
    g_autoptr (VfPolicy) policy = vf_policy_new ();
    VfFacts facts = { .snapshot = snapshot, .policy = policy };
    VfRequest request = { .target = VF_TARGET_VFIO, .gpu = gpu->address };
    GPtrArray *blockers = NULL;
    G_GNUC_UNUSED g_autoptr (VfPlan) plan = vf_planner_plan (&facts, &request, &blockers);

    return blockers;
}

static VfcGpu *
look_at (const VfSnapshot *snapshot, VfHwdb *hwdb, const VfGpu *source)
{
    g_autofree char *name = vf_hwdb_name (hwdb, vf_gpu_display (source));
    g_autofree char *evidence = vf_gpu_host_display_evidence (source, snapshot);
    gboolean on_host = vf_planner_stand (source, NULL) == VF_STAND_HOST;
    VfcGpu *gpu = vfc_gpu_new (vf_pci_address_format (source->address).text, name,
                               on_host ? "host" : "unknown");

    gpu->host_display = evidence != NULL;
    for (guint i = 0; i < source->n_functions; i++)
        add_function (gpu, hwdb, source->functions[i]);
    if (on_host)
        gpu->blockers = find_blockers (snapshot, source);
    return gpu;
}

GPtrArray *
vfc_survey (const VfSysfs *root, GError **error)
{
    g_autoptr (VfSnapshot) snapshot = vf_snapshot_reader_read (root, error);
    g_autoptr (VfHwdb) hwdb = NULL;
    g_autoptr (GArray) sources = NULL;
    GPtrArray *gpus;

    if (snapshot == NULL)
        return NULL;
    gpus = g_ptr_array_new_with_free_func ((GDestroyNotify) vfc_gpu_free);
    hwdb = vf_hwdb_new ();
    sources = vf_gpu_list (snapshot);
    for (guint i = 0; i < sources->len; i++)
        g_ptr_array_add (gpus, look_at (snapshot, hwdb, &g_array_index (sources, VfGpu, i)));
    return gpus;
}

GPtrArray *
vfc_survey_with_daemon (VfcRun *run, GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (VfSysfs) root = NULL;
    VfClient *client = vfc_run_client (run, &failure);

    if (client != NULL)
        return vfc_gpu_list_from_client (client);
    vfc_say ("This is what the machine itself tells, without the daemon. %s", failure->message);
    root = vf_sysfs_new (open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    return vfc_survey (root, error);
}
