/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GPUs of this machine as this program sees them by itself, without the daemon: whether
 * VirtFlow lent one, and to whom, only that knows. */
#pragma once

#include "vfc-gpu.h"

#include "vf-sysfs.h"

/* In order of their addresses; the caller owns the array. @root is the machine's root. */
GPtrArray *vfc_survey (const VfSysfs *root, GError **error);

/* The daemon's GPUs; when it does not answer those of vfc_survey(), after a word on standard
 * error. */
GPtrArray *vfc_survey_with_daemon (VfcRun *run, GError **error);
