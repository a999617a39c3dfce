/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow test": there and back without a VM, looked at from outside each time. */
#include "vfc-commands.h"

#include "vfc-examination.h"
#include "vfc-gpu-choice.h"
#include "vfc-switch.h"

#include "vf-gpu.h"
#include "vf-snapshot-reader.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>

typedef struct {
    VfClientGpu *gpu;
    const char *name; /* its address */
    VfPciAddress address;
    char *before; /* the drivers of its functions */
    char *lent;
    char *after;
    double lend_time, return_time; /* milliseconds */
} Test;

static void
test_clear (Test *test)
{
    g_clear_object (&test->gpu);
    g_free (test->before);
    g_free (test->lent);
    g_free (test->after);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Test, test_clear)

/* "bochs-drm snd_hda_intel", in the order of the functions, as the kernel has it now and whatever
 * the daemon says; the caller owns it. */
static char *
look_at_drivers (const Test *test, GError **error)
{
    g_autoptr (VfSysfs) root = vf_sysfs_new (open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    g_autoptr (VfSnapshot) machine = vf_snapshot_reader_read_around (root, test->address, error);
    GString *drivers;
    VfGpu gpu;

    if (machine == NULL)
        return NULL;
    if (!vf_gpu_find (machine, test->address, &gpu)) {
        vf_error_set (error, VF_REASON_NO_SUCH_GPU, "The kernel has no GPU at %s any more.",
                      test->name);
        return NULL;
    }
    drivers = g_string_new ("");
    for (guint i = 0; i < gpu.n_functions; i++)
        g_string_append_printf (drivers, "%s%s", i > 0 ? " " : "",
                                gpu.functions[i]->driver != NULL ? gpu.functions[i]->driver : "-");
    return g_string_free (drivers, FALSE);
}

static gboolean
is_all_on_vfio (const char *drivers)
{
    g_auto (GStrv) names = g_strsplit (drivers, " ", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        if (!g_str_equal (names[i], VF_VFIO_DRIVER))
            return FALSE;
    }
    return TRUE;
}

/* What the doctor has to say against it goes before, for whoever wonders why the rest failed. */
static gboolean
tell_findings (VfcRun *run, const Test *test, GError **error)
{
    char *arguments[] = { (char *) test->name, NULL };
    g_autoptr (GPtrArray) findings = vfc_examination_make (run, arguments, error);

    if (findings == NULL)
        return FALSE;
    for (guint i = 0; i < findings->len; i++) {
        const VfFinding *finding = findings->pdata[i];

        if (finding->verdict > VF_VERDICT_UNKNOWN)
            vfc_say ("%s: %s %s", finding->check, finding->fact, finding->advice);
    }
    return TRUE;
}

static gboolean
switch_to (VfcRun *run, const Test *test, VfTarget target, double *time, GError **error)
{
    gint64 begin = g_get_monotonic_time ();
    gboolean done = vfc_switch_do (run, test->gpu, target, error);

    *time = (double) (g_get_monotonic_time () - begin) / 1000;
    return done;
}

/* A lend that succeeded is taken back, whatever is seen of it. */
static gboolean
go_and_come_back (VfcRun *run, Test *test, GError **error)
{
    GError *unseen = NULL;

    if (!switch_to (run, test, VF_TARGET_VFIO, &test->lend_time, error))
        return FALSE;
    test->lent = look_at_drivers (test, &unseen);
    if (!switch_to (run, test, VF_TARGET_HOST, &test->return_time, error)) {
        g_clear_error (&unseen);
        return FALSE;
    }
    test->after = unseen == NULL ? look_at_drivers (test, &unseen) : NULL;
    if (unseen != NULL) {
        g_propagate_error (error, unseen);
        return FALSE;
    }
    if (is_all_on_vfio (test->lent) && g_str_equal (test->after, test->before))
        return TRUE;
    vf_error_set (
        error, VF_REASON_INTERNAL,
        "%s did not go and come back as it should: its drivers were %s, then %s, then %s. "
        "'virtflow recover %s' brings it home.",
        test->name, test->before, test->lent, test->after, test->name);
    return FALSE;
}

static void
answer (VfcRun *run, const Test *test)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    vfc_json_text (builder, "gpu", test->name);
    vfc_json_text (builder, "drivers_before", test->before);
    vfc_json_text (builder, "drivers_lent", test->lent);
    vfc_json_text (builder, "drivers_after", test->after);
    vfc_json_number (builder, "lend_milliseconds", (gint64) test->lend_time);
    vfc_json_number (builder, "return_milliseconds", (gint64) test->return_time);
    vfc_json_end (run, builder);
}

static gboolean
run_test (VfcRun *run, char **arguments, GError **error)
{
    g_auto (Test) test = { 0 };
    VfClient *client = vfc_run_client (run, error);

    if (client == NULL)
        return FALSE;
    test.gpu = vfc_gpu_choose (client, arguments[0], vfc_gpu_fits_lending, error);
    if (test.gpu == NULL)
        return FALSE;
    test.name = vf_dbus_gpu_get_address (test.gpu);
    if (!vf_pci_address_parse (test.name, &test.address, error)
        || (test.before = look_at_drivers (&test, error)) == NULL
        || !tell_findings (run, &test, error) || !go_and_come_back (run, &test, error))
        return FALSE;
    if (run->json)
        answer (run, &test);
    else
        printf (
            _ ("%s went to vfio-pci in %.0f ms and came back to the host in %.0f ms (%s): it can "
               "be given to a VM.\n"),
            test.name, test.lend_time, test.return_time, test.after);
    return TRUE;
}

const VfcCommand vfc_command_test = {
    .name = "test",
    .arguments = "[GPU]",
    .description =
        "Tries on this host whether a GPU can go and come back: says what the doctor has"
        " against it,\nlends it without a VM, looks at it, returns it, and looks again."
        " Each step is shown with its\ntime. Ctrl+C undoes it while it is under way.\n\nGPU"
        " is its address (0000:01:00.0 or 01:00.0), a part of its model's name, or nothing"
        " when\nonly one can be lent.",
    .example = "  virtflow test\n  virtflow test 01:00.0 --json",
    .most = 1,
    .run = run_test,
};
