/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads and unloads kernel modules by libkmod, as modprobe does. Heeds /etc/modprobe.d, but runs no
 * command that stands there. These are what VfmModules asks for; @unused is not looked at. */
#pragma once

#include <glib.h>

/* Fails with VF_REASON_NO_VFIO_PCI when it is not there, is blacklisted or the kernel refuses it.
 */
gboolean vfm_kmod_load (const char *name, gpointer unused, GError **error);

/* Loads it even if it is blacklisted: that keeps what finds hardware from loading it, and it was
 * loaded all the same. Where a command stands for it that loads a module under another file name in
 * the end, as with Debian's packages of NVIDIA's driver, that one is loaded. */
gboolean vfm_kmod_reload (const char *name, gpointer unused, GError **error);

/* Never waits for who uses it. */
gboolean vfm_kmod_unload (const char *name, gpointer unused, GError **error);

gboolean vfm_kmod_is_loaded (const char *name, gpointer unused);

/* The names of the modules that modules.alias has for @modalias; the caller owns them. */
GStrv vfm_kmod_find (const char *modalias, gpointer unused);
