/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A look at all that is below a window at one moment, with few questions: on an emulated processor
 * each takes long. */
#pragma once

#include <gio/gio.h>

typedef struct _UiScan UiScan;

/* The window at the path @window of the program @owner on the bus of screen readers. */
UiScan *ui_scan_new (GDBusConnection *bus, const char *owner, const char *window);
void ui_scan_free (UiScan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiScan, ui_scan_free)

/* The things in the order of the tree; these belong to the scan. */
guint ui_scan_n_things (const UiScan *self);
guint ui_scan_role (const UiScan *self, guint index);
const char *ui_scan_name (const UiScan *self, guint index);
const char *ui_scan_path (const UiScan *self, guint index);

/* Which child of which it is, from the window down; the caller owns the array of guint. */
GArray *ui_scan_way (const UiScan *self, guint index);
