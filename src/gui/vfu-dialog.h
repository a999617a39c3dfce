/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A dialog that is shown. */
#pragma once

#include <adwaita.h>

/* As gtk_window_present(), and screen readers call its buttons what they say. */
void vfu_dialog_present (GtkWidget *dialog);
