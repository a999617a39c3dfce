/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads kernel modules by libkmod, as modprobe does. */
#pragma once

#include <glib.h>

/* A VfmLoad; @unused is not looked at. Heeds /etc/modprobe.d, but runs no command that stands
 * there. Fails with VF_REASON_NO_VFIO_PCI when it is not there, is blacklisted or the kernel
 * refuses it. */
gboolean vfm_kmod_load (const char *name, gpointer unused, GError **error);
