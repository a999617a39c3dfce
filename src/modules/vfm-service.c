/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rule of what may be loaded. Does not load anything. */
#include "vfm-service.h"

#include "vf-error.h"
#include "vf-packet.h"
#include "vf-pci-function.h"
#include "vf-reply.h"
#include "vfm-host-driver.h"

typedef struct {
    const VfSysfs *root;
    const VfmModules *modules;
} Service;

static GVariant *
carry_out (GVariant *request, gpointer data)
{
    const Service *service = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (VfStep) step = vf_step_from_variant (request, &error);

    if (step != NULL && step->kind != VF_STEP_LOAD_MODULE)
        vf_error_set (&error, VF_REASON_INTERNAL, "Not a step for virtflow-modules.");
    else if (step != NULL && g_str_equal (step->value, VF_VFIO_DRIVER))
        service->modules->load (step->value, service->modules->data, &error);
    else if (step != NULL)
        vfm_host_driver_load (service->root, step, service->modules, &error);
    return vf_reply_to_step ("", error);
}

int
vfm_service_run (int socket, const VfSysfs *root, const VfmModules *modules)
{
    Service service = { root, modules };

    return vf_packet_serve (socket, VF_STEP_VARIANT_TYPE, carry_out, &service);
}
