/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The doctor's findings about this host, or about a VM or a GPU of it. */
#pragma once

#include "vfc-run.h"

#include "vf-finding.h"

/* @arguments names nothing, a VM, a VM and a GPU, or a GPU by its address; ends with NULL.
 * VfFinding pointers; the caller owns the array, which frees them. */
GPtrArray *vfc_examination_make (VfcRun *run, char **arguments, GError **error);
