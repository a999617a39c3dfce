/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages of a stack. */
#pragma once

#include <gtk/gtk.h>

/* Shows the page @name and hides the others, which a screen reader would find else. */
void vfu_pages_turn_to (GtkStack *pages, const char *name);
