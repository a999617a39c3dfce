/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds what of a fake machine is not devices: proc and lib/modules. */
#pragma once

#include "fake-machine.h"

void fake_proc_build (const FakeMachine *machine, const char *root);
