/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stories of a kernel that does not come back from a write, told to the real daemon: it says what
 * hangs, leaves that GPU alone and no other, and brings it home when the kernel has let go. The
 * first argument is the folder of the programs for fake machines. */
#include "daemon-stage.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"

#include <string.h>
#include <unistd.h>

#define HOST VF_BUS_HOST_INTERFACE "."
#define GPU VF_BUS_GPU_INTERFACE "."

#define AUDIO "0000:01:00.1"

static const VfPciAddress gpu = { 0, 1, 0, 0 };
static const VfPciAddress other = { 0, 2, 0, 0 };
static const char *programs;

typedef struct {
    const char *machine;
    const char *config;
} Setting;

typedef struct {
    DaemonStage *stage;
    GDBusConnection *client;
    char *before; /* how the machine looked */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
    const Setting *setting = data;

    fixture->stage = daemon_stage_new (setting->machine, programs, setting->config);
    fixture->before = fake_host_fingerprint (daemon_stage_host (fixture->stage));
    fixture->client = daemon_stage_connect (fixture->stage);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    g_dbus_connection_close_sync (fixture->client, NULL, NULL);
    g_object_unref (fixture->client);
    daemon_stage_free (fixture->stage);
    g_free (fixture->before);
}

static GError *
switch_gpu (Fixture *fixture, VfPciAddress address, const char *target)
{
    g_autofree char *path = vf_bus_gpu_path (address);

    return daemon_stage_call (fixture->client, path, GPU "Switch",
                              g_variant_new ("(sa{sv})", target, NULL));
}

static void
assert_says (const char *sentence, const char *words)
{
    if (strstr (sentence, words) == NULL)
        g_error ("not '%s': %s", words, sentence);
}

/* The switch fails as one that hangs, with these words in its sentence. */
static void
assert_hangs (GError *remote, const char *words)
{
    G_GNUC_UNUSED g_autoptr (GError) owned = remote;
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (remote);
    error = vf_bus_error_from_remote (remote);
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, "wedged");
    assert_says (error->message, words);
}

/* What the object shows to whoever asks later. */
static void
assert_shows (Fixture *fixture, const char *words)
{
    g_autofree char *path = vf_bus_gpu_path (gpu);
    g_autoptr (GVariant) result =
        daemon_stage_property (fixture->stage, path, VF_BUS_GPU_INTERFACE, "Result");
    g_autoptr (GVariant) blockers =
        daemon_stage_property (fixture->stage, path, VF_BUS_GPU_INTERFACE, "Blockers");
    const char *id, *sentence;

    g_variant_get (result, "(&s&s)", &id, &sentence);
    g_assert_cmpstr (id, ==, "wedged");
    assert_says (sentence, words);
    g_assert_cmpuint (g_variant_n_children (blockers), ==, 1);
    g_variant_get_child (blockers, 0, "(&s&s&s)", &id, NULL, &sentence);
    g_assert_cmpstr (id, ==, "wedged");
    assert_says (sentence, words);
}

static void
recover (Fixture *fixture, const char *words)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        fixture->client, VF_BUS_NAME, VF_BUS_HOST_PATH, VF_BUS_HOST_INTERFACE, "Recover", NULL,
        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_autofree char *text = NULL;

    g_assert_no_error (error);
    text = g_variant_print (answer, FALSE);
    assert_says (text, words);
}

static void
assert_home (Fixture *fixture)
{
    daemon_stage_await (fixture->stage, gpu, "host");
    fake_host_assert_same (daemon_stage_host (fixture->stage), fixture->before, "home");
}

static FakeProcess
worker_at (const char *name)
{
    return (FakeProcess){ .pid = 4000,
                          .command = (char *) name,
                          .program = (char *) "virtflow-worker",
                          .place = (char *) "pci_device_remove" };
}

