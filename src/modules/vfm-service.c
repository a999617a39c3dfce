/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rule of what may be loaded and unloaded. Does neither. */
#include "vfm-service.h"

#include "vf-error.h"
#include "vf-pci-function.h"
#include "vf-step-service.h"
#include "vfm-host-driver.h"
#include "vfm-stack.h"

typedef struct {
    const VfSysfs *root;
    const VfmModules *modules;
    gpointer data;
} Service;

static gboolean
load (const VfSysfs *root,
      const VfmModules *modules,
      gpointer data,
      const VfStep *step,
      GError **error)
{
    if (g_str_equal (step->value, VF_VFIO_DRIVER))
        return modules->load (step->value, data, error);
    return vfm_host_driver_load (root, modules, data, step, error);
}

char *
vfm_service_carry_out (const VfSysfs *root,
                       const VfmModules *modules,
                       gpointer data,
                       const VfStep *step,
                       GError **error)
{
    if (step->kind == VF_STEP_NOTE_MODULES)
        return vfm_stack_note (modules, data, step->value, error);
    if (step->kind == VF_STEP_LOAD_MODULE && load (root, modules, data, step, error))
        return g_strdup ("");
    if (step->kind == VF_STEP_UNLOAD_MODULES && vfm_stack_unload (root, modules, data, step, error))
        return g_strdup ("");
    if (step->kind == VF_STEP_LOAD_MODULES && vfm_stack_load (modules, data, step->value, error))
        return g_strdup ("");
    if (vf_step_actor (step->kind) != VF_ACTOR_MODULES)
        vf_error_set (error, VF_REASON_INTERNAL, "virtflow-modules does not carry out '%s'.",
                      vf_step_kind_id (step->kind));
    return NULL;
}

static char *
carry_out (const VfStep *step, gpointer data, GError **error)
{
    const Service *service = data;

    return vfm_service_carry_out (service->root, service->modules, service->data, step, error);
}

int
vfm_service_run (int socket, const VfSysfs *root, const VfmModules *modules, gpointer data)
{
    Service service = { root, modules, data };

    return vf_step_service_run (socket, carry_out, &service);
}
