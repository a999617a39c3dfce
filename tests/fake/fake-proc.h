/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds what of a fake machine is not devices: proc and lib/modules. */
#pragma once

#include "fake-machine.h"

/* Adds a process to the machine at @root. */
void fake_proc_add (const FakeProcess *process, const char *root);

void fake_proc_build (const FakeMachine *machine, const char *root);
