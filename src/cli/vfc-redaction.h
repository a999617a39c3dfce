/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes out of a text what tells who somebody is, or which machine it is: names that it is given,
 * and what can be known by its form: UUIDs, MAC and IP addresses, serial numbers, and what lies in
 * home folders and below mount points of users. A placeholder stands for each, "vm-1", "uuid-2",
 * and the same one for the same thing in every text, so that one can still follow which is which.
 * PCI addresses and ids of devices stay. */
#pragma once

#include <glib.h>

typedef struct _VfcRedaction VfcRedaction;

/* Without names; the caller owns it. */
VfcRedaction *vfc_redaction_new (void);
void vfc_redaction_free (VfcRedaction *redaction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfcRedaction, vfc_redaction_free)

/* From now on "KIND-NUMBER" stands for @name, which may be NULL for none, wherever it is a word of
 * its own, in upper or lower case, also as systemd and the device mapper write it. Not for one that
 * tells nothing: without a letter, of one character, or a word like "host", "root" and "debian". */
void vfc_redaction_add (VfcRedaction *redaction, const char *kind, const char *name);

/* The caller owns the result. NULL with VF_REASON_INTERNAL when the text could not be looked
 * through; none of it may be shown then. */
char *vfc_redaction_apply (VfcRedaction *redaction, const char *text, GError **error);
