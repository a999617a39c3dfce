/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way to the daemon's program. */
#include "vfc-by-hand.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

gboolean
vfc_by_hand_is_possible (const VfcRun *run)
{
    return run->bus == NULL && geteuid () == 0;
}

static gboolean
set_missing (const char *why, GError **error)
{
    vf_error_set (error, VF_REASON_NO_DAEMON,
                  "The VirtFlow daemon cannot be reached, and %s could not be run instead (%s). "
                  "Install VirtFlow anew.",
                  VFC_DAEMON, why);
    return FALSE;
}

/* The reason stands for its class: no more than that comes through an exit status. */
static gboolean
set_status (int status, GError **error)
{
    for (VfReason reason = 0; reason < VF_N_REASONS; reason++) {
        if (vf_error_code_exit_status (vf_reason_code (reason)) == status) {
            vf_error_set (error, reason, "Not every GPU could be brought to one side.");
            return FALSE;
        }
    }
    return set_missing (_ ("it did not end well"), error);
}

gboolean
vfc_by_hand_recover (const VfcRun *run, const char *gpu, GStrv *report, GError **error)
{
    const char *arguments[] = { VFC_DAEMON, "--recover", gpu, NULL };
    const char *environment[] = { NULL };
    g_autofree char *output = NULL;
    g_autoptr (GError) local = NULL;
    int status = 0;

    if (!run->json) {
        execve (VFC_DAEMON, (char **) arguments, (char **) environment);
        return set_missing (g_strerror (errno), error);
    }
    if (!g_spawn_sync (NULL, (char **) arguments, (char **) environment, G_SPAWN_DEFAULT, NULL,
                       NULL, &output, NULL, &status, &local))
        return set_missing (local->message, error);
    *report = g_strsplit (g_strchomp (output), "\n", *output != '\0' ? -1 : 0);
    if (!WIFEXITED (status))
        return set_missing (_ ("it was killed"), error);
    return WEXITSTATUS (status) == 0 || set_status (WEXITSTATUS (status), error);
}

char *
vfc_by_hand_read_journals (GError **error)
{
    const char *arguments[] = { VFC_DAEMON, "--journals", NULL };
    const char *environment[] = { NULL };
    g_autofree char *said = NULL;
    int status = 0;

    if (!g_spawn_sync (NULL, (char **) arguments, (char **) environment, G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, &said, NULL, &status, error)
        || !g_spawn_check_wait_status (status, error))
        return NULL;
    return g_steal_pointer (&said);
}
