/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stories of a recovery by hand: the daemon is gone, perhaps its journal as well, and what lies in
 * its folder may be anything. The first argument is the folder of the programs for fake machines.
 */
#include "daemon-stage.h"
#include "fake-proc.h"
#include "fake-tree.h"

#include "vf-bus-names.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GPU "0000:01:00.0"

static const char *programs;

typedef struct {
    FakeDaemon *daemon;
    GDBusConnection *client; /* who lends */
    char *before;
    char *journal; /* path of the GPU's */
    char *said;    /* by the last recovery */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer machine)
{
    fixture->daemon = fake_daemon_new (machine, programs, "[policy]\nreturn-waits=0;10;10\n");
    fixture->client = fake_daemon_connect (fixture->daemon);
    fixture->before = fake_host_fingerprint (fake_daemon_host (fixture->daemon));
    fixture->journal = g_build_filename (fake_daemon_folder (fixture->daemon), "gpu", GPU, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer machine)
{
    g_dbus_connection_close_sync (fixture->client, NULL, NULL);
    g_object_unref (fixture->client);
    fake_daemon_free (fixture->daemon);
    g_free (fixture->before);
    g_free (fixture->journal);
    g_free (fixture->said);
}

static FakeKernel *
kernel_of (Fixture *fixture)
{
    return fake_daemon_host (fixture->daemon)->kernel;
}

/* Asks for a lend, and does not wait for its end. */
static void
ask_for_lend (Fixture *fixture, GAsyncReadyCallback answered, gpointer data)
{
    g_autofree char *path = vf_bus_gpu_path (fake_host_address (GPU));

    g_dbus_connection_call (fixture->client, VF_BUS_NAME, path, VF_BUS_GPU_INTERFACE, "Switch",
                            g_variant_new ("(sa{sv})", "vfio", NULL), NULL, G_DBUS_CALL_FLAGS_NONE,
                            -1, NULL, answered, data);
}

/* virtflowd --recover: its exit status. */
static int
recover (Fixture *fixture, const char *gpu)
{
    g_autofree char *program = g_build_filename (programs, "virtflowd-fake", NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GSubprocess) process =
        g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error,
                          program, fake_daemon_host (fixture->daemon)->folder,
                          fake_daemon_folder (fixture->daemon), "--recover", gpu, NULL);

    g_assert_no_error (error);
    g_clear_pointer (&fixture->said, g_free);
    g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &fixture->said, NULL, NULL));
    g_test_message ("%s", fixture->said);
    g_assert_true (g_subprocess_get_if_exited (process));
    return g_subprocess_get_exit_status (process);
}

static void
assert_told (const Fixture *fixture, const char *words)
{
    g_assert_nonnull (strstr (fixture->said, words));
}

static void
assert_home (Fixture *fixture)
{
    fake_host_assert_same (fake_daemon_host (fixture->daemon), fixture->before, "home");
    g_assert_false (g_file_test (fixture->journal, G_FILE_TEST_EXISTS)
                    || g_file_test (fixture->journal, G_FILE_TEST_IS_SYMLINK));
}

static void
assert_driver (Fixture *fixture, const char *driver)
{
    const FakeDriver *now = fake_kernel_driver_of (kernel_of (fixture), fake_host_address (GPU));

    g_assert_cmpstr (now != NULL ? now->name : "", ==, driver);
}

static void
on_lent (GObject *connection, GAsyncResult *result, gpointer data)
{
    G_GNUC_UNUSED g_autoptr (GVariant) answer =
        g_dbus_connection_call_finish (G_DBUS_CONNECTION (connection), result, NULL);

    g_assert_nonnull (answer);
    *(gboolean *) data = TRUE;
}

/* The daemon lends the GPU and is killed. */
static void
lend_and_die (Fixture *fixture)
{
    gboolean lent = FALSE;

    fake_daemon_start (fixture->daemon);
    ask_for_lend (fixture, on_lent, &lent);
    while (!lent)
        g_main_context_iteration (NULL, TRUE);
    fake_daemon_kill (fixture->daemon);
}

static gboolean
is_fenced (Fixture *fixture)
{
    g_autofree char *node =
        g_build_filename (fake_daemon_host (fixture->daemon)->folder, "dev/dri/card1", NULL);
    struct stat status;

    return g_stat (node, &status) == 0 && (status.st_mode & 07777) == 0;
}

