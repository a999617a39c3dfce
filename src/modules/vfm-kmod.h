/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads kernel modules by libkmod, as modprobe does. */
#pragma once

#include <glib.h>

/* Those of VfmModules; @unused is not looked at. Loading heeds /etc/modprobe.d, but runs no command
 * that stands there. It fails with VF_REASON_NO_VFIO_PCI when the module is not there, is
 * blacklisted or the kernel refuses it. */
gboolean vfm_kmod_load (const char *name, gpointer unused, GError **error);
GStrv vfm_kmod_find (const char *modalias, gpointer unused);
