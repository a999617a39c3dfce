/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done without the daemon, by its program: the recovery when it cannot be reached, and a
 * look into its journals. */
#pragma once

#include "vfc-run.h"

/* Whether it may be done: only root may, and only in the place of the installed daemon. */
gboolean vfc_by_hand_is_possible (const VfcRun *run);

/* Becomes "virtflowd --recover [GPU]", whose answer and exit status are those of this run. Returns
 * only when that fails: FALSE with VF_REASON_NO_DAEMON. With --json it is run instead, and @report
 * has its sentences, which the caller owns; FALSE with them, too, when not all went well. */
gboolean vfc_by_hand_recover (const VfcRun *run, const char *gpu, GStrv *report, GError **error);

/* What "virtflowd --journals" says, which the caller owns; NULL when it cannot be run, or not by
 * this user. */
char *vfc_by_hand_read_journals (GError **error);