/* It dies between the fence and the first unbind. */
static void
die_half_way (Fixture *fixture)
{
    fake_daemon_hold (fixture->daemon, "probe");
    fake_daemon_start (fixture->daemon);
    ask_for_lend (fixture, NULL, NULL);
    while (!is_fenced (fixture))
        g_usleep (5000);
    fake_daemon_kill (fixture->daemon);
    fake_daemon_let_go (fixture->daemon, "probe");
}

static void
test_half_way (Fixture *fixture, gconstpointer machine)
{
    die_half_way (fixture);
    g_assert_cmpint (recover (fixture, NULL), ==, 0);
    assert_told (fixture, GPU " is back on the host.");
    assert_home (fixture);
    g_assert_cmpint (recover (fixture, NULL), ==, 0);
    assert_told (fixture, GPU " is on the host.");
}

static void
test_half_way_without_journal (Fixture *fixture, gconstpointer machine)
{
    die_half_way (fixture);
    g_assert_cmpint (g_unlink (fixture->journal), ==, 0);
    g_assert_cmpint (recover (fixture, GPU), ==, 0);
    assert_told (fixture, GPU " is with the host.");
    assert_home (fixture);
}

/* Lent is one side, with its journal; without it nobody knows, and only its name brings it home. */
static void
test_lent (Fixture *fixture, gconstpointer machine)
{
    lend_and_die (fixture);
    g_assert_cmpint (recover (fixture, NULL), ==, 0);
    assert_told (fixture, GPU " is lent to ");
    assert_driver (fixture, "vfio-pci");
    g_assert_cmpint (recover (fixture, GPU), ==, 0);
    assert_home (fixture);
}

static void
test_lent_without_journal (Fixture *fixture, gconstpointer machine)
{
    lend_and_die (fixture);
    g_assert_cmpint (g_unlink (fixture->journal), ==, 0);
    g_assert_cmpint (recover (fixture, NULL), ==, 0);
    assert_told (fixture, "'virtflow recover " GPU "' brings it there");
    assert_driver (fixture, "vfio-pci");
    fake_kernel_unload_driver (kernel_of (fixture), "snd_hda_intel");
    g_assert_cmpint (recover (fixture, GPU), ==, 0);
    assert_home (fixture);
}

static void
test_refused (Fixture *fixture, gconstpointer machine)
{
    lend_and_die (fixture);
    g_assert_cmpint (g_unlink (fixture->journal), ==, 0);
    fake_kernel_refuse (kernel_of (fixture), "bochs-drm", G_MAXUINT);
    g_assert_cmpint (recover (fixture, GPU), ==, 12);
    assert_driver (fixture, "");
    g_assert_cmpint (recover (fixture, NULL), ==, 12);
    fake_kernel_refuse (kernel_of (fixture), "bochs-drm", 0);
    g_assert_cmpint (recover (fixture, NULL), ==, 0);
    assert_home (fixture);
}

/* The daemon is the one who decides as long as it lives. */
static void
test_daemon_lives (Fixture *fixture, gconstpointer machine)
{
    fake_daemon_start (fixture->daemon);
    g_assert_cmpint (recover (fixture, GPU), ==, 6);
    assert_told (fixture, "runs already");
}

/* A VM has it open: not even by its name. */
static void
test_in_use (Fixture *fixture, gconstpointer machine)
{
    static char *open[] = { (char *) "vfio/3", NULL };
    FakeProcess qemu = { .pid = 77, .command = (char *) "qemu-system-x86", .open = open };
    const char *root = fake_daemon_host (fixture->daemon)->folder;

    lend_and_die (fixture);
    g_assert_cmpint (g_unlink (fixture->journal), ==, 0);
    fake_proc_add (&qemu, root);
    fake_tree_write (root, "sys/bus/pci/devices/" GPU "/enable", "1\n");
    g_assert_cmpint (recover (fixture, GPU), ==, 7);
    assert_told (fixture, "qemu-system-x86");
    assert_driver (fixture, "vfio-pci");
}

/* Each is named, none is opened, and its name alone does not make the card come home. */
static void
assert_distrusted (Fixture *fixture, const char *why)
{
    g_assert_cmpint (recover (fixture, NULL), ==, 8);
    assert_told (fixture, why);
    assert_driver (fixture, "vfio-pci");
}

