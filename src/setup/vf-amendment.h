/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change of a file of the host that can be taken back even when somebody has changed other parts
 * of that file since: one line, a member of a group, or a whole file, link or folder of our own. A
 * value with owned strings. */
#pragma once

#include <glib.h>

typedef enum {
    VF_AMENDMENT_LINE,
    VF_AMENDMENT_MEMBER, /* of a group: its text is "libvirt:anna" (group(5), gshadow(5)) */
    VF_AMENDMENT_FILE,   /* there was none */
    VF_AMENDMENT_LINK,   /* the same; its text is what it points to */
    VF_AMENDMENT_FOLDER, /* the same; it has no text */
} VfAmendmentKind;

typedef struct {
    VfAmendmentKind kind;
    char *path;   /* below the machine's root, without a slash in front: "etc/default/grub" */
    char *before; /* the line as it is; NULL: there is none, and the new one becomes the first */
    char *after;  /* the line as it is to be, or the text; never NULL */
} VfAmendment;

/* Copies all. @before is NULL for what is no line. */
VfAmendment *
vf_amendment_new (VfAmendmentKind kind, const char *path, const char *before, const char *after);
void vf_amendment_free (VfAmendment *amendment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfAmendment, vf_amendment_free)

/* @text, of its file or NULL when there is none, with the change made; the caller owns it. NULL
 * with VF_REASON_FILE_CHANGED when the file does not have what is to be changed, exactly once, or
 * has what would be a second line of ours. What is so already stays. */
char *vf_amendment_apply (const VfAmendment *amendment, const char *text, GError **error);

/* @text with the change taken back; *@restored is NULL when there is to be no file, and else the
 * caller's. Words that were added to a line are taken out of it even if others have gone on writing
 * there. What is not there is taken back already. FALSE with VF_REASON_FILE_CHANGED when somebody
 * has changed what was changed. */
gboolean vf_amendment_revert (const VfAmendment *amendment,
                              const char *text,
                              char **restored,
                              GError **error);
