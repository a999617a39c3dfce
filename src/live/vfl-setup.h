/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this host lacks and set-up can put right, in rows; and that it is put right, or taken back.
 */
#pragma once

#include <gio/gio.h>

#define VFL_TYPE_SETUP (vfl_setup_get_type ())
G_DECLARE_FINAL_TYPE (VflSetup, vfl_setup, VFL, SETUP, GObject)

/* Looks at once. @bus is as in vfl_host_new(). Properties: "words" for what goes on or came of it,
 * empty before; "busy", while something goes on, when the others are of before; "can-make" and
 * "can-undo"; "worth-showing" when there is any of it; "settled" when the host is known to lack
 * nothing. Where the service is not there, nothing is lacking. Signal: "changed", when the host may
 * not be what it was. */
VflSetup *vfl_setup_new (const char *bus);

/* The same with an eye to one thing only: that the desktop leaves the GPU at @gpu, an address, to
 * VMs. Where the service is not there, "words" says so. */
VflSetup *vfl_setup_new_for_desktop (const char *bus, const char *gpu);

/* Looks once more, unless something goes on. */
void vfl_setup_look (VflSetup *self);

/* Makes all that it can, or takes back all that was made. polkit may ask for a password. */
void vfl_setup_make (VflSetup *self);
void vfl_setup_undo (VflSetup *self);

/* VflFact items; they belong to @self, and it stays the same list. */
GListModel *vfl_setup_lacks (VflSetup *self);
