/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recovery by hand: without the bus, and in the daemon's place, which must not run meanwhile. */
#pragma once

#include "vfd-life.h"

/* Brings every GPU that was left half-way to one side, as the daemon would when asked; or, when
 * @name is not NULL, the GPU at that address to the host, without a record of it as well. Says what
 * it did on standard output, a sentence for each GPU. What it finds in the daemon's folder it does
 * not believe more than the worker's laws allow. Returns the exit status. */
int vfd_rescue_run (const VfdSetup *setup, const char *name);
