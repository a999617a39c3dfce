/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether libvirt calls the hook. Its daemon looks for hooks when it starts and when it is
 * reloaded, so one that was installed while it ran is not called. */
#pragma once

#include <glib.h>

typedef struct _VfdHookPulse VfdHookPulse;

/* Calls @changed when it is another than before. Nothing is known at first. */
VfdHookPulse *vfd_hook_pulse_new (void (*changed) (gpointer data), gpointer data);
void vfd_hook_pulse_free (VfdHookPulse *pulse);

/* The hook was called. */
void vfd_hook_pulse_feel (VfdHookPulse *pulse);

/* libvirt has started the VM called @name, and the hook was not called for it. */
void vfd_hook_pulse_miss (VfdHookPulse *pulse, const char *name);

/* The VM for which it was missed since it was felt last; NULL when it was not. Belongs to @pulse.
 */
const char *vfd_hook_pulse_missed (const VfdHookPulse *pulse);

/* Whether it was felt since this daemon began. */
gboolean vfd_hook_pulse_felt (const VfdHookPulse *pulse);
