/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's side of its protocol: a step comes in, what became of it goes out. */
#pragma once

#include "vf-sysfs.h"
#include "vfw-kernel.h"

/* Carries out the steps that come in on @socket until the peer closes. Returns the status that the
 * program ends with. */
int vfw_service_run (int socket, const VfSysfs *root, VfwKernel *kernel);
