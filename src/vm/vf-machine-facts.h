/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page about a VM shows of its hardware. Calls block. */
#pragma once

#include "vf-domain-facts.h"
#include "vf-machine.h"

/* The hardware that @machine has at its next start, which for one that runs may be other than it
 * has now. The caller owns it. VF_REASON_NO_SUCH_VM, VF_REASON_LIBVIRT_FAILED. */
VfDomainFacts *vf_machine_facts (const VfMachine *machine, GError **error);
