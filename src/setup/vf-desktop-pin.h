/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keeps a desktop on one GPU and off another. Pure. */
#pragma once

#include "vf-pci-function.h"

/* Relative to the host's root, as those of all files. */
#define VF_DESKTOP_PIN_RULES "etc/udev/rules.d/72-virtflow-desktop.rules"

/* The files (VfAmendment) that keep compositors and X servers off the card of @spare; @shown is
 * that of the one that they are to use. @xorg: there is an X server to tell. The caller owns the
 * array, which frees them. */
GPtrArray *
vf_desktop_pin_files (const VfPciFunction *spare, const VfPciFunction *shown, gboolean xorg);

/* The card that the rules @text keep a desktop off; FALSE when they are not of this making. */
gboolean vf_desktop_pin_read (const char *text, VfPciAddress *spare);
