/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would be done to a VM, before it is done. A value with owned strings. */
#pragma once

#include <glib.h>

typedef struct {
    gboolean stops_vm;
    char *before; /* the domain's text, with passwords */
    char *after;  /* as it would be given to libvirt */
} VfPreview;

void vf_preview_clear (VfPreview *preview);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VfPreview, vf_preview_clear)

/* What changes in the text, for people: lines with - and +, and passwords as asterisks. The caller
 * owns it. */
char *vf_preview_diff (const VfPreview *preview);
