/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program virtflow: the table of all commands, and the way to those of virtflow-vms. */
#include "vfc-commands.h"

#include <errno.h>
#include <unistd.h>

#define OTHER_PROGRAM "virtflow-vms"

static const VfcCommandRow rows[] = {
    { "status", "this host, its GPUs and its VMs at a glance", NULL },
    { "gpus", "the GPUs of this host", &vfc_command_gpus },
    { "vms", "the VMs of this host", NULL },
    { "show", "all about a VM or a GPU", NULL },
    { "activate", "give a VM a GPU", NULL },
    { "deactivate", "make a VM as it was before it had a GPU", NULL },
    { "start", "start a VM", NULL },
    { "stop", "shut a VM down", NULL },
    { "lend", "take a GPU away from the host by hand", &vfc_command_lend },
    { "return", "give a GPU back to the host by hand", &vfc_command_return },
    { "recover", "bring GPUs back after an unfinished switch", &vfc_command_recover },
    { "doctor", "what this host lacks for giving a VM a GPU", NULL },
    { "setup", "put right what this host lacks, or take that back", &vfc_command_setup },
    { "test", "try whether a GPU can go and come back", NULL },
    { "watch", "follow GPUs and VMs as they change", NULL },
    { "log", "what happened to GPUs and VMs", NULL },
    { "report", "a file to attach to a bug report", NULL },
    { "help", "explain a finding, an error or a subject", &vfc_command_help },
    { 0 },
};

/* Beside this program when it runs where it was built, else where it was installed. */
static char *
find_other_program (void)
{
    g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
    g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : g_strdup (".");
    g_autofree char *beside = g_build_filename (folder, OTHER_PROGRAM, NULL);

    if (access (beside, X_OK) == 0)
        return g_steal_pointer (&beside);
    return g_build_filename (VFC_PROGRAM_FOLDER, OTHER_PROGRAM, NULL);
}

static void
become_other_program (char **argv, GError **error)
{
    g_autofree char *program = find_other_program ();

    execv (program, argv);
    vf_error_set (error, VF_REASON_INTERNAL,
                  "The part of VirtFlow that works with libvirt could not be run (%s: %s). Install "
                  "VirtFlow anew.",
                  program, g_strerror (errno));
}

int
main (int argc, char **argv)
{
    const VfcProgram program = { .rows = rows, .elsewhere = become_other_program };

    return vfc_command_main (&program, argc, argv);
}
