/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is known of libvirt's calls of the hook. */
#include "vfd-hook-pulse.h"

struct _VfdHookPulse {
    gboolean felt;
    char *missed; /* or NULL */
    void (*changed) (gpointer data);
    gpointer data;
};

VfdHookPulse *
vfd_hook_pulse_new (void (*changed) (gpointer data), gpointer data)
{
    VfdHookPulse *pulse = g_new0 (VfdHookPulse, 1);

    pulse->changed = changed;
    pulse->data = data;
    return pulse;
}

void
vfd_hook_pulse_free (VfdHookPulse *pulse)
{
    g_free (pulse->missed);
    g_free (pulse);
}

static void
set_missed (VfdHookPulse *pulse, const char *name)
{
    if (g_strcmp0 (pulse->missed, name) == 0)
        return;
    g_free (pulse->missed);
    pulse->missed = g_strdup (name);
    pulse->changed (pulse->data);
}

void
vfd_hook_pulse_feel (VfdHookPulse *pulse)
{
    gboolean is_first = !pulse->felt;

    pulse->felt = TRUE;
    set_missed (pulse, NULL);
    if (is_first)
        pulse->changed (pulse->data);
}

void
vfd_hook_pulse_miss (VfdHookPulse *pulse, const char *name)
{
    set_missed (pulse, name);
}

const char *
vfd_hook_pulse_missed (const VfdHookPulse *pulse)
{
    return pulse->missed;
}

gboolean
vfd_hook_pulse_felt (const VfdHookPulse *pulse)
{
    return pulse->felt;
}
