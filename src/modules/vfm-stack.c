/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of NVIDIA's modules and the laws of unloading them. */
#include "vfm-stack.h"

#include "vf-driver.h"
#include "vf-error.h"
#include "vf-pci-function.h"

/* Each one stands before those that it needs. */
static const char *const stack[] = { "nvidia_uvm", "nvidia_drm", "nvidia_modeset", "nvidia", NULL };

/* The names of @list; NULL with VF_REASON_INTERNAL when one of them is not in the stack. */
static char **
read_list (const char *list, GError **error)
{
    g_auto (GStrv) names = g_strsplit (list, " ", -1);

    for (char **name = names; *name != NULL; name++) {
        if (!g_strv_contains (stack, *name)) {
            vf_error_set (error, VF_REASON_INTERNAL,
                          "Not a module of a driver that virtflow-modules unloads.");
            return NULL;
        }
    }
    return g_steal_pointer (&names);
}

char *
vfm_stack_note (const VfmModules *modules, gpointer data, const char *known, GError **error)
{
    g_auto (GStrv) before = read_list (known, error);
    g_autoptr (GPtrArray) names = g_ptr_array_new ();

    if (before == NULL)
        return NULL;
    for (const char *const *name = stack; *name != NULL; name++)
        if (modules->is_loaded (*name, data)
            || g_strv_contains ((const char *const *) before, *name))
            g_ptr_array_add (names, (gpointer) *name);
    g_ptr_array_add (names, NULL);
    return g_strjoinv (" ", (char **) names->pdata);
}

static gboolean
check_function (const VfSysfs *root, const VfStep *step, GError **error)
{
    g_autoptr (VfSysfs) function = NULL;
    char override[VF_SYSFS_NAME_MAX];
    guint64 vendor = 0, device = 0;

    if (vf_sysfs_open_function (root, step->address, &function) != 0
        || vf_sysfs_read_number (function, "vendor", &vendor) != 0
        || vf_sysfs_read_number (function, "device", &device) != 0
        || (vendor << 16 | device) != step->ids) {
        vf_error_set (error, VF_REASON_IDENTITY_CHANGED,
                      "The card at %s is another one than was meant. Its driver stays loaded.",
                      vf_pci_address_format (step->address).text);
        return FALSE;
    }
    if (vf_sysfs_read (function, "driver_override", override, sizeof override) == 0
        && g_str_equal (override, VF_VFIO_DRIVER))
        return TRUE;
    vf_error_set (error, VF_REASON_STEP_REJECTED,
                  "%s is not reserved for vfio-pci, so its driver stays loaded.",
                  vf_pci_address_format (step->address).text);
    return FALSE;
}

static gboolean
check_laws (const VfSysfs *root, const VfStep *step, GError **error)
{
    if (!g_str_equal (step->value, VF_NVIDIA_DRIVER)) {
        vf_error_set (error, VF_REASON_INTERNAL, "Not a driver that virtflow-modules unloads.");
        return FALSE;
    }
    if (!check_function (root, step, error))
        return FALSE;
    if (!vf_driver_has_other (root, step->value, step->address))
        return TRUE;
    vf_error_set (error, VF_REASON_STEP_REJECTED,
                  "The driver %s stays loaded: it has another card as well.", step->value);
    return FALSE;
}

gboolean
vfm_stack_unload (const VfSysfs *root,
                  const VfmModules *modules,
                  gpointer data,
                  const VfStep *step,
                  GError **error)
{
    if (!check_laws (root, step, error))
        return FALSE;
    for (const char *const *name = stack; *name != NULL; name++) {
        if (!modules->is_loaded (*name, data))
            continue;
        if (!modules->unload (*name, data, error))
            return FALSE;
        if (modules->is_loaded (*name, data)) {
            vf_error_set (error, VF_REASON_STEP_REJECTED,
                          "The module %s was unloaded and is there again: something loads it at "
                          "the same time. Stop that, then try again.",
                          *name);
            return FALSE;
        }
    }
    if (!vf_driver_has (root, step->value, step->address))
        return TRUE;
    vf_error_set (error, VF_REASON_STEP_REJECTED,
                  "The driver %s cannot be unloaded: it is no module of that name.", step->value);
    return FALSE;
}

gboolean
vfm_stack_load (const VfmModules *modules, gpointer data, const char *names, GError **error)
{
    g_auto (GStrv) list = read_list (names, error);

    if (list == NULL)
        return FALSE;
    for (guint i = G_N_ELEMENTS (stack) - 1; i-- > 0;) {
        if (!g_strv_contains ((const char *const *) list, stack[i])
            || modules->is_loaded (stack[i], data))
            continue;
        if (!modules->reload (stack[i], data, error))
            return FALSE;
        if (!modules->is_loaded (stack[i], data)) {
            vf_error_set (
                error, VF_REASON_STEP_REJECTED,
                "The module %s was loaded again and is not there: something unloads it at "
                "the same time. Stop that, then run 'virtflow recover'.",
                stack[i]);
            return FALSE;
        }
    }
    return TRUE;
}
