/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The modules of a fake machine as virtflow-modules has them loaded and unloaded. */
#pragma once

#include "fake-kernel.h"
#include "vfm-service.h"

/* What is done with them, of a FakeKernel. A module is in use while a module of the stack needs it
 * or a process has one of its nodes open. */
extern const VfmModules fake_modules;
