/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how each kind of step is carried out and what proves that it was. Decides nothing else. */
#include "vfw-executor.h"

#include "vf-error.h"
#include "vf-pci-function.h"
#include "vf-registers.h"
#include "vf-text.h"
#include "vfw-fence.h"
#include "vfw-laws.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define PATH_MAX_HERE 192

typedef struct {
    const VfSysfs *root;
    VfwKernel *kernel;
    const VfStep *step;
    const VfSysfs *function; /* its folder, which the laws were judged by */
    VfPciAddressText address;
} Job;

static gboolean
reject (const VfStep *step, const char *why, GError **error)
{
    g_autofree char *what = vf_text_step (step);

    vf_error_set (error, VF_REASON_STEP_REJECTED,
                  "The kernel refused to %s: %s. 'journalctl -k' may say more.", what, why);
    return FALSE;
}

static void
set_read_error (const Job *job, const char *name, int result, GError **error)
{
    char path[PATH_MAX_HERE];

    g_snprintf (path, sizeof path, "sys/bus/pci/devices/%s/%s", job->address.text, name);
    vf_sysfs_set_error (error, path, result);
}

/* The name of the driver that is bound now, "" for none. */
static gboolean
read_driver (const Job *job, char driver[VF_SYSFS_NAME_MAX], GError **error)
{
    int result = vf_sysfs_read_link_name (job->function, "driver", driver, VF_SYSFS_NAME_MAX);

    if (result == -ENOENT) {
        *driver = '\0';
        return TRUE;
    }
    if (result < 0)
        set_read_error (job, "driver", result, error);
    return result == 0;
}

static void
set_wrong_driver (const Job *job, const char *driver, GError **error)
{
    g_autofree char *what = vf_text_step (job->step);
    g_autofree char *shown = vf_text_escape (driver);

    if (*driver != '\0')
        vf_error_set (error, VF_REASON_WRONG_DRIVER,
                      "Could not %s: the function is bound to %s. Another program may have changed "
                      "it; 'virtflow gpus' shows how it stands.",
                      what, shown);
    else
        vf_error_set (error, VF_REASON_WRONG_DRIVER,
                      "Could not %s: the function has no driver. Another program may have changed "
                      "it; 'virtflow gpus' shows how it stands.",
                      what);
}

/* The module of a driver of the host may be unloaded while its card is lent. */
static gboolean
reject_unloaded (const Job *job, GError **error)
{
    g_autofree char *what = vf_text_step (job->step);

    vf_error_set (
        error, VF_REASON_STEP_REJECTED,
        "Could not %s: the kernel has no such driver any more, its module was unloaded. "
        "Load the module %s again ('modprobe %s'; a few modules have a name of their own), "
        "then run 'virtflow recover'.",
        what, job->step->value, job->step->value);
    return FALSE;
}

/* Writes the address to drivers/DRIVER/FILE and demands that @wanted is bound then. What sysfs says
 * afterwards counts more than what the write returned. */
static gboolean
change_driver (const Job *job, const char *file, const char *wanted, GError **error)
{
    char path[PATH_MAX_HERE], now[VF_SYSFS_NAME_MAX];
    int result;

    g_snprintf (path, sizeof path, "sys/bus/pci/drivers/%s/%s", job->step->value, file);
    result = job->kernel->write (job->kernel, job->root, path, job->address.text);
    if (!read_driver (job, now, error))
        return FALSE;
    if (g_str_equal (now, wanted))
        return TRUE;
    /* It did let go, and another program has given it to a driver that takes it since: to the one
     * that the override names, or to one whose table has it. The bind that follows judges that. */
    if (*wanted == '\0' && result == 0 && !g_str_equal (now, job->step->value))
        return TRUE;
    if (result == ENOENT && *wanted != '\0' && !g_str_equal (wanted, VF_VFIO_DRIVER))
        return reject_unloaded (job, error);
    if (result != 0)
        return reject (job->step, g_strerror (result), error);
    set_wrong_driver (job, now, error);
    return FALSE;
}

