/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which times to wait make sense. */
#include "vfc-timeout.h"

#include "vf-error.h"

#define LONGEST 86400

gboolean
vfc_timeout_check (int seconds, GError **error)
{
    if (seconds >= 1 && seconds <= LONGEST)
        return TRUE;
    vf_error_set (error, VF_REASON_INVALID_OPTION,
                  "--timeout takes a number of seconds from 1 to %d.", LONGEST);
    return FALSE;
}
