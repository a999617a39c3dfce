/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests vf-holders and vf-process on the real /proc and on fake ones. */
#include "fake-tree.h"
#include "vf-holders.h"
#include "vf-process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static GPtrArray *
one_node (const char *name, dev_t number)
{
    GPtrArray *nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_device_node_free);
    VfDeviceNode *node = g_new (VfDeviceNode, 1);

    node->name = g_strdup (name);
    node->number = number;
    g_ptr_array_add (nodes, node);
    return nodes;
}

static const VfHolder *
find_pid (const GPtrArray *holders, guint32 pid)
{
    for (guint i = 0; i < holders->len; i++) {
        const VfHolder *holder = holders->pdata[i];

        if (holder->pid == pid)
            return holder;
    }
    return NULL;
}

static gboolean
may_look_into (const char *process)
{
    g_autofree char *path = g_build_filename (process, "maps", NULL);
    int fd = open (path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0)
        close (fd);
    return fd >= 0;
}

/* This program itself opens a terminal that nobody else has. Its name is said wrong on purpose. */
static void
test_real (void)
{
    g_autoptr (VfSysfs) root = vf_sysfs_new (open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    g_autoptr (GPtrArray) nodes = NULL, holders = NULL, after = NULL;
    g_autofree char *name = g_path_get_basename (g_get_prgname ());
    int terminal = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
    int other_end;
    const VfHolder *holder;
    struct stat status;
    guint n_hidden = 0;

    g_assert_cmpint (terminal, >=, 0);
    g_assert_cmpint (unlockpt (terminal), ==, 0);
    other_end = open (ptsname (terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
    g_assert_cmpint (fstat (other_end, &status), ==, 0);
    nodes = one_node ("dri/card77", status.st_rdev);

    holders = vf_holders_find (root, nodes, &n_hidden, NULL);
    g_assert_cmpuint (holders->len, ==, 1);
    holder = holders->pdata[0];
    g_assert_cmpuint (holder->pid, ==, (guint32) getpid ());
    g_assert_cmpuint (holder->uid, ==, getuid ());
    g_assert_cmpuint (holder->start_time, >, 0);
    g_assert_true (g_str_has_prefix (name, holder->command));
    g_assert_cmpstr (holder->node, ==, "/dev/dri/card77");
    /* A container may keep from root what its first process does. */
    if (getuid () == 0)
        g_assert_cmpstr (holder->user, ==, "root");
    if (may_look_into ("/proc/1"))
        g_assert_cmpuint (n_hidden, ==, 0);
    else
        g_assert_cmpuint (n_hidden, >, 0);

    close (other_end);
    after = vf_holders_find (root, nodes, &n_hidden, NULL);
    g_assert_cmpuint (after->len, ==, 0);
    close (terminal);
}

/* Mapped, a device stays open when its descriptor is closed. */
static void
test_mapped (void)
{
    g_autoptr (VfSysfs) root = vf_sysfs_new (open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    g_autoptr (GPtrArray) nodes = NULL, holders = NULL, after = NULL;
    int fd = open ("/dev/zero", O_RDWR | O_CLOEXEC);
    void *memory = mmap (NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    struct stat status;
    guint n_hidden = 0;

    g_assert_true (memory != MAP_FAILED);
    g_assert_cmpint (fstat (fd, &status), ==, 0);
    close (fd);
    nodes = one_node ("zero", status.st_rdev);
    holders = vf_holders_find (root, nodes, &n_hidden, NULL);
    g_assert_nonnull (find_pid (holders, (guint32) getpid ()));
    g_assert_cmpint (munmap (memory, 4096), ==, 0);
    after = vf_holders_find (root, nodes, &n_hidden, NULL);
    g_assert_null (find_pid (after, (guint32) getpid ()));
}

typedef struct {
    int terminal;
    int open, done; /* pipes: it has, and it may end */
} Loner;

/* A thread whose descriptors are its own: it alone has the terminal open. */
static gpointer
be_loner (gpointer data)
{
    const Loner *loner = data;
    char byte;

    g_assert_cmpint (unshare (CLONE_FILES), ==, 0);
    g_assert_cmpint (open (ptsname (loner->terminal), O_RDWR | O_NOCTTY | O_CLOEXEC), >=, 0);
    g_assert_cmpint (write (loner->open, "", 1), ==, 1);
    g_assert_cmpint (read (loner->done, &byte, 1), ==, 1);
    return NULL;
}

static void
test_thread (void)
{
    g_autoptr (VfSysfs) root = vf_sysfs_new (open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    g_autoptr (GPtrArray) nodes = NULL, holders = NULL, after = NULL;
    int open_pipe[2], done_pipe[2];
    Loner loner = { .terminal = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC) };
    struct stat status;
    GThread *thread;
    guint n_hidden;
    char byte;

    g_assert_cmpint (unlockpt (loner.terminal), ==, 0);
    g_assert_cmpint (stat (ptsname (loner.terminal), &status), ==, 0);
    g_assert_cmpint (pipe (open_pipe) + pipe (done_pipe), ==, 0);
    loner.open = open_pipe[1];
    loner.done = done_pipe[0];
    thread = g_thread_new ("loner", be_loner, &loner);
    g_assert_cmpint (read (open_pipe[0], &byte, 1), ==, 1);
    nodes = one_node ("dri/card77", status.st_rdev);

    holders = vf_holders_find (root, nodes, &n_hidden, NULL);
    g_assert_cmpuint (holders->len, ==, 1);
    g_assert_nonnull (find_pid (holders, (guint32) getpid ()));
    g_assert_cmpint (write (done_pipe[1], "", 1), ==, 1);
    g_thread_join (thread);
    after = vf_holders_find (root, nodes, &n_hidden, NULL);
    g_assert_cmpuint (after->len, ==, 0);
}

static void
test_machine (void)
{
    g_autofree char *root = fake_tree_build_named ("held", NULL);
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_autoptr (GPtrArray) display = NULL, audio = NULL, igpu = NULL;
    g_autoptr (GPtrArray) players = NULL, servers = NULL, nobody = NULL;
    const VfHolder *holder;
    guint n_hidden = 77;

    display = vf_device_nodes_of_host (sysfs, (VfPciAddress){ 0, 1, 0, 0 }, NULL);
    audio = vf_device_nodes_of_host (sysfs, (VfPciAddress){ 0, 1, 0, 1 }, NULL);
    igpu = vf_device_nodes_of_host (sysfs, (VfPciAddress){ 0, 0, 2, 0 }, NULL);
    players = vf_holders_find (sysfs, display, &n_hidden, NULL);
    servers = vf_holders_find (sysfs, audio, &n_hidden, NULL);
    nobody = vf_holders_find (sysfs, igpu, &n_hidden, NULL);

    g_assert_cmpuint (n_hidden, ==, 0);
    g_assert_cmpuint (players->len, ==, 2);
    g_assert_cmpuint (servers->len, ==, 1);
    g_assert_cmpuint (nobody->len, ==, 0);
    g_assert_cmpuint (((const VfHolder *) players->pdata[1])->pid, ==, 1812);
    holder = servers->pdata[0];
    g_assert_cmpuint (holder->pid, ==, 900);
    g_assert_cmpuint (holder->start_time, ==, 1000);
    g_assert_cmpuint (holder->uid, ==, 1000);
    g_assert_cmpstr (holder->command, ==, "wireplumber");
    g_assert_cmpstr (holder->unit, ==, "user@1000.service");
    g_assert_cmpstr (holder->node, ==, "/dev/snd/controlC0");
    fake_tree_remove (root);
}

static void
test_many (void)
{
    g_autoptr (GString) text = g_string_new ("machine Crowd\n");
    g_autoptr (FakeMachine) machine = NULL;
    g_autofree char *root = fake_tree_new_folder ();
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_autoptr (GPtrArray) nodes = one_node ("null", 0);
    g_autoptr (GPtrArray) holders = NULL;
    guint n_hidden;

    for (int i = 0; i < VF_HOLDERS_MAX + 9; i++)
        g_string_append_printf (text, "process %d open=null\n", 1000 - i);
    machine = fake_machine_parse (text->str);
    fake_tree_write (root, "dev/null", "");
    fake_tree_build (machine, root);
    holders = vf_holders_find (sysfs, nodes, &n_hidden, NULL);
    g_assert_cmpuint (holders->len, ==, VF_HOLDERS_MAX);
    g_assert_null (find_pid (holders, 1000));
    g_assert_nonnull (find_pid (holders, 1000 - VF_HOLDERS_MAX - 8));
    fake_tree_remove (root);
}

/* A process that cannot be looked into is said to be there; one that is gone is not. */
static void
test_hidden (void)
{
    g_autofree char *root = fake_tree_build_named ("lab", NULL);
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_autoptr (GPtrArray) nodes = one_node ("dri/card1", 0);
    g_autoptr (GPtrArray) holders = NULL;
    guint n_hidden = 0;

    fake_tree_write (root, "proc/33/comm", "gone\n");
    fake_tree_write (root, "proc/44/fd", "not a folder\n");
    fake_tree_write (root, "proc/55x/fd", "not a process\n");
    holders = vf_holders_find (sysfs, nodes, &n_hidden, NULL);
    g_assert_cmpuint (holders->len, ==, 0);
    g_assert_cmpuint (n_hidden, ==, 1);
    fake_tree_remove (root);
}

static void
test_process (void)
{
    static const struct {
        const char *cgroup;
        const char *unit;
    } cases[] = {
        { "0::/system.slice/libvirtd.service\n", "libvirtd.service" },
        { "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-game-12.scope\n",
          "user@1000.service/app-game-12.scope" },
        { "0::/user.slice/user-1000.slice/user@1000.service/app.slice/nvidia-powerd.service\n",
          "user@1000.service/nvidia-powerd.service" },
        { "0::/user.slice/user-1000.slice/session-2.scope\n", "session-2.scope" },
        { "0::/system.slice/system-getty.slice/getty@tty1.service\n", "getty@tty1.service" },
        { "0::/system.slice/x/nvidia-powerd.service\n", "x/nvidia-powerd.service" },
        { "0::/machine.slice/machine-qemu\\x2d1.scope/libvirt/emulator\n",
          "machine-qemu\\x2d1.scope" },
        { "12:pids:/x.service\n1:name=systemd:/y.service\n", "y.service" },
        { "0::/\n", "" },
        { "", "" },
    };
    g_autofree char *root = fake_tree_new_folder ();
    g_autoptr (VfSysfs) folder = vf_sysfs_new (fake_tree_open (root));
    g_autofree char *command = NULL;
    g_autofree char *nobody = vf_process_user_name (3999999999u);
    guint64 start_time = 0;

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *unit = NULL;

        fake_tree_write (root, "cgroup", cases[i].cgroup);
        unit = vf_process_unit (folder);
        g_assert_cmpstr (unit, ==, cases[i].unit);
    }
    g_assert_cmpint (vf_process_start_time (folder, &start_time), ==, -ENOENT);
    fake_tree_write (root, "stat",
                     "7 (a) b) 9) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 6");
    g_assert_cmpint (vf_process_start_time (folder, &start_time), ==, 0);
    g_assert_cmpuint (start_time, ==, 4242);
    fake_tree_write (root, "stat", "7 (a) S 1 2");
    g_assert_cmpint (vf_process_start_time (folder, &start_time), ==, -EINVAL);
    fake_tree_write (root, "comm", "bad\033[31m\n");
    command = vf_process_command (folder);
    g_assert_null (strchr (command, '\033'));
    g_assert_cmpstr (nobody, ==, "3999999999");
    fake_tree_remove (root);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/holders/real", test_real);
    g_test_add_func ("/holders/mapped", test_mapped);
    g_test_add_func ("/holders/thread", test_thread);
    g_test_add_func ("/holders/machine", test_machine);
    g_test_add_func ("/holders/many", test_many);
    g_test_add_func ("/holders/hidden", test_hidden);
    g_test_add_func ("/holders/process", test_process);
    return g_test_run ();
}