/* QEMU opens /dev/vfio/N, which appears with the binding of the first function of the group. */
static gboolean
check_vfio_node (const Job *job, GError **error)
{
    char group[VF_SYSFS_NAME_MAX], node[PATH_MAX_HERE];
    int result = vf_sysfs_read_link_name (job->function, "iommu_group", group, sizeof group);

    if (result < 0) {
        set_read_error (job, "iommu_group", result, error);
        return FALSE;
    }
    g_snprintf (node, sizeof node, "dev/vfio/%.20s", group);
    if (vf_sysfs_exists (job->root, node))
        return TRUE;
    vf_error_set (error, VF_REASON_WRONG_DRIVER,
                  "%s is bound to vfio-pci and /%s is not there, so no VM could open it. See that "
                  "the module vfio_iommu_type1 can be loaded.",
                  job->address.text, node);
    return FALSE;
}

static gboolean
run_bind (const Job *job, GError **error)
{
    const char *wanted = job->step->value;
    char now[VF_SYSFS_NAME_MAX];

    if (!read_driver (job, now, error))
        return FALSE;
    if (*now != '\0' && !g_str_equal (now, wanted)) {
        set_wrong_driver (job, now, error);
        return FALSE;
    }
    if (*now == '\0' && !change_driver (job, "bind", wanted, error))
        return FALSE;
    if (!g_str_equal (wanted, VF_VFIO_DRIVER) || check_vfio_node (job, NULL))
        return TRUE;
    /* If another program binds it at this very moment, it has its driver and not yet its node. The
     * kernel takes no second word on a function before the first one is done with. */
    return change_driver (job, "bind", wanted, error) && check_vfio_node (job, error);
}

static gboolean
run_unbind (const Job *job, GError **error)
{
    char now[VF_SYSFS_NAME_MAX];

    if (!read_driver (job, now, error))
        return FALSE;
    if (*now == '\0')
        return TRUE;
    if (!g_str_equal (now, job->step->value)) {
        set_wrong_driver (job, now, error);
        return FALSE;
    }
    return change_driver (job, "unbind", "", error);
}

/* drivers_probe says nothing about whether a driver took the function: what is bound then does. */
static gboolean
run_probe_driver (const Job *job, GError **error)
{
    char now[VF_SYSFS_NAME_MAX];
    int result = 0;

    if (!read_driver (job, now, error))
        return FALSE;
    if (*now == '\0') {
        result = job->kernel->write (job->kernel, job->root, "sys/bus/pci/drivers_probe",
                                     job->address.text);
        if (!read_driver (job, now, error))
            return FALSE;
    }
    if (g_str_equal (now, VF_VFIO_DRIVER)) {
        set_wrong_driver (job, now, error);
        return FALSE;
    }
    if (*now != '\0' || g_str_equal (job->step->value, VF_STEP_MAY))
        return TRUE;
    if (result != 0)
        return reject (job->step, g_strerror (result), error);
    vf_error_set (error, VF_REASON_STEP_REJECTED,
                  "No driver of this kernel takes %s. Its module may be blacklisted in "
                  "/etc/modprobe.d or not be installed; 'lspci -nnk -s %s' names the modules that "
                  "are made for it.",
                  job->address.text, job->address.text);
    return FALSE;
}

/* An attribute as text; "(null)" is how the kernel prints an empty override. */
static gboolean
read_attribute (const Job *job, const char *name, char text[VF_SYSFS_NAME_MAX], GError **error)
{
    int result = vf_sysfs_read (job->function, name, text, VF_SYSFS_NAME_MAX);

    if (result < 0) {
        set_read_error (job, name, result, error);
        return FALSE;
    }
    if (g_str_equal (text, "(null)"))
        *text = '\0';
    return TRUE;
}

/* Makes the attribute @name of the function read as the value of the step. */
static gboolean
set_attribute (const Job *job, const char *name, GError **error)
{
    const char *wanted = job->step->value;
    char now[VF_SYSFS_NAME_MAX];
    int result;

    if (!read_attribute (job, name, now, error))
        return FALSE;
    if (g_str_equal (now, wanted))
        return TRUE;
    /* A write of no bytes does nothing at all; a line end clears. */
    result = job->kernel->write (job->kernel, job->function, name, *wanted != '\0' ? wanted : "\n");
    if (!read_attribute (job, name, now, error))
        return FALSE;
    if (g_str_equal (now, wanted))
        return TRUE;
    return reject (job->step, result != 0 ? g_strerror (result) : _ ("the write had no effect"),
                   error);
}

