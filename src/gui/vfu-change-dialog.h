/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialog that gives a VM a GPU, or takes it back: what will happen, the steps, the result. */
#pragma once

#include "vfl-change.h"

#include <adwaita.h>

#define VFU_TYPE_CHANGE_DIALOG (vfu_change_dialog_get_type ())
G_DECLARE_FINAL_TYPE (VfuChangeDialog, vfu_change_dialog, VFU, CHANGE_DIALOG, AdwWindow)

GtkWidget *vfu_change_dialog_new (GtkWindow *parent, VflHost *host, VflChange *change);
