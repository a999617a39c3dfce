/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The doctor's findings about this host, in rows: the fact, and what to do. */
#pragma once

#include "vfl-host.h"

#define VFL_TYPE_CHECKUP (vfl_checkup_get_type ())
G_DECLARE_FINAL_TYPE (VflCheckup, vfl_checkup, VFL, CHECKUP, GObject)

/* Begins at once. Properties: "running", and "words" for how it stands as a whole. */
VflCheckup *vfl_checkup_new (VflHost *host);

/* Looks once more, unless it is looking. */
void vfl_checkup_again (VflCheckup *self);

gboolean vfl_checkup_is_running (VflCheckup *self);

/* VflFact items; they belong to the checkup and stay the same lists. */
GListModel *vfl_checkup_failed (VflCheckup *self);
GListModel *vfl_checkup_warnings (VflCheckup *self);
GListModel *vfl_checkup_unknown (VflCheckup *self);
GListModel *vfl_checkup_well (VflCheckup *self);
