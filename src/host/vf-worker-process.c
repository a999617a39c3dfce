/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the name that a working worker has, and the search for it in /proc. */
#include "vf-worker-process.h"

#include "vf-process.h"

#include <errno.h>
#include <string.h>

/* Deeper calls say nothing more. */
#define MOST_FRAMES 8

VfWorkerName
vf_worker_process_name (VfPciAddress address)
{
    VfWorkerName name;

    g_snprintf (name.text, sizeof name.text, "vf%s", vf_pci_address_format (address).text);
    return name;
}

void
vf_worker_process_free (VfWorkerProcess *process)
{
    g_free (process->place);
    g_free (process->stack);
    g_free (process);
}

/* Whether the process @name works on the card in the slot of @address, whichever function of it the
 * step is about. */
static gboolean
is_name_of (const char *name, VfPciAddress address)
{
    for (address.function = 0; address.function < 8; address.function++)
        if (strcmp (vf_worker_process_name (address).text, name) == 0)
            return TRUE;
    return FALSE;
}

/* Anybody may call a program of his as he likes, and a link to one that root owns as well. */
static gboolean
is_program_of_ours (const VfSysfs *process)
{
    char program[VF_SYSFS_NAME_MAX];
    guint32 uid;
    int result;

    if (vf_process_uid (process, &uid) != 0 || uid != 0)
        return FALSE;
    result = vf_sysfs_read_link_name (process, "exe", program, sizeof program);
    if (result != 0)
        return result == -EACCES || result == -EPERM;
    return g_str_has_prefix (program, "virtflow-worker")
           || g_str_has_prefix (program, "virtflow-modules");
}

static gboolean
is_symbol (const char *text)
{
    return *text != '\0' && strcmp (text, "0") != 0
           && strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.") == strlen (text);
}

static char *
read_place (const VfSysfs *process)
{
    char text[VF_SYSFS_NAME_MAX];

    return vf_sysfs_read (process, "wchan", text, sizeof text) == 0 && is_symbol (text)
               ? g_strdup (text)
               : g_strdup ("");
}

/* A line of the stack is "[<0>] FUNCTION+0x20/0x50 [MODULE]". */
static char *
read_stack (const VfSysfs *process)
{
    char text[VF_SYSFS_TEXT_MAX];
    g_auto (GStrv) lines = NULL;
    g_autoptr (GString) stack = g_string_new (NULL);
    guint n_frames = 0;

    if (vf_sysfs_read (process, "stack", text, sizeof text) != 0)
        return g_strdup ("");
    lines = g_strsplit (text, "\n", -1);
    for (char **line = lines; *line != NULL && n_frames < MOST_FRAMES; line++) {
        const char *start = strstr (*line, "] ");
        g_autofree char *symbol = NULL;

        if (start == NULL)
            continue;
        symbol = g_strndup (start + 2, strcspn (start + 2, "+"));
        if (!is_symbol (symbol))
            continue;
        g_string_append_printf (stack, "%s%s", n_frames++ > 0 ? ", " : "", symbol);
    }
    return g_string_free (g_steal_pointer (&stack), FALSE);
}

static void
look_at (const VfSysfs *proc, const char *name, VfPciAddress address, GPtrArray *found)
{
    g_autoptr (VfSysfs) folder = NULL;
    char command[VF_SYSFS_NAME_MAX];
    VfWorkerProcess *process;
    guint64 pid;

    if (!g_ascii_string_to_unsigned (name, 10, 1, G_MAXINT32, &pid, NULL)
        || vf_sysfs_open (proc, name, &folder) != 0
        || vf_sysfs_read (folder, "comm", command, sizeof command) != 0
        || !is_name_of (command, address) || !is_program_of_ours (folder))
        return;
    process = g_new (VfWorkerProcess, 1);
    process->pid = (guint32) pid;
    process->place = read_place (folder);
    process->stack = read_stack (folder);
    g_ptr_array_add (found, process);
}

static GPtrArray *
new_list (void)
{
    return g_ptr_array_new_with_free_func ((GDestroyNotify) vf_worker_process_free);
}

GPtrArray *
vf_worker_process_find (const VfSysfs *root, VfPciAddress address, GError **error)
{
    g_autoptr (GPtrArray) found = new_list ();
    g_autoptr (GPtrArray) names = NULL;
    g_autoptr (VfSysfs) proc = NULL;
    int result = vf_sysfs_open (root, "proc", &proc);

    if (result == 0)
        result = vf_sysfs_list (proc, ".", &names);
    if (result != 0) {
        vf_sysfs_set_error (error, "proc", result);
        return NULL;
    }
    for (guint i = 0; i < names->len; i++)
        look_at (proc, names->pdata[i], address, found);
    return g_steal_pointer (&found);
}

GVariant *
vf_worker_processes_to_variant (const GPtrArray *processes)
{
    GVariantBuilder builder;

    g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" VF_WORKER_PROCESS_VARIANT_TYPE));
    for (guint i = 0; i < processes->len; i++) {
        const VfWorkerProcess *process = g_ptr_array_index (processes, i);

        g_variant_builder_add (&builder, VF_WORKER_PROCESS_VARIANT_TYPE, process->pid,
                               process->place, process->stack);
    }
    return g_variant_builder_end (&builder);
}

GPtrArray *
vf_worker_processes_from_variant (GVariant *variant)
{
    GPtrArray *processes = new_list ();
    GVariantIter iter;
    VfWorkerProcess process;

    g_variant_iter_init (&iter, variant);
    while (g_variant_iter_next (&iter, VF_WORKER_PROCESS_VARIANT_TYPE, &process.pid, &process.place,
                                &process.stack))
        g_ptr_array_add (processes, g_memdup2 (&process, sizeof process));
    return processes;
}
