/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests each kind of step: what it writes, when it writes nothing, and what proves its effect. */
#include "fake-host.h"
#include "fake-tree.h"
#include "vf-error.h"
#include "vfw-executor.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GPU "0000:01:00.0"
#define AUDIO "0000:01:00.1"
#define DISPLAY "0000:00:01.0"
#define DEVICE "sys/bus/pci/devices/"

/* A kernel before the fake one, which keeps what was written and may lie about how it went. */
typedef struct {
    VfwKernel kernel;
    FakeHost *host;
    char *path, *text; /* of the last write */
    int lie;           /* returned by a write that has its effect; 0 for the truth */
    VfwKernel *real;   /* writes instead, after another card has come to the address */
} Witness;

/* Puts the host's display where the GPU was. */
static void
swap_cards (Witness *witness)
{
    g_autofree char *link = g_build_filename (witness->host->folder, DEVICE GPU, NULL);
    g_autofree char *other = g_build_filename (witness->host->folder, DEVICE DISPLAY, NULL);
    g_autofree char *target = g_file_read_link (other, NULL);

    g_assert_cmpint (g_unlink (link), ==, 0);
    g_assert_cmpint (symlink (target, link), ==, 0);
}

static int
witness_write (VfwKernel *kernel, const VfSysfs *folder, const char *path, const char *text)
{
    Witness *witness = (Witness *) kernel;
    VfwKernel *fake = &witness->host->kernel->kernel;
    int result;

    if (witness->real != NULL) {
        swap_cards (witness);
        return witness->real->write (witness->real, folder, path, text);
    }
    result = fake->write (fake, folder, path, text);

    g_free (witness->path);
    g_free (witness->text);
    witness->path = g_strdup (path);
    witness->text = g_strdup (text);
    return witness->lie != 0 ? witness->lie : result;
}

static int
witness_set_mode (VfwKernel *kernel, const char *path, dev_t device, mode_t mode)
{
    VfwKernel *fake = &((Witness *) kernel)->host->kernel->kernel;

    return fake->set_mode (fake, path, device, mode);
}

static void
set_up (Witness *witness, gconstpointer machine)
{
    *witness = (Witness){ .kernel = { witness_write, witness_set_mode },
                          .host = fake_host_new (machine != NULL ? machine : "lab") };
}

static void
tear_down (Witness *witness, gconstpointer machine)
{
    fake_host_free (witness->host);
    g_free (witness->path);
    g_free (witness->text);
}

static char *
run (Witness *witness, const char *function, VfStepKind kind, const char *value, GError **error)
{
    VfPciAddress address = fake_host_address (function);
    g_autoptr (VfStep) step =
        vf_step_new (kind, address, fake_host_ids (witness->host, address), value);

    return vfw_executor_run (witness->host->root, &witness->kernel, step, NULL, error);
}

/* Runs a step that must succeed with @answer. */
static void
do_step (Witness *witness,
         const char *function,
         VfStepKind kind,
         const char *value,
         const char *expected)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *answer = run (witness, function, kind, value, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (answer, ==, expected);
}

static void
refuse_step (
    Witness *witness, const char *function, VfStepKind kind, const char *value, VfReason reason)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (run (witness, function, kind, value, &error));
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, vf_reason_id (reason));
    g_assert_cmpstr (error->message, !=, "");
}

static void
assert_file (Witness *witness, const char *path, const char *text)
{
    g_autofree char *full = g_build_filename (witness->host->folder, path, NULL);
    g_autofree char *contents = NULL;

    g_assert_true (g_file_get_contents (full, &contents, NULL, NULL));
    g_assert_cmpstr (g_strchomp (contents), ==, text);
}

static void
assert_driver (Witness *witness, const char *function, const char *driver)
{
    const FakeDriver *now =
        fake_kernel_driver_of (witness->host->kernel, fake_host_address (function));

    g_assert_cmpstr (now != NULL ? now->name : "", ==, driver);
}

