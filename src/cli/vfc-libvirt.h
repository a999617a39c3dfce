/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The libvirt connection of a run, and work that blocks on libvirt while the main loop runs. */
#pragma once

#include "vfc-run.h"

#include "vf-libvirt.h"

/* Connects to what --connect or LIBVIRT_DEFAULT_URI names, which must be qemu:///system: who set
 * the variable may well mean another machine. VF_REASON_NO_LIBVIRT when libvirt says nothing at
 * all; a person who is asked for a password is waited for. Who is told that must end soon: what
 * waits is left behind. The caller closes it. Calls on it fail some time after libvirt has stopped
 * to answer. */
virConnect *vfc_libvirt_open (const VfcRun *run, GError **error);

/* The same, and VF_REASON_NO_LIBVIRT as well when that takes more than @seconds, whatever it waits
 * for. */
virConnect *vfc_libvirt_open_within (const VfcRun *run, guint seconds, GError **error);

typedef gboolean (*VfcWork) (gpointer data, GError **error);

/* Does @work in a thread of its own and runs the default main context meanwhile, so that progress
 * is shown and libvirt's events arrive. */
gboolean vfc_libvirt_wait_for (VfcWork work, gpointer data, GError **error);
