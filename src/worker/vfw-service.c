/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way of a step from a packet to the executor and back. */
#include "vfw-service.h"

#include "vf-packet.h"
#include "vf-reply.h"
#include "vfw-executor.h"

typedef struct {
    const VfSysfs *root;
    VfwKernel *kernel;
    VfwVerdict verdict;
} Service;

static GVariant *
carry_out (GVariant *request, gpointer data)
{
    Service *service = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (VfStep) step = vf_step_from_variant (request, &error);
    g_autofree char *answer = NULL;

    if (step != NULL)
        answer = vfw_executor_run (service->root, service->kernel, step, &service->verdict, &error);
    return vf_reply_to_step (answer, error);
}

int
vfw_service_run (int socket, const VfSysfs *root, VfwKernel *kernel)
{
    Service service = { .root = root, .kernel = kernel };

    return vf_packet_serve (socket, VF_STEP_VARIANT_TYPE, carry_out, &service);
}
