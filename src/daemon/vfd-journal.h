/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of one GPU: a preallocated file of two slots. A write goes to the slot that does not
 * hold the newest value, and is synced; so a torn write leaves the value before it, and once the
 * file is there a full disk cannot keep a write out. */
#pragma once

#include "vf-pci-address.h"

#include <gio/gio.h>

typedef struct _VfdJournal VfdJournal;

/* The journal of the GPU at @address in the folder @folder_fd, which stays the caller's and must
 * outlive it. Nothing is read or made yet. */
VfdJournal *vfd_journal_new (int folder_fd, VfPciAddress address);
void vfd_journal_free (VfdJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdJournal, vfd_journal_free)

/* The newest value, of @type; the caller owns it. NULL without an error when there is no file;
 * NULL with VF_REASON_FOREIGN_STATE when no slot is valid, or the file is none to believe
 * (vfd-state-file.h). */
GVariant *vfd_journal_read (VfdJournal *journal, const char *type, GError **error);

/* Makes the file when there is none, then writes and syncs. Takes a floating @value. On failure the
 * newest value is the one before. */
gboolean vfd_journal_write (VfdJournal *journal, GVariant *value, GError **error);

/* Removes the file; when that fails, again and again as long as the main loop runs, and before the
 * next value is written. */
void vfd_journal_drop (VfdJournal *journal);

/* The addresses that have a file in @folder_fd, as VfPciAddress values; the caller owns the array.
 */
GArray *vfd_journal_list (int folder_fd);
