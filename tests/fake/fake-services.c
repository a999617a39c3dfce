/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what stopping and starting a unit does: a file run/services/UNIT says how it stands, so that
 * several programs can share one machine. */
#include "fake-services.h"

#include "fake-proc.h"
#include "fake-tree.h"
#include "vf-error.h"

static gboolean
runs (const char *name, gpointer data)
{
    const FakeKernel *kernel = data;
    g_autofree char *state = g_build_filename (kernel->root, "run/services", name, NULL);
    g_autofree char *text = NULL;

    return g_file_get_contents (state, &text, NULL, NULL) && g_str_equal (text, "active");
}

static void
set_state (const FakeKernel *kernel, const char *name, gboolean active)
{
    g_autofree char *state = g_build_filename ("run/services", name, NULL);

    fake_tree_write (kernel->root, state, active ? "active" : "inactive");
    for (guint i = 0; i < kernel->machine->processes->len; i++) {
        const FakeProcess *process = g_ptr_array_index (kernel->machine->processes, i);
        g_autofree char *folder = g_strdup_printf ("%s/proc/%u", kernel->root, process->pid);

        if (g_strcmp0 (process->unit, name) != 0)
            continue;
        if (active)
            fake_proc_add (process, kernel->root);
        else
            fake_tree_remove (folder);
    }
}

static gboolean
change (FakeKernel *kernel, const char *name, gboolean active, GError **error)
{
    FakeFault fault;
    int result;

    if (!fake_kernel_begin (kernel, &fault, &result)) {
        if (result != 0)
            vf_error_set (error, VF_REASON_SERVICE_FAILED, "The test does not let %s change.",
                          name);
        return result == 0;
    }
    set_state (kernel, name, active);
    fake_kernel_end (kernel, fault);
    return TRUE;
}

static gboolean
stop (const char *name, gpointer kernel, GError **error)
{
    return change (kernel, name, FALSE, error);
}

static gboolean
start (const char *name, gpointer kernel, GError **error)
{
    if (!change (kernel, name, TRUE, error))
        return FALSE;
    if (runs (name, kernel))
        return TRUE;
    vf_error_set (error, VF_REASON_SERVICE_FAILED, "The test does not let %s run.", name);
    return FALSE;
}

const VfsUnits fake_services = { runs, stop, start };
