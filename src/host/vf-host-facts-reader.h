/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads what the doctor has to know of the host besides its PCI functions. Needs no rights. */
#pragma once

#include "vf-host-facts.h"
#include "vf-snapshot.h"
#include "vf-sysfs.h"

/* @root is the machine's root, @machine what was read of its PCI functions. The caller owns the
 * facts; what cannot be read is unknown there. */
VfHostFacts *vf_host_facts_reader_read (const VfSysfs *root, const VfSnapshot *machine);
