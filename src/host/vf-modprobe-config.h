/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is set for modules in modprobe.d(5) and on the kernel's command line that goes against
 * lending a GPU when it is needed. libkmod reads the same, but does not tell where it stands. */
#pragma once

#include "vf-host-facts.h"
#include "vf-sysfs.h"

/* Fills reservations and bans of @facts, whose command line is there already. @root is the
 * machine's root. Files that cannot be read are left out. */
void vf_modprobe_config_read (const VfSysfs *root, VfHostFacts *facts);
