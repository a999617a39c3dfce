/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helpers without their socket units, for a recovery by hand: this program listens in their
 * place, and starts one process for each connection as systemd does, with the connection as its
 * standard input and output and with no more rights than its unit gives it. */
#pragma once

#include <glib.h>

typedef struct _VfdHelperChildren VfdHelperChildren;

/* @programs is the folder of the helper programs. Listens in a new folder that only this user can
 * enter. VF_REASON_INTERNAL. */
VfdHelperChildren *vfd_helper_children_new (const char *programs, GError **error);
/* Removes that folder. Children end with their connections. */
void vfd_helper_children_free (VfdHelperChildren *children);

/* The folder of the sockets; belongs to @children. */
const char *vfd_helper_children_folder (const VfdHelperChildren *children);
