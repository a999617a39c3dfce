/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A GPU looked at closely, in rows: what is asked of the daemon each time, beside what it shows all
 * the time. Does not wake a card that sleeps. */
#pragma once

#include "vfl-daemon.h"

#define VFL_TYPE_INSPECTION (vfl_inspection_get_type ())
G_DECLARE_FINAL_TYPE (VflInspection, vfl_inspection, VFL, INSPECTION, GObject)

/* Asks at once, and again whenever the GPU changes, as long as it lives. */
VflInspection *vfl_inspection_new (VflDaemon *daemon, VflGpu *gpu);

/* VflFact items; they belong to the inspection and stay the same lists. */
GListModel *vfl_inspection_facts (VflInspection *self);   /* model, address, group, power, ... */
GListModel *vfl_inspection_moves (VflInspection *self);   /* the functions that move along */
GListModel *vfl_inspection_holders (VflInspection *self); /* who has it open */
GListModel *vfl_inspection_reasons (VflInspection *self); /* why it cannot be passed */
