/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connection to libvirt as it comes and goes. */
#pragma once

#include "vf-libvirt.h"
#include "vfl-link.h"

#include <gio/gio.h>

#define VFL_TYPE_LIBVIRT (vfl_libvirt_get_type ())
G_DECLARE_FINAL_TYPE (VflLibvirt, vfl_libvirt, VFL, LIBVIRT, GObject)

/* Emits "link" when it stands otherwise, and "domain" (virDomain *, which belongs to the emission)
 * when libvirt tells that something happened to one. Connects nothing by itself. */
VflLibvirt *vfl_libvirt_new (void);

/* Tries now, unless it is connected or tries already. A connection that broke is tried again
 * without being asked, a few times and ever more slowly. */
void vfl_libvirt_connect (VflLibvirt *self);

VflLink vfl_libvirt_link (VflLibvirt *self);

/* Why it is down; NULL when it is not. */
const GError *vfl_libvirt_error (VflLibvirt *self);

/* Around a question that a libvirt which is well answers at once: it is silent when the answer does
 * not come. */
void vfl_libvirt_begin_question (VflLibvirt *self);
void vfl_libvirt_end_question (VflLibvirt *self);

/* NULL while there is none; one that is silent is there. Threads use it with a reference of their
 * own (virConnectRef()). */
virConnect *vfl_libvirt_connection (VflLibvirt *self);

/* Gives such a reference back: virConnectClose() as a GDestroyNotify. */
void vfl_libvirt_release (gpointer connection);