static void
test_hostile_journals (Fixture *fixture, gconstpointer machine)
{
    g_autofree char *target = g_build_filename (fake_daemon_folder (fixture->daemon), "x", NULL);
    g_autofree char *text = NULL;

    lend_and_die (fixture);
    g_assert_cmpint (g_rename (fixture->journal, target), ==, 0);
    g_assert_cmpint (symlink (target, fixture->journal), ==, 0);
    assert_distrusted (fixture, "it is a link");
    g_assert_cmpint (g_unlink (fixture->journal), ==, 0);
    g_assert_cmpint (link (target, fixture->journal), ==, 0);
    assert_distrusted (fixture, "another name elsewhere");
    g_assert_cmpint (g_unlink (fixture->journal), ==, 0);
    g_assert_cmpint (mkfifo (fixture->journal, 0600), ==, 0);
    assert_distrusted (fixture, "it is not a plain file");
    g_assert_cmpint (g_unlink (fixture->journal), ==, 0);
    g_assert_true (g_file_set_contents (fixture->journal, "", 0, NULL));
    g_assert_cmpint (truncate (fixture->journal, G_GINT64_CONSTANT (1) << 32), ==, 0);
    assert_distrusted (fixture, "longer than what VirtFlow writes");
    g_assert_true (g_file_set_contents (fixture->journal, "VIRTFLOW nonsense", -1, NULL));
    assert_distrusted (fixture, "damaged");

    g_assert_cmpint (g_unlink (fixture->journal), ==, 0);
    g_assert_cmpint (symlink (target, fixture->journal), ==, 0);
    g_assert_cmpint (recover (fixture, GPU), ==, 0);
    assert_home (fixture);
    g_assert_true (g_file_get_contents (target, &text, NULL, NULL));
}

/* On the machine "driverless": its module is on a deny list, or refuses. */
static void
test_driverless (Fixture *fixture, gconstpointer machine)
{
    g_assert_cmpint (recover (fixture, NULL), ==, 0);
    assert_told (fixture, GPU " is not with the host");
    fake_kernel_refuse (kernel_of (fixture), "nouveau", G_MAXUINT);
    g_assert_cmpint (recover (fixture, GPU), ==, 12);
    assert_told (fixture, "No driver of this kernel takes " GPU);
    fake_kernel_refuse (kernel_of (fixture), "nouveau", 1);
    g_assert_cmpint (recover (fixture, GPU), ==, 0);
    assert_driver (fixture, "nouveau");
}

/* A mistake in virtflow.conf, for which no daemon starts. */
static void
test_wrong_configuration (Fixture *fixture, gconstpointer machine)
{
    g_autofree char *path =
        g_build_filename (fake_daemon_folder (fixture->daemon), "virtflow.conf", NULL);

    die_half_way (fixture);
    g_assert_true (g_file_set_contents (path, "[policy]\nreturn-waits=soon\n", -1, NULL));
    g_assert_cmpint (recover (fixture, NULL), ==, 0);
    assert_told (fixture, "return-waits");
    assert_told (fixture, "Meanwhile the defaults count.");
    assert_home (fixture);
}

/* On the machine "on-vfio": an administrator wanted it there. */
static void
test_on_vfio (Fixture *fixture, gconstpointer machine)
{
    g_assert_cmpint (recover (fixture, NULL), ==, 0);
    assert_driver (fixture, "vfio-pci");
    g_assert_cmpint (recover (fixture, "01:00.8"), ==, 2);
    g_assert_cmpint (recover (fixture, "0000:07:00.0"), ==, 3);
    g_assert_cmpint (recover (fixture, "01:00.0"), ==, 0);
    assert_driver (fixture, "amdgpu");
}

#define STORY(name, machine) \
    g_test_add ("/rescue/" #name, Fixture, machine, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
    programs = daemon_stage_begin (&argc, &argv);
    STORY (half_way, "lab");
    STORY (half_way_without_journal, "lab");
    STORY (lent, "lab");
    STORY (lent_without_journal, "lab");
    STORY (refused, "lab");
    STORY (daemon_lives, "lab");
    STORY (in_use, "lab");
    STORY (wrong_configuration, "lab");
    STORY (hostile_journals, "lab");
    STORY (driverless, "driverless");
    STORY (on_vfio, "on-vfio");
    return g_test_run ();
}
