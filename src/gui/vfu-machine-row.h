/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row of the sidebar: one VM, as its item has it. */
#pragma once

#include "vfl-machine.h"

#include <adwaita.h>

#define VFU_TYPE_MACHINE_ROW (vfu_machine_row_get_type ())
G_DECLARE_FINAL_TYPE (VfuMachineRow, vfu_machine_row, VFU, MACHINE_ROW, GtkListBoxRow)

GtkWidget *vfu_machine_row_new (VflMachine *machine);
