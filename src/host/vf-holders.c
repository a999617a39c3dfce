/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the search through the descriptors and mappings of all processes. */
#include "vf-holders.h"

#include "vf-mappings.h"
#include "vf-process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A node to look for. */
typedef struct {
    const VfDeviceNode *node;
    struct statx file; /* what is in /dev under its name; stx_mask is 0 when nothing is */
    gboolean found;    /* in the process that is looked at */
} Target;

typedef struct {
    const VfSysfs *proc;
    GArray *targets;
    GPtrArray *holders;
    guint n_hidden;
} Search;

/* AT_STATX_DONT_SYNC: a descriptor may lead into a network or FUSE file system whose server does
 * not answer, and nothing of it is of interest. */
static gboolean
look_at (int fd, const char *path, struct statx *status)
{
    return statx (fd, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE | STATX_INO, status)
           == 0;
}

static gboolean
is_device (const struct statx *status, dev_t number)
{
    return (S_ISCHR (status->stx_mode) || S_ISBLK (status->stx_mode))
           && makedev (status->stx_rdev_major, status->stx_rdev_minor) == number;
}

static gboolean
is_same_file (const struct statx *a, const struct statx *b)
{
    return a->stx_mask != 0 && a->stx_ino == b->stx_ino && a->stx_dev_major == b->stx_dev_major
           && a->stx_dev_minor == b->stx_dev_minor;
}

static void
mark_targets (Search *search, const struct statx *status)
{
    for (guint i = 0; i < search->targets->len; i++) {
        Target *target = &g_array_index (search->targets, Target, i);

        if (is_device (status, target->node->number) || is_same_file (&target->file, status))
            target->found = TRUE;
    }
}

/* Adds a holder for each target that was found in the process of @folder. */
static void
add_holders (Search *search, guint32 pid, const VfSysfs *folder)
{
    guint64 start_time;
    guint32 uid;

    for (guint i = 0; i < search->targets->len; i++) {
        Target *target = &g_array_index (search->targets, Target, i);
        VfHolder *holder;

        if (!target->found || search->holders->len == VF_HOLDERS_MAX)
            continue;
        /* It ended meanwhile, and holds nothing. */
        if (vf_process_start_time (folder, &start_time) != 0 || vf_process_uid (folder, &uid) != 0)
            return;
        holder = g_new (VfHolder, 1);
        holder->pid = pid;
        holder->start_time = start_time;
        holder->uid = uid;
        holder->command = vf_process_command (folder);
        holder->user = vf_process_user_name (uid);
        holder->unit = vf_process_unit (folder);
        holder->node = g_build_filename ("/dev", target->node->name, NULL);
        g_ptr_array_add (search->holders, holder);
    }
}

/* Where a descriptor leads, whoever asks is told only if he may look into the process. A FUSE file
 * system says no as well (fuse_update_get_attr), but not to this. */
static gboolean
may_follow (const VfSysfs *descriptors, const char *name)
{
    char target[1];

    return readlinkat (vf_sysfs_fd (descriptors), name, target, sizeof target) >= 0
           || errno != EACCES;
}