/* The worker is a thread of this program. */
static gboolean
any_thread_is_called (const char *name)
{
    g_autoptr (GDir) threads = g_dir_open ("/proc/self/task", 0, NULL);
    gboolean found = FALSE;
    const char *thread;

    while (!found && (thread = g_dir_read_name (threads)) != NULL) {
        g_autofree char *path = g_build_filename ("/proc/self/task", thread, "comm", NULL);
        g_autofree char *text = NULL;

        found =
            g_file_get_contents (path, &text, NULL, NULL) && strcmp (g_strchomp (text), name) == 0;
    }
    return found;
}

/* The answer names the step, who may be the cause of it, and where the worker stands; the GPU comes
 * home when the kernel lets go. */
static void
test_named (Fixture *fixture, gconstpointer data)
{
    static char *open[] = { (char *) "snd/controlC0", NULL };
    const FakeProcess server = { .pid = 4001, .command = (char *) "pipewire", .open = open };
    const FakeProcess worker = worker_at ("vf0000:01:00.1");

    daemon_stage_hang_at (fixture->stage, AUDIO);
    daemon_stage_start (fixture->stage);
    daemon_stage_add_process (fixture->stage, &server);
    daemon_stage_add_process (fixture->stage, &worker);
    assert_hangs (switch_gpu (fixture, gpu, "vfio"), "unbind 0000:01:00.1 from snd_hda_intel");
    daemon_stage_await (fixture->stage, gpu, "wedged");
    assert_shows (fixture, "unbind 0000:01:00.1 from snd_hda_intel");
    assert_shows (fixture, "(pid 4000) stands in the kernel in the function pci_device_remove");
    assert_shows (fixture, "pipewire (pid 4001, user root) has /dev/snd/controlC0 open");
    assert_hangs (switch_gpu (fixture, gpu, "host"), "pci_device_remove");
    recover (fixture, "pci_device_remove");
    daemon_stage_assert_stays (fixture->stage, gpu, "wedged");
    g_assert_true (any_thread_is_called (worker.command));
    daemon_stage_remove_process (fixture->stage, server.pid);
    daemon_stage_remove_process (fixture->stage, worker.pid);
    daemon_stage_unhang (fixture->stage);
    assert_home (fixture);
    g_assert_false (any_thread_is_called (worker.command));
}

/* The next daemon knows of it by the journal alone: it asks for the worker, touches nothing while
 * there is one, and brings the GPU home when there is none any more. */
static void
test_next_daemon (Fixture *fixture, gconstpointer data)
{
    const FakeProcess worker = worker_at ("vf0000:01:00.1");
    g_autofree char *hanging = NULL;

    daemon_stage_hang_at (fixture->stage, AUDIO);
    daemon_stage_start (fixture->stage);
    assert_hangs (switch_gpu (fixture, gpu, "vfio"), "unbind 0000:01:00.1 from snd_hda_intel");
    daemon_stage_add_process (fixture->stage, &worker);
    hanging = fake_host_fingerprint (daemon_stage_host (fixture->stage));
    daemon_stage_kill (fixture->stage);
    daemon_stage_start (fixture->stage);
    recover (fixture, "unbind 0000:01:00.1 from snd_hda_intel");
    daemon_stage_assert_stays (fixture->stage, gpu, "wedged");
    assert_shows (fixture, "pci_device_remove");
    assert_hangs (switch_gpu (fixture, gpu, "host"), "pci_device_remove");
    fake_host_assert_same (daemon_stage_host (fixture->stage), hanging, "left alone");
    daemon_stage_remove_process (fixture->stage, worker.pid);
    daemon_stage_unhang (fixture->stage);
    assert_home (fixture);
}

/* The daemon died while its worker was at work and nothing was wrong yet: what the next one is
 * asked waits until it knows whether a worker is there. */
