/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way of a step from a packet to whoever carries it out, and back. */
#include "vf-step-service.h"

#include "vf-packet.h"
#include "vf-reply.h"
#include "vf-worker-process.h"

#include <sys/prctl.h>

typedef struct {
    VfStepHandler carry_out;
    gpointer data;
    char name[16]; /* of this process while it has nothing to do */
} Service;

static GVariant *
answer (GVariant *request, gpointer data)
{
    const Service *service = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (VfStep) step = vf_step_from_variant (request, &error);
    g_autofree char *text = NULL;

    if (step != NULL) {
        prctl (PR_SET_NAME, vf_worker_process_name (step->address).text);
        text = service->carry_out (step, service->data, &error);
        prctl (PR_SET_NAME, service->name);
    }
    return vf_reply_to_step (text, error);
}

int
vf_step_service_run (int socket, VfStepHandler carry_out, gpointer data)
{
    Service service = { carry_out, data, "" };

    prctl (PR_GET_NAME, service.name);
    return vf_packet_serve (socket, VF_STEP_VARIANT_TYPE, answer, &service);
}
