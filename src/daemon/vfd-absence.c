/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what follows when a card that left its slot is there again. */
#include "vfd-absence.h"

struct _VfdAbsence {
    gboolean absent;
};

static gboolean
is_present (const VfdGpu *gpu)
{
    g_autoptr (GArray) functions = vfd_gpu_functions (gpu);

    return functions->len > 0;
}

static void
on_event (VfdGpu *gpu, VfdGpuEvent event, const GError *error, gpointer data)
{
    VfdAbsence *absence = data;
    gboolean was_absent = absence->absent;

    if (event != VFD_GPU_CHANGED)
        return;
    absence->absent = !is_present (gpu);
    if (!was_absent || absence->absent || vfd_gpu_lease (gpu)->record == NULL)
        return;
    g_message ("%s is there again", vf_pci_address_format (vfd_gpu_address (gpu)).text);
    vfd_gpu_send_home (gpu);
}

VfdAbsence *
vfd_absence_new (VfdGpu *gpu)
{
    VfdAbsence *absence = g_new0 (VfdAbsence, 1);

    absence->absent = !is_present (gpu);
    vfd_gpu_watch (gpu, on_event, absence);
    return absence;
}

void
vfd_absence_free (VfdAbsence *absence)
{
    g_free (absence);
}
