/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rule of what may be loaded. Does not load anything. */
#include "vfm-service.h"

#include "vf-error.h"
#include "vf-packet.h"
#include "vf-pci-function.h"
#include "vf-reply.h"
#include "vf-step.h"

typedef struct {
    VfmLoad load;
    gpointer data;
} Service;

static GVariant *
carry_out (GVariant *request, gpointer data)
{
    const Service *service = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (VfStep) step = vf_step_from_variant (request, &error);

    if (step != NULL && step->kind == VF_STEP_LOAD_MODULE
        && g_str_equal (step->value, VF_VFIO_DRIVER))
        service->load (step->value, service->data, &error);
    else if (error == NULL)
        vf_error_set (&error, VF_REASON_INTERNAL, "Not a driver that virtflow-modules loads.");
    return vf_reply_to_step ("", error);
}

int
vfm_service_run (int socket, VfmLoad load, gpointer data)
{
    Service service = { load, data };

    return vf_packet_serve (socket, VF_STEP_VARIANT_TYPE, carry_out, &service);
}
