/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the daemon keeps its journals and pairings somebody has put other things than files of
 * ours, or the machine is not the one that they tell of: they are refused by name, and it starts
 * and answers all the same. The first argument is the folder of the programs for fake machines. */
#include "desk.h"

#include "vf-bus-names.h"
#include "vfd-pairing.h"
#include "vfd-sealed.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOST VF_BUS_HOST_INTERFACE "."
#define HOOK VF_BUS_HOOK_INTERFACE "."

#define UUID_FORM "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a%02x"
#define VICTIM "victim"

static const char *programs;

/* Puts something at NAME in the folder @folder_fd. */
typedef void (*Plant) (int folder_fd, const char *name);

static void
plant_link (int folder_fd, const char *name)
{
    g_assert_cmpint (symlinkat (VICTIM, folder_fd, name), ==, 0);
}

static void
plant_hard_link (int folder_fd, const char *name)
{
    g_assert_cmpint (linkat (folder_fd, VICTIM, folder_fd, name, 0), ==, 0);
}

static void
plant_pipe (int folder_fd, const char *name)
{
    g_assert_cmpint (mkfifoat (folder_fd, name, 0600), ==, 0);
}

static void
plant_folder (int folder_fd, const char *name)
{
    g_assert_cmpint (mkdirat (folder_fd, name, 0700), ==, 0);
}

static void
plant_sparse (int folder_fd, const char *name)
{
    int fd = openat (folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    g_assert_cmpint (ftruncate (fd, (off_t) 1 << 40), ==, 0);
    close (fd);
}

static void
plant_for_all (int folder_fd, const char *name)
{
    int fd = openat (folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    g_assert_cmpint (fchmod (fd, 0666), ==, 0);
    close (fd);
}

static void
plant_nonsense (int folder_fd, const char *name)
{
    int fd = openat (folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    g_assert_cmpint (write (fd, "VIRTFLOW", 8), ==, 8);
    close (fd);
}

static const struct {
    const char *name;
    Plant plant;
    const char *words; /* in the log */
} plants[] = {
    { "link", plant_link, "it is a link" },
    { "hard-link", plant_hard_link, "it has another name elsewhere" },
    { "pipe", plant_pipe, "it is not a plain file" },
    { "folder", plant_folder, "it is not a plain file" },
    { "sparse", plant_sparse, "it is longer than what VirtFlow writes" },
    { "for-all", plant_for_all, "others may write to it" },
    { "nonsense", plant_nonsense, "not a VirtFlow state file" },
};

/* The folder NAME of the daemon, which has never run, with a file that links can lead to. */
static int
make_folder (const DaemonStage *stage, const char *name)
{
    g_autofree char *path = daemon_stage_path (stage, name);
    int fd;

    g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
    fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    plant_nonsense (fd, VICTIM);
    return fd;
}

static void
assert_victim_unharmed (int folder_fd)
{
    char text[16] = "";
    int fd = openat (folder_fd, VICTIM, O_RDONLY | O_CLOEXEC);

    g_assert_cmpint (read (fd, text, sizeof text), ==, 8);
    g_assert_cmpstr (text, ==, "VIRTFLOW");
    close (fd);
}

static void
assert_logged (const DaemonStage *stage, const char *name, const char *words)
{
    g_autofree char *log = fake_daemon_log (daemon_stage_daemon (stage));
    const char *said = strstr (log, name);

    if (said == NULL || strstr (said, words) == NULL)
        g_error ("nothing of '%s' and '%s' in the log: %s", name, words, log);
}

static guint
count_pairings (GDBusConnection *client)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        client, VF_BUS_NAME, VF_BUS_HOST_PATH, VF_BUS_HOST_INTERFACE, "ListPairings", NULL, NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_autoptr (GVariant) list = NULL;

    g_assert_no_error (error);
    list = g_variant_get_child_value (answer, 0);
    return (guint) g_variant_n_children (list);
}

static void
disconnect (GDBusConnection *client)
{
    g_dbus_connection_close_sync (client, NULL, NULL);
    g_object_unref (client);
}

static GError *
prepare (GDBusConnection *client)
{
    return daemon_stage_call (client, VF_BUS_HOST_PATH, HOOK "Prepare",
                              desk_prepare_arguments (DESK_UUID, TRUE));
}

/* What was done to the card is not known, and no VM may start with it. */
static void
test_journal (gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE (data);
    DaemonStage *stage = daemon_stage_new_for_all ("lab", programs, NULL);
    g_autofree char *before = fake_host_fingerprint (daemon_stage_host (stage));
    int folder = make_folder (stage, "gpu");
    g_autoptr (GVariant) notices = NULL;
    g_autoptr (GError) error = NULL;
    const char *reason, *sentence;
    GDBusConnection *client;

    plants[i].plant (folder, "0000:01:00.0");
    daemon_stage_start (stage);
    client = daemon_stage_connect (stage);
    g_assert_cmpuint (count_pairings (client), ==, 0);
    error = prepare (client);
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, "foreign_state"));
    notices = daemon_stage_property (stage, VF_BUS_HOST_PATH, VF_BUS_HOST_INTERFACE, "Notices");
    g_assert_cmpuint (g_variant_n_children (notices), ==, 1);
    g_variant_get_child (notices, 0, "(&s&s&s)", &reason, NULL, &sentence);
    g_assert_cmpstr (reason, ==, "foreign-state");
    g_assert_nonnull (strstr (sentence, "the GPU 0000:01:00.0 before is not known"));
    assert_logged (stage, "0000:01:00.0", plants[i].words);
    assert_victim_unharmed (folder);
    fake_host_assert_same (daemon_stage_host (stage), before, plants[i].name);
    disconnect (client);
    close (folder);
    daemon_stage_free (stage);
}