/* FALSE when they cannot be seen, though the process is there. */
static gboolean
look_into_descriptors (Search *search, const VfSysfs *folder, const char *path)
{
    g_autoptr (VfSysfs) descriptors = NULL;
    g_autoptr (GPtrArray) names = NULL;
    int result = vf_sysfs_open (folder, path, &descriptors);

    if (result == 0)
        result = vf_sysfs_list (descriptors, ".", &names);
    if (result != 0)
        return result == -ENOENT || result == -ESRCH;
    for (guint i = 0; i < names->len; i++) {
        struct statx status;

        if (look_at (vf_sysfs_fd (descriptors), names->pdata[i], &status))
            mark_targets (search, &status);
        else if (errno == EACCES && !may_follow (descriptors, names->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

/* As nearly all threads do. Where the kernel does not tell, it is not so. */
static gboolean
share_descriptors (const char *first, const char *second)
{
    return syscall (SYS_kcmp, (pid_t) strtol (first, NULL, 10), (pid_t) strtol (second, NULL, 10),
                    KCMP_FILES, 0, 0)
           == 0;
}

/* A thread may have descriptors of its own (unshare(2), CLONE_FILES), and those of a process whose
 * first thread has ended are with the others alone. */
static gboolean
look_into_threads (Search *search, const VfSysfs *folder, const char *first)
{
    const char *known = first; /* the last one whose descriptors were read */
    g_autoptr (VfSysfs) tasks = NULL;
    g_autoptr (GPtrArray) names = NULL;
    gboolean seen = TRUE;

    if (vf_sysfs_open (folder, "task", &tasks) != 0 || vf_sysfs_list (tasks, ".", &names) != 0)
        return TRUE; /* it has ended */
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename (names->pdata[i], "fd", NULL);

        if (g_str_equal (names->pdata[i], first) || share_descriptors (known, names->pdata[i])
            || share_descriptors (first, names->pdata[i]))
            continue;
        seen = look_into_descriptors (search, tasks, path) && seen;
        known = names->pdata[i];
    }
    return seen;
}

static void
mark_mapped (const VfMapping *mapping, gpointer data)
{
    Search *search = data;
    const struct statx status = { .stx_mask = STATX_INO,
                                  .stx_ino = mapping->inode,
                                  .stx_dev_major = mapping->major,
                                  .stx_dev_minor = mapping->minor };

    for (guint i = 0; i < search->targets->len; i++) {
        Target *target = &g_array_index (search->targets, Target, i);

        if (is_same_file (&target->file, &status))
            target->found = TRUE;
    }
}

/* Threads share it, as long as they are of one process. FALSE when it cannot be seen, though the
 * process is there. */
static gboolean
look_into_memory (Search *search, const VfSysfs *folder)
{
    int result = vf_mappings_read (folder, mark_mapped, search);

    return result == 0 || result == -ENOENT || result == -ESRCH;
}

static void
look_into_process (Search *search, guint32 pid)
{
    char name[16];
    g_autoptr (VfSysfs) folder = NULL;
    int result;

    g_snprintf (name, sizeof name, "%u", pid);
    result = vf_sysfs_open (search->proc, name, &folder);
    if (result != 0) {
        search->n_hidden += result != -ENOENT && result != -ESRCH;
        return;
    }
    for (guint i = 0; i < search->targets->len; i++)
        g_array_index (search->targets, Target, i).found = FALSE;
    if (!look_into_descriptors (search, folder, "fd") || !look_into_threads (search, folder, name)
        || !look_into_memory (search, folder))
        search->n_hidden++;
    add_holders (search, pid, folder);
}

static GArray *
make_targets (const VfSysfs *root, const GPtrArray *nodes)
{
    GArray *targets = g_array_sized_new (FALSE, TRUE, sizeof (Target), nodes->len);

    for (guint i = 0; i < nodes->len; i++) {
        Target target = { .node = nodes->pdata[i] };
        g_autofree char *path = g_build_filename ("dev", target.node->name, NULL);

        if (!look_at (vf_sysfs_fd (root), path, &target.file))
            target.file.stx_mask = 0;
        g_array_append_val (targets, target);
    }
    return targets;
}

static int
compare_pids (gconstpointer a, gconstpointer b)
{
    const guint32 *first = a;
    const guint32 *second = b;

    return (*first > *second) - (*first < *second);
}

static GArray *
read_pids (const GPtrArray *names)
{
    GArray *pids = g_array_new (FALSE, FALSE, sizeof (guint32));

    for (guint i = 0; i < names->len; i++) {
        guint64 number;
        guint32 pid;

        if (!g_ascii_string_to_unsigned (names->pdata[i], 10, 1, G_MAXINT32, &number, NULL))
            continue;
        pid = (guint32) number;
        g_array_append_val (pids, pid);
    }
    g_array_sort (pids, compare_pids);
    return pids;
}

GPtrArray *
vf_holders_find (const VfSysfs *root, const GPtrArray *nodes, guint *n_hidden, GError **error)
{
    g_autoptr (GPtrArray) holders =
        g_ptr_array_new_with_free_func ((GDestroyNotify) vf_holder_free);
    g_autoptr (GArray) targets = make_targets (root, nodes);
    g_autoptr (VfSysfs) proc = NULL;
    g_autoptr (GPtrArray) names = NULL;
    g_autoptr (GArray) pids = NULL;
    Search search = { .targets = targets, .holders = holders };
    int result = vf_sysfs_open (root, "proc", &proc);

    if (result == 0)
        result = vf_sysfs_list (proc, ".", &names);
    if (result != 0) {
        vf_sysfs_set_error (error, "proc", result);
        return NULL;
    }
    search.proc = proc;
    pids = read_pids (names);
    for (guint i = 0; i < pids->len && nodes->len > 0; i++)
        look_into_process (&search, g_array_index (pids, guint32, i));
    *n_hidden = search.n_hidden;
    return g_steal_pointer (&holders);
}
