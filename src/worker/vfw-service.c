/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way of a step from a packet to the executor and back. */
#include "vfw-service.h"

#include "vf-packet.h"
#include "vf-reply.h"
#include "vf-worker-process.h"
#include "vfw-executor.h"

#include <sys/prctl.h>

typedef struct {
    const VfSysfs *root;
    VfwKernel *kernel;
    VfwVerdict verdict;
    char name[16]; /* of this process while it has nothing to do */
} Service;

/* Should the kernel not come back from the step, the name says which card the process hangs on. */
static void
call_oneself (const char *name)
{
    prctl (PR_SET_NAME, name);
}

static GVariant *
carry_out (GVariant *request, gpointer data)
{
    Service *service = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (VfStep) step = vf_step_from_variant (request, &error);
    g_autofree char *answer = NULL;

    if (step != NULL) {
        call_oneself (vf_worker_process_name (step->address).text);
        answer = vfw_executor_run (service->root, service->kernel, step, &service->verdict, &error);
        call_oneself (service->name);
    }
    return vf_reply_to_step (answer, error);
}

int
vfw_service_run (int socket, const VfSysfs *root, VfwKernel *kernel)
{
    Service service = { .root = root, .kernel = kernel };

    prctl (PR_GET_NAME, service.name);
    return vf_packet_serve (socket, VF_STEP_VARIANT_TYPE, carry_out, &service);
}
