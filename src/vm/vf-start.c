/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the start of a VM and what a refused one is told. */
#include "vf-start.h"

#include <libvirt/virterror.h>

#include <string.h>

/* libvirt wraps what its hook wrote to standard error into words of its own: "... unexpected exit
 * status 1: virtflow: SENTENCE". Other hooks may fail as well; only ours begins like that. */
#define BEFORE_OUR_SENTENCE ": virtflow: "

static gboolean
hook_refused (char **sentence)
{
    const char *words = virGetLastErrorMessage ();
    const char *ours = strstr (words, BEFORE_OUR_SENTENCE);

    if (virGetLastErrorCode () != VIR_ERR_HOOK_SCRIPT_FAILED || ours == NULL)
        return FALSE;
    *sentence = g_strstrip (g_strdup (ours + strlen (BEFORE_OUR_SENTENCE)));
    return TRUE;
}

gboolean
vf_start (VfMachine *machine, GError **error)
{
    g_autofree char *sentence = NULL;

    if (vf_machine_is_active (machine))
        return TRUE;
    if (virDomainCreate (machine->domain) == 0)
        return vf_machine_refresh (machine, error);
    if (hook_refused (&sentence))
        vf_error_set (error, VF_REASON_LIBVIRT_FAILED, "The VM %s was not started. %s",
                      machine->name, sentence);
    else
        vf_libvirt_set_error (error, "The VM %s could not be started", machine->name);
    return FALSE;
}