static guint
mode_of (Witness *witness, const char *node)
{
    g_autofree char *path = g_build_filename (witness->host->folder, "dev", node, NULL);
    struct stat status;

    g_assert_cmpint (g_lstat (path, &status), ==, 0);
    return status.st_mode & 07777;
}

static void
set_mode_of (Witness *witness, const char *node, int mode)
{
    g_autofree char *path = g_build_filename (witness->host->folder, "dev", node, NULL);

    g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

static void
test_override (Witness *witness, gconstpointer machine)
{
    do_step (witness, GPU, VF_STEP_OVERRIDE, "vfio-pci", "");
    assert_file (witness, DEVICE GPU "/driver_override", "vfio-pci");
    do_step (witness, GPU, VF_STEP_OVERRIDE, "vfio-pci", "");
    g_assert_cmpuint (witness->host->kernel->writes, ==, 1);
    do_step (witness, GPU, VF_STEP_OVERRIDE, "", "");
    g_assert_cmpstr (witness->path, ==, "driver_override");
    g_assert_cmpstr (witness->text, ==, "\n");
    assert_file (witness, DEVICE GPU "/driver_override", "(null)");
    do_step (witness, GPU, VF_STEP_OVERRIDE, "", "");
    g_assert_cmpuint (witness->host->kernel->writes, ==, 2);
}

/* What an administrator reserved is neither taken nor given up. */
static void
test_foreign_override (Witness *witness, gconstpointer machine)
{
    fake_tree_write (witness->host->folder, DEVICE GPU "/driver_override", "pci-stub\n");
    refuse_step (witness, GPU, VF_STEP_OVERRIDE, "vfio-pci", VF_REASON_FOREIGN_DRIVER);
    g_assert_cmpuint (witness->host->kernel->writes, ==, 0);
    assert_file (witness, DEVICE GPU "/driver_override", "pci-stub");
    do_step (witness, GPU, VF_STEP_OVERRIDE, "", "");
    g_assert_cmpuint (witness->host->kernel->writes, ==, 0);
    assert_file (witness, DEVICE GPU "/driver_override", "pci-stub");
}

/* What was judged is what is written to, also when another card takes its address meanwhile. */
static void
test_swapped (Witness *witness, gconstpointer machine)
{
    static const struct {
        VfStepKind kind;
        const char *value, *attribute, *untouched;
    } cases[] = {
        { VF_STEP_OVERRIDE, "vfio-pci", "driver_override", "(null)" },
        { VF_STEP_POWER_CONTROL, "auto", "power/control", "on" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (FakeHost) host = fake_host_new ("lab");
        g_autofree VfwKernel *real = vfw_kernel_new (vf_sysfs_fd (host->root));
        Witness swapping = { .kernel = { witness_write, witness_set_mode },
                             .host = host,
                             .real = real };
        g_autofree char *other = g_strconcat (DEVICE DISPLAY "/", cases[i].attribute, NULL);
        g_autofree char *answer = run (&swapping, GPU, cases[i].kind, cases[i].value, NULL);

        g_assert_cmpstr (answer, ==, "");
        assert_file (&swapping, other, cases[i].untouched);
    }
}

static void
test_unbind (Witness *witness, gconstpointer machine)
{
    refuse_step (witness, GPU, VF_STEP_UNBIND, "vfio-pci", VF_REASON_WRONG_DRIVER);
    g_assert_cmpuint (witness->host->kernel->writes, ==, 0);
    do_step (witness, GPU, VF_STEP_UNBIND, "bochs-drm", "");
    g_assert_cmpstr (witness->path, ==, "sys/bus/pci/drivers/bochs-drm/unbind");
    g_assert_cmpstr (witness->text, ==, GPU);
    assert_driver (witness, GPU, "");
    do_step (witness, GPU, VF_STEP_UNBIND, "bochs-drm", "");
    g_assert_cmpuint (witness->host->kernel->writes, ==, 1);
}

static void
test_bind (Witness *witness, gconstpointer machine)
{
    refuse_step (witness, GPU, VF_STEP_BIND, "vfio-pci", VF_REASON_WRONG_DRIVER);
    do_step (witness, GPU, VF_STEP_BIND, "bochs-drm", "");
    g_assert_cmpuint (witness->host->kernel->writes, ==, 0);
    do_step (witness, GPU, VF_STEP_UNBIND, "bochs-drm", "");
    refuse_step (witness, GPU, VF_STEP_BIND, "vfio-pci", VF_REASON_STEP_REJECTED);
    refuse_step (witness, GPU, VF_STEP_BIND, "snd_hda_intel", VF_REASON_STEP_REJECTED);
    assert_driver (witness, GPU, "");
    do_step (witness, GPU, VF_STEP_OVERRIDE, "vfio-pci", "");
    do_step (witness, GPU, VF_STEP_BIND, "vfio-pci", "");
    g_assert_cmpstr (witness->path, ==, "sys/bus/pci/drivers/vfio-pci/bind");
    g_assert_cmpstr (witness->text, ==, GPU);
    assert_driver (witness, GPU, "vfio-pci");
    refuse_step (witness, GPU, VF_STEP_BIND, "bochs-drm", VF_REASON_WRONG_DRIVER);
}

/* Whatever the files of the modules say, or whether they are there: on its way home a function goes
 * where the kernel itself lets it go. */
static void
test_way_home (Witness *witness, gconstpointer machine)
{
    g_autofree char *modules = g_build_filename (witness->host->folder, "lib/modules", NULL);

    do_step (witness, GPU, VF_STEP_OVERRIDE, "vfio-pci", "");
    do_step (witness, GPU, VF_STEP_UNBIND, "bochs-drm", "");
    do_step (witness, GPU, VF_STEP_BIND, "vfio-pci", "");
    fake_tree_remove (modules);
    do_step (witness, GPU, VF_STEP_OVERRIDE, "", "");
    assert_driver (witness, GPU, "vfio-pci");
    do_step (witness, GPU, VF_STEP_UNBIND, "vfio-pci", "");
    assert_driver (witness, GPU, "");
    refuse_step (witness, GPU, VF_STEP_BIND, "snd_hda_intel", VF_REASON_STEP_REJECTED);
    do_step (witness, GPU, VF_STEP_BIND, "bochs-drm", "");
    assert_driver (witness, GPU, "bochs-drm");
}

static void
test_unloaded_driver (Witness *witness, gconstpointer machine)
{
    g_autofree char *driver =
        g_build_filename (witness->host->folder, "sys/bus/pci/drivers/bochs-drm", NULL);
    g_autoptr (GError) error = NULL;

    do_step (witness, GPU, VF_STEP_UNBIND, "bochs-drm", "");
    fake_tree_remove (driver);
    g_assert_null (run (witness, GPU, VF_STEP_BIND, "bochs-drm", &error));
    g_assert_true (vf_error_is (error, VF_REASON_STEP_REJECTED));
    g_assert_nonnull (g_strstr_len (error->message, -1, "modprobe bochs-drm"));
    g_assert_nonnull (g_strstr_len (error->message, -1, "virtflow recover"));
}

/* Only the kernel knows where it belongs; and it is no other way to vfio-pci. */
static void
test_probe_driver (Witness *witness, gconstpointer machine)
{
    do_step (witness, GPU, VF_STEP_PROBE_DRIVER, "must", "");
    g_assert_cmpuint (witness->host->kernel->writes, ==, 0);
    do_step (witness, GPU, VF_STEP_UNBIND, "bochs-drm", "");
    do_step (witness, GPU, VF_STEP_PROBE_DRIVER, "must", "");
    g_assert_cmpstr (witness->path, ==, "sys/bus/pci/drivers_probe");
    g_assert_cmpstr (witness->text, ==, GPU);
    assert_driver (witness, GPU, "bochs-drm");
    do_step (witness, GPU, VF_STEP_UNBIND, "bochs-drm", "");
    do_step (witness, GPU, VF_STEP_OVERRIDE, "vfio-pci", "");
    refuse_step (witness, GPU, VF_STEP_PROBE_DRIVER, "may", VF_REASON_STEP_REJECTED);
    assert_driver (witness, GPU, "");
    do_step (witness, GPU, VF_STEP_OVERRIDE, "", "");
    fake_kernel_refuse (witness->host->kernel, "bochs-drm", 2);
    refuse_step (witness, GPU, VF_STEP_PROBE_DRIVER, "must", VF_REASON_STEP_REJECTED);
    do_step (witness, GPU, VF_STEP_PROBE_DRIVER, "may", "");
    assert_driver (witness, GPU, "");
    fake_kernel_inject (witness->host->kernel, 0, FAKE_FAULT_ERRNO, EIO);
    refuse_step (witness, GPU, VF_STEP_PROBE_DRIVER, "must", VF_REASON_STEP_REJECTED);
}

static void
test_reset (Witness *witness, gconstpointer machine)
{
    do_step (witness, GPU, VF_STEP_UNBIND, "nvidia", "");
    do_step (witness, GPU, VF_STEP_RESET, "", "");
    g_assert_cmpstr (witness->path, ==, "reset");
    g_assert_cmpstr (witness->text, ==, "1");
    fake_kernel_inject (witness->host->kernel, 0, FAKE_FAULT_ERRNO, ENOTTY);
    refuse_step (witness, GPU, VF_STEP_RESET, "", VF_REASON_STEP_REJECTED);
}

/* Bound, and yet no VM could open it. */
static void
test_bind_without_node (Witness *witness, gconstpointer machine)
{
    g_autofree char *node = g_build_filename (witness->host->folder, "dev/vfio/3", NULL);

    do_step (witness, GPU, VF_STEP_OVERRIDE, "vfio-pci", "");
    do_step (witness, GPU, VF_STEP_UNBIND, "bochs-drm", "");
    do_step (witness, GPU, VF_STEP_BIND, "vfio-pci", "");
    g_assert_cmpint (g_unlink (node), ==, 0);
    refuse_step (witness, GPU, VF_STEP_BIND, "vfio-pci", VF_REASON_WRONG_DRIVER);
}

/* What sysfs says afterwards counts, not what the write returned. */
static void
test_readback (Witness *witness, gconstpointer machine)
{
    fake_kernel_inject (witness->host->kernel, 0, FAKE_FAULT_NO_EFFECT, 0);
    refuse_step (witness, GPU, VF_STEP_UNBIND, "bochs-drm", VF_REASON_WRONG_DRIVER);
    fake_kernel_inject (witness->host->kernel, 0, FAKE_FAULT_ERRNO, ENODEV);
    refuse_step (witness, GPU, VF_STEP_UNBIND, "bochs-drm", VF_REASON_STEP_REJECTED);
    fake_kernel_inject (witness->host->kernel, 0, FAKE_FAULT_NO_EFFECT, 0);
    refuse_step (witness, GPU, VF_STEP_OVERRIDE, "vfio-pci", VF_REASON_STEP_REJECTED);
    fake_kernel_inject (witness->host->kernel, 0, FAKE_FAULT_NO_EFFECT, 0);
    refuse_step (witness, GPU, VF_STEP_D3COLD, "0", VF_REASON_STEP_REJECTED);
    witness->lie = EBUSY;
    do_step (witness, GPU, VF_STEP_UNBIND, "bochs-drm", "");
    do_step (witness, GPU, VF_STEP_BIND, "bochs-drm", "");
}

static void
test_sentence (Witness *witness, gconstpointer machine)
{
    g_autoptr (GError) error = NULL;

    fake_kernel_inject (witness->host->kernel, 0, FAKE_FAULT_ERRNO, ENODEV);
    g_assert_null (run (witness, GPU, VF_STEP_UNBIND, "bochs-drm", &error));
    g_assert_nonnull (g_strstr_len (error->message, -1, "unbind " GPU " from bochs-drm"));
    g_assert_nonnull (g_strstr_len (error->message, -1, "No such device"));
}

static void
test_power (Witness *witness, gconstpointer machine)
{
    do_step (witness, GPU, VF_STEP_POWER_CONTROL, "auto", "");
    assert_file (witness, DEVICE GPU "/power/control", "auto");
    do_step (witness, GPU, VF_STEP_POWER_CONTROL, "on", "");
    assert_file (witness, DEVICE GPU "/power/control", "on");
    do_step (witness, GPU, VF_STEP_D3COLD, "0", "");
    assert_file (witness, DEVICE GPU "/d3cold_allowed", "0");
    do_step (witness, GPU, VF_STEP_D3COLD, "0", "");
    g_assert_cmpuint (witness->host->kernel->writes, ==, 3);
}

static void
test_registers (Witness *witness, gconstpointer machine)
{
    g_autofree char *config = g_build_filename (witness->host->folder, DEVICE GPU "/config", NULL);
    g_autofree char *noted = run (witness, GPU, VF_STEP_NOTE_REGISTERS, "", NULL);
    g_autofree char *bytes = NULL;
    gsize length;

    g_assert_nonnull (noted);
    do_step (witness, GPU, VF_STEP_VERIFY_REGISTERS, noted, "");
    g_assert_true (g_file_get_contents (config, &bytes, &length, NULL));
    for (gsize i = 0x10; i < 0x28; i++)
        bytes[i] = 0;
    g_assert_true (g_file_set_contents (config, bytes, (gssize) length, NULL));
    refuse_step (witness, GPU, VF_STEP_VERIFY_REGISTERS, noted, VF_REASON_REGISTERS_LOST);
    g_assert_cmpuint (witness->host->kernel->writes, ==, 0);
}

#define NODES "dri/card1=0640 dri/renderD129=0666 fb1=0660 i2c-1=0660"

static void
test_fence (Witness *witness, gconstpointer machine)
{
    g_autofree char *noted = NULL;
    g_autofree char *again = NULL;

    set_mode_of (witness, "dri/card1", 0640);
    set_mode_of (witness, "dri/renderD129", 0666);
    noted = run (witness, GPU, VF_STEP_NOTE_NODES, "", NULL);
    for (guint i = 0; i < 4; i++) {
        g_auto (GStrv) words = g_strsplit (NODES, " ", -1);

        g_assert_nonnull (g_strstr_len (noted, -1, words[i]));
    }
    g_assert_cmpuint (strlen (noted), ==, strlen (NODES));
    do_step (witness, GPU, VF_STEP_FENCE, "", "");
    g_assert_cmpuint (mode_of (witness, "dri/card1"), ==, 0);
    g_assert_cmpuint (mode_of (witness, "dri/renderD129"), ==, 0);
    g_assert_cmpuint (mode_of (witness, "fb1"), ==, 0);
    g_assert_cmpuint (mode_of (witness, "i2c-1"), ==, 0);
    g_assert_cmpuint (mode_of (witness, "dri/card0"), ==, 0660);
    g_assert_cmpuint (mode_of (witness, "snd/controlC0"), ==, 0660);
    /* Asked once more, after a crash, the nodes have no mode to be noted. */
    again = run (witness, GPU, VF_STEP_NOTE_NODES, noted, NULL);
    g_assert_cmpstr (again, ==, noted);
    do_step (witness, GPU, VF_STEP_NOTE_NODES, "", "");
    do_step (witness, GPU, VF_STEP_UNFENCE, noted, "");
    g_assert_cmpuint (mode_of (witness, "dri/card1"), ==, 0640);
    g_assert_cmpuint (mode_of (witness, "dri/renderD129"), ==, 0666);
    g_assert_cmpuint (mode_of (witness, "fb1"), ==, 0660);
}

/* Only nodes of the function, only those without a mode, and no more than reading and writing. */
static void
test_unfence_limits (Witness *witness, gconstpointer machine)
{
    set_mode_of (witness, "dri/card0", 0);
    set_mode_of (witness, "snd/controlC0", 0);
    set_mode_of (witness, "fb1", 0);
    do_step (witness, GPU, VF_STEP_UNFENCE,
             "dri/card0=0666 snd/controlC0=0666 dri/card1=0666 fb1=7777 nvidiactl=0666", "");
    g_assert_cmpuint (mode_of (witness, "dri/card0"), ==, 0);
    g_assert_cmpuint (mode_of (witness, "snd/controlC0"), ==, 0);
    g_assert_cmpuint (mode_of (witness, "dri/card1"), ==, 0660);
    g_assert_cmpuint (mode_of (witness, "fb1"), ==, 0666);
    g_assert_cmpuint (witness->host->kernel->writes, ==, 1);
    refuse_step (witness, GPU, VF_STEP_UNFENCE, "dri/card1", VF_REASON_INTERNAL);
    refuse_step (witness, GPU, VF_STEP_UNFENCE, "dri/card1=66", VF_REASON_INTERNAL);
    refuse_step (witness, GPU, VF_STEP_UNFENCE, "dri/card1=0669", VF_REASON_INTERNAL);
    refuse_step (witness, GPU, VF_STEP_UNFENCE, "=0660", VF_REASON_INTERNAL);
}

/* Of a lost note nobody knows the modes; a node that has one keeps it. */
static void
test_unfence_as_usual (Witness *witness, gconstpointer machine)
{
    set_mode_of (witness, "dri/card1", 0);
    set_mode_of (witness, "dri/renderD129", 0604);
    set_mode_of (witness, "dri/card0", 0);
    do_step (witness, GPU, VF_STEP_UNFENCE, VF_STEP_USUAL_MODES, "");
    g_assert_cmpuint (mode_of (witness, "dri/card1"), ==, 0660);
    g_assert_cmpuint (mode_of (witness, "dri/renderD129"), ==, 0604);
    g_assert_cmpuint (mode_of (witness, "dri/card0"), ==, 0);
    g_assert_cmpuint (witness->host->kernel->writes, ==, 1);
}

/* A node that keeps its mode is reported, whatever the kernel said. */
static void
test_fence_readback (Witness *witness, gconstpointer machine)
{
    fake_kernel_inject (witness->host->kernel, 0, FAKE_FAULT_NO_EFFECT, 0);
    refuse_step (witness, AUDIO, VF_STEP_FENCE, "", VF_REASON_STEP_REJECTED);
    fake_kernel_inject (witness->host->kernel, 0, FAKE_FAULT_ERRNO, EPERM);
    refuse_step (witness, AUDIO, VF_STEP_FENCE, "", VF_REASON_STEP_REJECTED);
}

/* What is behind the card's USB controller is not fenced, only asked about. */
static void
test_fence_of_companions (Witness *witness, gconstpointer machine)
{
    do_step (witness, "0000:01:00.2", VF_STEP_NOTE_NODES, "", "");
    do_step (witness, "0000:01:00.2", VF_STEP_FENCE, "", "");
    g_assert_cmpuint (witness->host->kernel->writes, ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name, machine, function) \
    g_test_add ("/executor/" name, Witness, machine, set_up, function, tear_down)
    ADD ("override", NULL, test_override);
    ADD ("foreign-override", NULL, test_foreign_override);
    ADD ("swapped", NULL, test_swapped);
    ADD ("unbind", NULL, test_unbind);
    ADD ("bind", NULL, test_bind);
    ADD ("way-home", NULL, test_way_home);
    ADD ("unloaded-driver", NULL, test_unloaded_driver);
    ADD ("probe-driver", NULL, test_probe_driver);
    ADD ("reset", "laptop-3d-controller", test_reset);
    ADD ("bind-without-node", NULL, test_bind_without_node);
    ADD ("readback", NULL, test_readback);
    ADD ("sentence", NULL, test_sentence);
    ADD ("power", NULL, test_power);
    ADD ("registers", NULL, test_registers);
    ADD ("fence", NULL, test_fence);
    ADD ("unfence-limits", NULL, test_unfence_limits);
    ADD ("unfence-as-usual", NULL, test_unfence_as_usual);
    ADD ("fence-readback", NULL, test_fence_readback);
    ADD ("fence-of-companions", "igpu-nvidia", test_fence_of_companions);
    return g_test_run ();
}
