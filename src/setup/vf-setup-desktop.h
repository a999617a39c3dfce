/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desktop, kept off a GPU that VMs are to have. Pure. */
#pragma once

#include "vf-setup-plan.h"

/* The item "desktop". @wanted is the GPU that the desktop is to leave alone; NULL: the only card
 * that it can spare. Graphics that are built in are spared by name alone, and never does the
 * desktop lose the only monitor that is known of. Empty when nothing is to be done; the caller owns
 * it. */
VfSetupItem *vf_setup_desktop_pin (const VfSetupScene *scene, const VfPciAddress *wanted);