static void
write_pairing (int folder_fd, const char *uuid)
{
    VfdPairing pairing = { .uuid = (char *) uuid,
                           .name = (char *) "desk",
                           .gpu = { 0, 1, 0, 0 },
                           .identity = (char *) "",
                           .profile = (char *) "monitor",
                           .before = g_bytes_new_static ("<domain/>", 10),
                           .after = g_bytes_new_static ("", 1) };
    g_autoptr (GBytes) bytes = vfd_sealed_wrap (vfd_pairing_to_variant (&pairing), 0);
    int fd = openat (folder_fd, uuid, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    gsize size;
    gconstpointer contents = g_bytes_get_data (bytes, &size);

    g_assert_cmpint (write (fd, contents, size), ==, (gssize) size);
    close (fd);
    g_bytes_unref (pairing.before);
    g_bytes_unref (pairing.after);
}

/* One that is right among all that is wrong is found. */
static void
test_pairings (void)
{
    DaemonStage *stage = daemon_stage_new_for_all ("lab", programs, NULL);
    int folder = make_folder (stage, "pairings");
    GDBusConnection *client;

    for (guint i = 0; i < G_N_ELEMENTS (plants); i++) {
        g_autofree char *uuid = g_strdup_printf (UUID_FORM, i);

        plants[i].plant (folder, uuid);
    }
    write_pairing (folder, "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6aff");
    daemon_stage_start (stage);
    client = daemon_stage_connect (stage);
    g_assert_cmpuint (count_pairings (client), ==, 1);
    for (guint i = 0; i < G_N_ELEMENTS (plants); i++) {
        g_autofree char *uuid = g_strdup_printf (UUID_FORM, i);

        assert_logged (stage, uuid, plants[i].words);
    }
    assert_victim_unharmed (folder);
    disconnect (client);
    close (folder);
    daemon_stage_free (stage);
}

/* The power was cut while a pairing was written. What is called otherwise is not the daemon's. */
static void
test_unfinished (void)
{
    DaemonStage *stage = daemon_stage_new_for_all ("lab", programs, NULL);
    int folder = make_folder (stage, "pairings");
    GDBusConnection *client;

    write_pairing (folder, DESK_UUID);
    write_pairing (folder, DESK_UUID ".new");
    write_pairing (folder, "note.new");
    daemon_stage_start (stage);
    client = daemon_stage_connect (stage);
    g_assert_cmpuint (count_pairings (client), ==, 1);
    g_assert_cmpint (faccessat (folder, DESK_UUID, F_OK, 0), ==, 0);
    g_assert_cmpint (faccessat (folder, DESK_UUID ".new", F_OK, 0), ==, -1);
    g_assert_cmpint (faccessat (folder, "note.new", F_OK, 0), ==, 0);
    disconnect (client);
    close (folder);
    daemon_stage_free (stage);
}

/* While the daemon was down the card of the pairing was taken out, or moved; on @machine there is
 * @now in its slot. */
static void
assert_refused (const char *machine, const char *now)
{
    DaemonStage *stage = daemon_stage_new_for_all (machine, programs, NULL);
    g_autofree char *before = fake_host_fingerprint (daemon_stage_host (stage));
    int folder = make_folder (stage, "pairings");
    g_autoptr (GError) error = NULL;
    GDBusConnection *client;

    write_pairing (folder, DESK_UUID);
    daemon_stage_start (stage);
    client = daemon_stage_connect (stage);
    g_assert_cmpuint (count_pairings (client), ==, 1);
    error = prepare (client);
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, "identity_changed"));
    g_assert_nonnull (strstr (error->message, now));
    fake_host_assert_same (daemon_stage_host (stage), before, machine);
    disconnect (client);
    close (folder);
    daemon_stage_free (stage);
}

