/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of the daemon's that may be anything: it belongs to the daemon's user, and root reads it
 * as well. */
#pragma once

#include <glib.h>

/* Opens @name in the folder @folder_fd to read and to write, if it is a regular file of the owner
 * of that folder, under one name and of at most @most bytes. Nothing else is opened, not even to
 * look at it. Returns a descriptor that the caller owns; -1 without an error when there is no such
 * file; -1 with VF_REASON_FOREIGN_STATE that says what it is instead. */
int vfd_state_file_open (int folder_fd, const char *name, gsize most, GError **error);
