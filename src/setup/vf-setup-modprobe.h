/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody has told modprobe that stands against lending GPUs, put right. Pure. */
#pragma once

#include "vf-setup-plan.h"

/* The items "reservations", of ids of GPUs that are vfio-pci's as soon as it is loaded, and
 * "modules", of bans of vfio's own modules: drivers of GPUs are banned for reasons that nobody
 * knows here. Empty when nothing stands there; the caller owns them. */
VfSetupItem *vf_setup_modprobe_free_gpus (const VfSetupScene *scene);
VfSetupItem *vf_setup_modprobe_lift_bans (const VfSetupScene *scene);

/* @text, a list of ids behind "=" ("ids=10de:1e84,1912:0014"), without those of GPUs; NULL when no
 * id is left, or none was there. The caller owns it. */
char *vf_setup_modprobe_without_gpus (const char *text, const VfSnapshot *machine);