static void
test_other_card (void)
{
    assert_refused ("lab", "1234");
}

static void
test_no_card (void)
{
    assert_refused ("vmd-domain", "no GPU");
}

/* A pairing is stored where somebody has put a link in the way of the file that is written first.
 */
static void
test_in_the_way (void)
{
    static const Plant in_the_way[] = { plant_link, plant_hard_link, plant_pipe };
    g_autofree char *path = vf_bus_gpu_path ((VfPciAddress){ 0, 1, 0, 0 });

    for (gsize i = 0; i < G_N_ELEMENTS (in_the_way); i++) {
        DaemonStage *stage = daemon_stage_new_for_all ("lab", programs, NULL);
        int folder = make_folder (stage, "pairings");
        GDBusConnection *client;
        struct stat status;

        in_the_way[i](folder, DESK_UUID ".new");
        daemon_stage_start (stage);
        client = daemon_stage_connect (stage);
        g_assert_no_error (daemon_stage_call (client, path, VF_BUS_GPU_INTERFACE ".Pair",
                                              desk_pair_arguments (FALSE)));
        g_assert_cmpint (fstatat (folder, DESK_UUID, &status, AT_SYMLINK_NOFOLLOW), ==, 0);
        g_assert_true (S_ISREG (status.st_mode));
        assert_victim_unharmed (folder);
        disconnect (client);
        close (folder);
        daemon_stage_free (stage);
    }
}

int
main (int argc, char **argv)
{
    programs = daemon_stage_begin (&argc, &argv);
    for (gsize i = 0; i < G_N_ELEMENTS (plants); i++) {
        g_autofree char *path = g_strconcat ("/hostile-state/journal/", plants[i].name, NULL);

        g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_journal);
    }
    g_test_add_func ("/hostile-state/pairings", test_pairings);
    g_test_add_func ("/hostile-state/unfinished", test_unfinished);
    g_test_add_func ("/hostile-state/other-card", test_other_card);
    g_test_add_func ("/hostile-state/no-card", test_no_card);
    g_test_add_func ("/hostile-state/in-the-way", test_in_the_way);
    return g_test_run ();
}
