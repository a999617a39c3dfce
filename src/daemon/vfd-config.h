/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The administrator's policy: a key file and drop-ins. */
#pragma once

#include "vf-policy.h"

/* Reads @path, then PATH.d/ *.conf in alphabetical order; a later value wins. A file that is not
 * there is no error; an unknown key, a malformed value or a file that cannot be read is, so that a
 * policy is never half in force. The caller owns the result. */
VfPolicy *vfd_config_load (const char *path, GError **error);
