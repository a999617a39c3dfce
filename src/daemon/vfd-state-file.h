/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what lies in a state folder may be believed. Root reads there as well, so all that a
 * stranger could have put there is refused: a link, a pipe, a device, another's file, one that
 * others may write to, or one that is longer than what the daemon writes. Every refusal is
 * VF_REASON_FOREIGN_STATE, in words that go on after "cannot be read: ". */
#pragma once

#include <glib.h>
#include <sys/stat.h>

/* Whether a folder like that is @owner's, and nobody else's to write. @path is for words. */
gboolean vfd_state_file_judge_folder (const char *path,
                                      const struct stat *status,
                                      uid_t owner,
                                      GError **error);

/* Opens the folder NAME in the folder at @path; makes both, for the caller alone, where they are
 * not there. Both must be folders, no links, of @owner, and nobody else's to write. Returns the
 * descriptor, which the caller closes, or -1. */
int vfd_state_file_open_folder (const char *path, const char *name, uid_t owner, GError **error);

/* Opens the file NAME in the folder @folder_fd, with @access (O_RDONLY or O_RDWR): a plain file of
 * the folder's owner, with no other name, at most @longest bytes long, and nobody else's to write.
 * Opening it never waits. Returns the descriptor, which the caller closes, or -1; without an error
 * when there is no such file. */
int
vfd_state_file_open (int folder_fd, const char *name, int access, gsize longest, GError **error);
