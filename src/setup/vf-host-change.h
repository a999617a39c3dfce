/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes and takes back one change of a file of the host. The only writer to /etc and /boot. */
#pragma once

#include "vf-amendment.h"

/* Both look first, and change nothing that is as it should be already. @root is the machine's root.
 * A file keeps its owner, mode and extended attributes, and is the old or the new one at any
 * moment. Fail with VF_REASON_FILE_CHANGED, or VF_REASON_INTERNAL when the system refuses. */
gboolean vf_host_change_make (int root, const VfAmendment *amendment, GError **error);
gboolean vf_host_change_take_back (int root, const VfAmendment *amendment, GError **error);

/* Replaces the file at @path below @root, whose folder is there, by one with @text, or makes it
 * with
 * @mode; it is on the disk when this returns. */
gboolean
vf_host_change_write (int root, const char *path, const char *text, guint mode, GError **error);
