/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person may have meant by a mistyped name. */
#pragma once

#include <glib.h>

/* Of @candidates those that are few typing errors away from @typed, the nearest first, at most
 * three, as "win10, win11 or winxp"; NULL when none is. The caller owns it. */
char *vf_nearest (const char *typed, const char *const *candidates, gsize n_candidates);
