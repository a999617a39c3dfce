/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The size of a window, kept from one run to the next. */
#pragma once

#include <gtk/gtk.h>

/* Gives @window the size that the last one had, and keeps its own when it is closed. */
void vfu_window_state_follow (GtkWindow *window);
