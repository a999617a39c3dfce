/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way to the picture of a VM. */
#include "vfl-console.h"

#include "vf-machine-facts.h"
#include "vf-text.h"
#include "vfl-work.h"

#include <glib/gi18n-lib.h>

#define VIEWER "virt-viewer"

static gpointer
read_facts (gpointer data, GCancellable *cancellable, GError **error)
{
    return vf_machine_facts (data, error);
}

/* Without what this program was told about GPUs: see main(). */
static GSubprocessLauncher *
launcher_new (void)
{
    static const char *const ours[] = { "GSK_RENDERER", "GDK_DISABLE", "GDK_DEBUG" };
    GSubprocessLauncher *launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);

    for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
        g_subprocess_launcher_unsetenv (launcher, ours[i]);
    return launcher;
}

static gboolean
start_viewer (VflMachine *machine, GError **error)
{
    g_autoptr (GSubprocessLauncher) launcher = launcher_new ();
    g_autoptr (GSubprocess) viewer = NULL;
    g_autofree char *program = g_find_program_in_path (VIEWER);

    if (program == NULL) {
        vf_error_set (error, VF_REASON_INTERNAL,
                      "The picture of the VM %s is shown by virt-viewer, which is not installed. "
                      "Install the package virt-viewer, then try again.",
                      vfl_machine_name (machine));
        return FALSE;
    }
    viewer =
        g_subprocess_launcher_spawn (launcher, error, program, "--connect", VF_LIBVIRT_URI,
                                     "--attach", "--uuid", "--", vfl_machine_uuid (machine), NULL);
    return viewer != NULL;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (GTask) task = data;
    VflMachine *machine = VFL_MACHINE (source);
    GError *error = NULL;
    g_autoptr (VfDomainFacts) facts = vfl_work_finish (result, &error);
    VflGpu *gpu = vfl_machine_gpu (machine);

    if (facts != NULL && facts->displays->len == 0) {
        g_autofree char *sentence = vf_text_no_display (vfl_machine_name (machine),
                                                        gpu != NULL ? vfl_gpu_name (gpu) : NULL);

        error = vf_error_new (VF_REASON_INTERNAL, "%s", sentence);
    } else if (facts != NULL) {
        start_viewer (machine, &error);
    }
    if (error != NULL)
        g_task_return_error (task, error);
    else
        g_task_return_boolean (task, TRUE);
}

void
vfl_console_open (VflMachine *machine, GAsyncReadyCallback done, gpointer data)
{
    vfl_work_start (G_OBJECT (machine), read_facts, vf_machine_copy (vfl_machine_value (machine)),
                    (GDestroyNotify) vf_machine_free, (GDestroyNotify) vf_domain_facts_free, NULL,
                    on_read, g_task_new (machine, NULL, done, data));
}

gboolean
vfl_console_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
