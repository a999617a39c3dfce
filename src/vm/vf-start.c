/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the start of a VM and what a refused one is told. */
#include "vf-start.h"

#include "vf-translation.h"

#include <libvirt/virterror.h>

#include <string.h>

/* libvirt wraps what its hook wrote to standard error into words of its own: "... unexpected exit
 * status 1: VirtFlow: SENTENCE [reason]". Other hooks may fail as well; only ours begins like that.
 */
#define BEFORE_OUR_SENTENCE "VirtFlow: "

/* Cuts the reason's id off the end of @sentence. */
static VfReason
take_reason (char *sentence)
{
    char *bracket = strrchr (sentence, '[');
    gsize length = strlen (sentence);
    VfReason reason;

    if (bracket == NULL || sentence[length - 1] != ']')
        return VF_REASON_LIBVIRT_FAILED;
    sentence[length - 1] = '\0';
    if (vf_reason_from_id (bracket + 1, &reason)) {
        *bracket = '\0';
        g_strchomp (sentence);
        return reason;
    }
    sentence[length - 1] = ']';
    return VF_REASON_LIBVIRT_FAILED;
}

static gboolean
hook_refused (char **sentence, VfReason *reason)
{
    const char *words = virGetLastErrorMessage ();
    const char *ours = strstr (words, BEFORE_OUR_SENTENCE);
    g_auto (GStrv) lines = NULL;

    if (virGetLastErrorCode () != VIR_ERR_HOOK_SCRIPT_FAILED || ours == NULL)
        return FALSE;
    lines = g_strsplit (ours + strlen (BEFORE_OUR_SENTENCE), "\n" BEFORE_OUR_SENTENCE, -1);
    *sentence = g_strchomp (g_strjoinv ("\n", lines));
    *reason = take_reason (*sentence);
    return TRUE;
}

gboolean
vf_start (VfMachine *machine, GError **error)
{
    g_autofree char *sentence = NULL;
    VfReason reason;

    if (vf_machine_is_active (machine))
        return TRUE;
    if (virDomainCreate (machine->domain) == 0)
        return vf_machine_refresh (machine, error);
    if (hook_refused (&sentence, &reason)) {
        g_autofree char *translated = vf_translation_of (sentence);

        vf_error_set (error, reason, "The VM %s was not started. %s", machine->name, translated);
    } else {
        vf_libvirt_set_error (error, "The VM %s could not be started", machine->name);
    }
    return FALSE;
}
