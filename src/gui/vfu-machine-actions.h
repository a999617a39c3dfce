/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The actions on the VM that a window shows: "machine.start" and so on. */
#pragma once

#include "vfl-host.h"

#include <adwaita.h>

#define VFU_TYPE_MACHINE_ACTIONS (vfu_machine_actions_get_type ())
G_DECLARE_FINAL_TYPE (VfuMachineActions, vfu_machine_actions, VFU, MACHINE_ACTIONS, GObject)

/* Puts them into @window, which outlives them. */
VfuMachineActions *vfu_machine_actions_new (GtkWindow *window, VflHost *host);

/* What they act on; with NULL all are disabled. */
void vfu_machine_actions_set_machine (VfuMachineActions *self, VflMachine *machine);
