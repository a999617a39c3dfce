/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the worker knows from one step to the next. */
#include "vfw-service.h"

#include "vf-step-service.h"
#include "vfw-executor.h"

typedef struct {
    const VfSysfs *root;
    VfwKernel *kernel;
    VfwVerdict verdict;
} Service;

static char *
carry_out (const VfStep *step, gpointer data, GError **error)
{
    Service *service = data;

    return vfw_executor_run (service->root, service->kernel, step, &service->verdict, error);
}

int
vfw_service_run (int socket, const VfSysfs *root, VfwKernel *kernel)
{
    Service service = { .root = root, .kernel = kernel };

    return vf_step_service_run (socket, carry_out, &service);
}
