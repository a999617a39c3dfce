/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of drivers that may be loaded. Does not load any. */
#include "vfm-service.h"

#include "vf-error.h"
#include "vf-packet.h"
#include "vf-reply.h"
#include "vf-step.h"

typedef struct {
    VfmLoad load;
    gpointer data;
} Service;

/* The module of a driver; NULL when the driver is not on the list. */
static const char *
module_of (const char *driver)
{
    static const struct {
        const char *driver, *module;
    } list[] = {
        { "vfio-pci", "vfio-pci" },
        { "amdgpu", "amdgpu" },
        { "bochs-drm", "bochs" },
        { "i915", "i915" },
        { "nouveau", "nouveau" },
        { "nvidia", "nvidia" },
        { "nvidia_drm", "nvidia_drm" },
        { "nvidia-gpu", "i2c-nvidia-gpu" },
        { "snd_hda_intel", "snd_hda_intel" },
        { "ucsi_ccg", "ucsi_ccg" },
        { "xe", "xe" },
        { "xhci_hcd", "xhci_pci" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (list); i++)
        if (g_str_equal (list[i].driver, driver))
            return list[i].module;
    return NULL;
}

static GVariant *
carry_out (GVariant *request, gpointer data)
{
    const Service *service = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (VfStep) step = vf_step_from_variant (request, &error);
    const char *module = NULL;

    if (step != NULL && step->kind == VF_STEP_LOAD_MODULE)
        module = module_of (step->value);
    if (module != NULL)
        service->load (module, service->data, &error);
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
