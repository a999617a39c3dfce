/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A progress bar whose text is read aloud. */
#pragma once

#include <gtk/gtk.h>

/* From here on screen readers are told the text of @bar whenever it changes: GTK draws it and tells
 * nobody. */
void vfu_progress_speak (GtkProgressBar *bar);
