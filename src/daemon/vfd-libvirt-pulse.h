/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a libvirt daemon lives, without a word to it. */
#pragma once

#include "vf-sysfs.h"

#include <sys/types.h>

/* libvirtd and virtqemud hold a lock on their pid file as long as they live (libvirt's
 * src/util/virpidfile.c), which anybody can test for. @root is the machine's root. */
gboolean vfd_libvirt_pulse_beats (const VfSysfs *root);

/* The process that is that daemon; 0 when none lives, -1 when the kernel does not tell. */
pid_t vfd_libvirt_pulse_owner (const VfSysfs *root);

/* Whether @daemon, which it was, still is one. */
gboolean vfd_libvirt_pulse_is (const VfSysfs *root, pid_t daemon);

/* The one that lives, "libvirtd" or "virtqemud", which is its unit as well; "libvirtd" when none
 * does. */
const char *vfd_libvirt_pulse_unit (const VfSysfs *root);
