/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keeps a desktop on one GPU and off another. Pure. */
#pragma once

#include "vf-pci-address.h"

/* Relative to the host's root, as those of all files. */
#define VF_DESKTOP_PIN_RULES "etc/udev/rules.d/72-virtflow-desktop.rules"

/* The files (VfAmendment) that keep compositors and X servers off the card at @spare; @shown is the
 * one that they are to use. @xorg: there is an X server to tell. The caller owns the array, which
 * frees them. */
GPtrArray *vf_desktop_pin_files (VfPciAddress spare, VfPciAddress shown, gboolean xorg);

/* Whether @text is that of one of these files, for whichever cards. */
gboolean vf_desktop_pin_has_made (const char *text);