static void
test_still_at_work (Fixture *fixture, gconstpointer data)
{
    const FakeProcess worker = worker_at ("vf0000:01:00.1");
    g_autofree char *path = vf_bus_gpu_path (gpu);
    g_autofree char *hanging = NULL;

    daemon_stage_hang_at (fixture->stage, AUDIO);
    daemon_stage_start (fixture->stage);
    g_dbus_connection_call (fixture->client, VF_BUS_NAME, path, VF_BUS_GPU_INTERFACE, "Switch",
                            g_variant_new ("(sa{sv})", "vfio", NULL), NULL, G_DBUS_CALL_FLAGS_NONE,
                            -1, NULL, NULL, NULL);
    daemon_stage_await_step (fixture->stage, gpu, "unbind 0000:01:00.1 from snd_hda_intel");
    daemon_stage_add_process (fixture->stage, &worker);
    hanging = fake_host_fingerprint (daemon_stage_host (fixture->stage));
    daemon_stage_kill (fixture->stage);
    daemon_stage_start (fixture->stage);
    daemon_stage_await (fixture->stage, gpu, "wedged");
    assert_hangs (switch_gpu (fixture, gpu, "host"), "pci_device_remove");
    fake_host_assert_same (daemon_stage_host (fixture->stage), hanging, "left alone");
    daemon_stage_remove_process (fixture->stage, worker.pid);
    daemon_stage_unhang (fixture->stage);
    assert_home (fixture);
}

/* What calls itself like a worker of this card, and is none; and one of another card. */
static void
test_impostors (Fixture *fixture, gconstpointer data)
{
    FakeProcess impostors[] = { worker_at ("vf0000:01:00.1"), worker_at ("vf0000:01:00.0"),
                                worker_at ("vf0000:02:00.0") };

    impostors[0].uid = 1000;
    impostors[1].program = (char *) "sudo";
    daemon_stage_hang_at (fixture->stage, AUDIO);
    daemon_stage_start (fixture->stage);
    assert_hangs (switch_gpu (fixture, gpu, "vfio"), "unbind 0000:01:00.1 from snd_hda_intel");
    daemon_stage_kill (fixture->stage);
    for (guint32 i = 0; i < G_N_ELEMENTS (impostors); i++) {
        impostors[i].pid += i;
        daemon_stage_add_process (fixture->stage, &impostors[i]);
    }
    daemon_stage_unhang (fixture->stage);
    daemon_stage_start (fixture->stage);
    daemon_stage_await (fixture->stage, gpu, "host");
}

/* The kernel hangs with one GPU, and another one is lent and returned, and answers at once. */
static void
test_other_gpu (Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = vf_bus_gpu_path (gpu);

    daemon_stage_hang_at (fixture->stage, AUDIO);
    daemon_stage_start (fixture->stage);
    g_dbus_connection_call (fixture->client, VF_BUS_NAME, path, VF_BUS_GPU_INTERFACE, "Switch",
                            g_variant_new ("(sa{sv})", "vfio", NULL), NULL, G_DBUS_CALL_FLAGS_NONE,
                            -1, NULL, NULL, NULL);
    daemon_stage_await (fixture->stage, gpu, "lending");
    g_assert_no_error (switch_gpu (fixture, other, "vfio"));
    daemon_stage_await (fixture->stage, other, "lent");
    g_assert_true (daemon_stage_is (fixture->stage, gpu, "lending"));
    daemon_stage_await (fixture->stage, gpu, "wedged");
    g_assert_no_error (switch_gpu (fixture, other, "host"));
    daemon_stage_await (fixture->stage, other, "host");
    recover (fixture, "snd_hda_intel");
    daemon_stage_unhang (fixture->stage);
    assert_home (fixture);
}

#define STORY(name, setting) \
    g_test_add ("/hang/" #name, Fixture, setting, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
    static const Setting lab = { "lab", "[policy]\nstep-deadline=2000\nsound-server-grace=10\n" };
    static const Setting patient = { "lab", "[policy]\nsound-server-grace=10\n" };
    static const Setting twins = { "two-identical", "[policy]\nstep-deadline=4000\n" };

    programs = daemon_stage_begin (&argc, &argv);
    STORY (named, &lab);
    STORY (next_daemon, &lab);
    STORY (still_at_work, &patient);
    STORY (impostors, &lab);
    STORY (other_gpu, &twins);
    return g_test_run ();
}
