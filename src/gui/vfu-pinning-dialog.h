/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialog that keeps the desktop off a card: what is changed on the host, and the log-out. */
#pragma once

#include "vfl-pinning.h"

#include <adwaita.h>

#define VFU_TYPE_PINNING_DIALOG (vfu_pinning_dialog_get_type ())
G_DECLARE_FINAL_TYPE (VfuPinningDialog, vfu_pinning_dialog, VFU, PINNING_DIALOG, AdwWindow)

/* Shows it in front of @parent, the dialog of @change, which a desktop stands against. */
void vfu_pinning_dialog_open (GtkWindow *parent, VflChange *change);
