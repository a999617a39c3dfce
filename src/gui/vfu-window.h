/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window: GPUs and VMs in a list, and the page of the one that was chosen. */
#pragma once

#include "vfl-host.h"

#include <adwaita.h>

#define VFU_TYPE_WINDOW (vfu_window_get_type ())
G_DECLARE_FINAL_TYPE (VfuWindow, vfu_window, VFU, WINDOW, AdwApplicationWindow)

GtkWidget *vfu_window_new (GtkApplication *application, VflHost *host);

/* Says @sentence in a toast, which stays until somebody has seen it. */
void vfu_window_tell (VfuWindow *self, const char *sentence);
