/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The doctor's findings in a dialog. */
#pragma once

#include "vfl-host.h"

#include <adwaita.h>

#define VFU_TYPE_CHECKUP_DIALOG (vfu_checkup_dialog_get_type ())
G_DECLARE_FINAL_TYPE (VfuCheckupDialog, vfu_checkup_dialog, VFU, CHECKUP_DIALOG, AdwWindow)

/* Shows it in front of @parent, and looks at once. */
void vfu_checkup_dialog_open (GtkWindow *parent, VflHost *host);
