/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the calls to libvirt that change how a VM runs, but start and stop. */
#include "vf-power.h"

static gboolean
check (int result, const VfMachine *machine, const char *failure, GError **error)
{
    if (result >= 0)
        return TRUE;
    vf_libvirt_set_error (error, "The VM %s %s", machine->name, failure);
    return FALSE;
}

gboolean
vf_power_reboot (const VfMachine *machine, GError **error)
{
    return check (virDomainReboot (machine->domain, 0), machine, "could not be restarted", error);
}

gboolean
vf_power_pause (const VfMachine *machine, GError **error)
{
    return check (virDomainSuspend (machine->domain), machine, "could not be paused", error);
}

gboolean
vf_power_resume (const VfMachine *machine, GError **error)
{
    /* A guest that put itself to sleep is woken; processors that were stopped are let go on. */
    if (machine->state == VF_MACHINE_SUSPENDED)
        return check (virDomainPMWakeup (machine->domain, 0), machine, "could not be woken", error);
    return check (virDomainResume (machine->domain), machine, "could not be resumed", error);
}

gboolean
vf_power_set_autostart (const VfMachine *machine, gboolean autostart, GError **error)
{
    return check (virDomainSetAutostart (machine->domain, autostart), machine,
                  "could not be told whether to start with the host", error);
}
