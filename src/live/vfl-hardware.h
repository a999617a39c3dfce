/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a VM consists of, in rows, as its next start will have it. */
#pragma once

#include "vfl-libvirt.h"
#include "vfl-machine.h"

#define VFL_TYPE_HARDWARE (vfl_hardware_get_type ())
G_DECLARE_FINAL_TYPE (VflHardware, vfl_hardware, VFL, HARDWARE, GObject)

/* Reads it in a thread, and again when the VM changes, as long as it lives. */
VflHardware *vfl_hardware_new (VflLibvirt *libvirt, VflMachine *machine);

/* VflFact items; belongs to the object and stays the same list. */
GListModel *vfl_hardware_facts (VflHardware *self);
