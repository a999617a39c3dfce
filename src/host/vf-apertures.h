/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the host sees of the memory of its display functions. Wakes none of them. */
#pragma once

#include "vf-host-facts.h"
#include "vf-snapshot.h"
#include "vf-sysfs.h"

/* Fills the apertures of @facts. @root is the machine's root. */
void vf_apertures_read (const VfSysfs *root, const VfSnapshot *machine, VfHostFacts *facts);