static gboolean
verify_registers (const Job *job, GError **error)
{
    g_autofree char *now = vf_registers_read (job->function, error);
    g_autofree char *difference = NULL;

    if (now == NULL)
        return FALSE;
    difference = vf_registers_difference (job->step->value, now);
    if (difference == NULL)
        return TRUE;
    vf_error_set (error, VF_REASON_REGISTERS_LOST,
                  "%s has its driver and does not work: something has reset it (%s). Only finding "
                  "it anew heals that: write 1 to /sys/bus/pci/devices/%s/remove and then to "
                  "/sys/bus/pci/rescan, or restart the host.",
                  job->address.text, difference, job->address.text);
    return FALSE;
}

/* What another program has reserved the function for stays: it was never ours to clear. */
static gboolean
run_override (const Job *job, GError **error)
{
    char now[VF_SYSFS_NAME_MAX];

    if (*job->step->value == '\0') {
        if (!read_attribute (job, "driver_override", now, error))
            return FALSE;
        if (!g_str_equal (now, VF_VFIO_DRIVER))
            return TRUE;
    }
    return set_attribute (job, "driver_override", error);
}

static gboolean
run_reset (const Job *job, GError **error)
{
    int result = job->kernel->write (job->kernel, job->function, "reset", "1");

    return result == 0 || reject (job->step, g_strerror (result), error);
}

static gboolean
run_unfence (const Job *job, GError **error)
{
    const VfStep *step = job->step;

    if (g_str_equal (step->value, VF_STEP_USUAL_MODES))
        return vfw_fence_open_as_usual (job->root, job->kernel, step->address, error);
    return vfw_fence_open (job->root, job->kernel, step->address, step->value, error);
}

static gboolean
run (const Job *job, char **answer, GError **error)
{
    const VfStep *step = job->step;

    switch (step->kind) {
    case VF_STEP_NOTE_REGISTERS:
        *answer = vf_registers_read (job->function, error);
        return *answer != NULL;
    case VF_STEP_OVERRIDE:
        return run_override (job, error);
    case VF_STEP_NOTE_NODES:
        *answer = vfw_fence_note (job->root, step->address, step->value, error);
        return *answer != NULL;
    case VF_STEP_FENCE:
        return vfw_fence_close (job->root, job->kernel, step->address, error);
    case VF_STEP_UNFENCE:
        return run_unfence (job, error);
    case VF_STEP_UNBIND:
        return run_unbind (job, error);
    case VF_STEP_BIND:
        return run_bind (job, error);
    case VF_STEP_PROBE_DRIVER:
        return run_probe_driver (job, error);
    case VF_STEP_RESET:
        return run_reset (job, error);
    case VF_STEP_POWER_CONTROL:
        return set_attribute (job, "power/control", error);
    case VF_STEP_D3COLD:
        return set_attribute (job, "d3cold_allowed", error);
    case VF_STEP_VERIFY_REGISTERS:
        return verify_registers (job, error);
    case VF_STEP_LOAD_MODULE:
    case VF_STEP_CHECK_HOLDERS:
    case VF_STEP_CHECK_VFIO_USERS:
    case VF_STEP_PAUSE:
    case VF_STEP_NOTE_SERVICES:
    case VF_STEP_STOP_SERVICES:
    case VF_STEP_START_SERVICES:
    case VF_STEP_NOTE_MODULES:
    case VF_STEP_UNLOAD_MODULES:
    case VF_STEP_LOAD_MODULES:
        break;
    }
    vf_error_set (error, VF_REASON_INTERNAL, "The worker does not carry out '%s'.",
                  vf_step_kind_id (step->kind));
    return FALSE;
}

char *
vfw_executor_run (
    const VfSysfs *root, VfwKernel *kernel, const VfStep *step, VfwVerdict *verdict, GError **error)
{
    g_autoptr (VfSysfs) function = vfw_laws_open (root, step, verdict, error);
    Job job = { root, kernel, step, function, vf_pci_address_format (step->address) };
    g_autofree char *answer = NULL;

    if (function == NULL || !run (&job, &answer, error))
        return NULL;
    return answer != NULL ? g_steal_pointer (&answer) : g_strdup ("");
}
