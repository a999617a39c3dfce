/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of drivers, and which of them a function is given. */
#include "vfm-host-driver.h"

#include "vf-error.h"

/* Drivers of GPUs and of what sits on their cards, and bochs, which a virtual machine has. */
static const char *const allowed[] = {
    "amdgpu",     "bochs",  "i2c_nvidia_gpu",     "i915",
    "nouveau",    "nvidia", "nvidia_drm",         "nvidia_modeset",
    "nvidia_uvm", "radeon", "snd_hda_codec_hdmi", "snd_hda_intel",
    "ucsi_ccg",   "xe",     "xhci_pci",           "xhci_pci_renesas",
    NULL,
};

/* The kernel makes no difference between the two. */
static char *
module_name (const char *driver)
{
    return g_strdelimit (g_strdup (driver), "-", '_');
}

static gboolean
is_there (const VfSysfs *root, const char *driver)
{
    g_autofree char *path = g_strconcat ("sys/bus/pci/drivers/", driver, NULL);

    return vf_sysfs_exists (root, path);
}

/* The modalias of the function; FALSE when it is not the one that was meant. Both attributes and
 * the modalias are read without a lock, so a driver that hangs holds nobody up. */
static gboolean
read_modalias (const VfSysfs *root,
               const VfStep *step,
               char modalias[VF_SYSFS_NAME_MAX],
               GError **error)
{
    g_autoptr (VfSysfs) function = NULL;
    guint64 vendor = 0, device = 0;

    if (vf_sysfs_open_function (root, step->address, &function) == 0
        && vf_sysfs_read_number (function, "vendor", &vendor) == 0
        && vf_sysfs_read_number (function, "device", &device) == 0
        && (vendor << 16 | device) == step->ids
        && vf_sysfs_read (function, "modalias", modalias, VF_SYSFS_NAME_MAX) == 0)
        return TRUE;
    vf_error_set (error, VF_REASON_IDENTITY_CHANGED,
                  "At %s is not the function that was meant any more. Nothing was loaded for it.",
                  vf_pci_address_format (step->address).text);
    return FALSE;
}

/* The module that is called like the driver, if there is one: "nvidia" has a modalias in common
 * with "nouveau". Else all of them, for a few have a name of their own: "bochs" makes "bochs-drm".
 */
static gboolean
is_wanted (const char *module, const char *const *found, const char *driver)
{
    g_autofree char *name = module_name (driver);

    if (!g_strv_contains (allowed, module))
        return FALSE;
    return *driver == '\0' || g_str_equal (module, name) || !g_strv_contains (found, name);
}

static void
set_missing (const VfStep *step, const GError *cause, GError **error)
{
    if (cause != NULL)
        vf_error_set (error, VF_REASON_STEP_REJECTED, "%s", cause->message);
    else
        vf_error_set (error, VF_REASON_STEP_REJECTED,
                      "The driver %s is not loaded, and VirtFlow knows no module of this kernel "
                      "that brings it for %s. Load it by hand ('modprobe %s'; a few modules have a "
                      "name of their own), then run 'virtflow recover'.",
                      step->value, vf_pci_address_format (step->address).text, step->value);
}

gboolean
vfm_host_driver_load (const VfSysfs *root,
                      const VfmModules *modules,
                      gpointer data,
                      const VfStep *step,
                      GError **error)
{
    g_autoptr (GError) cause = NULL;
    g_auto (GStrv) found = NULL;
    char modalias[VF_SYSFS_NAME_MAX];

    if (!read_modalias (root, step, modalias, error))
        return FALSE;
    if (*step->value != '\0' && is_there (root, step->value))
        return TRUE;
    found = modules->find (modalias, data);
    for (guint i = 0; found[i] != NULL; i++) {
        if (is_wanted (found[i], (const char *const *) found, step->value))
            modules->load (found[i], data, cause == NULL ? &cause : NULL);
    }
    if (*step->value == '\0' || is_there (root, step->value))
        return TRUE;
    set_missing (step, cause, error);
    return FALSE;
}
