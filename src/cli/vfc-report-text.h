/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a report has to say to who looks into a problem on a machine that is not his own: versions,
 * the host as a machine file, what doctor and daemon say, journals and log. */
#pragma once

#include "vfc-run.h"

/* Reads and asks what the doctor does, and needs no more rights; what cannot be had is a line that
 * says why. The text is UTF-8 and without what is private (vfc-redaction.h); the caller owns it.
 * NULL with an error of vfc_redaction_apply(). */
char *vfc_report_text_make (VfcRun *run, GError **error);
