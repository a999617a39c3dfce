/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a VM: what can be done to it, its GPU, its hardware. */
#pragma once

#include "vfl-libvirt.h"
#include "vfl-machine.h"

#include <adwaita.h>

#define VFU_TYPE_MACHINE_PAGE (vfu_machine_page_get_type ())
G_DECLARE_FINAL_TYPE (VfuMachinePage, vfu_machine_page, VFU, MACHINE_PAGE, GtkWidget)

/* Shows @machine; NULL shows none. */
void vfu_machine_page_show (VfuMachinePage *self, VflLibvirt *libvirt, VflMachine *machine);
