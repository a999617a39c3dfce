/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the calls to libvirt that change how a VM runs, but start and stop. */
#include "vf-power.h"

gboolean
vf_power_reboot (const VfMachine *machine, GError **error)
{
    if (virDomainReboot (machine->domain, 0) >= 0)
        return TRUE;
    vf_libvirt_set_error (error, "The VM %s could not be restarted", machine->name);
    return FALSE;
}

gboolean
vf_power_pause (const VfMachine *machine, GError **error)
{
    if (virDomainSuspend (machine->domain) >= 0)
        return TRUE;
    vf_libvirt_set_error (error, "The VM %s could not be paused", machine->name);
    return FALSE;
}

gboolean
vf_power_resume (const VfMachine *machine, GError **error)
{
    /* A guest that put itself to sleep is woken; processors that were stopped are let go on. */
    if (machine->state == VF_MACHINE_SUSPENDED) {
        if (virDomainPMWakeup (machine->domain, 0) >= 0)
            return TRUE;
        vf_libvirt_set_error (error, "The VM %s could not be woken", machine->name);
        return FALSE;
    }
    if (virDomainResume (machine->domain) >= 0)
        return TRUE;
    vf_libvirt_set_error (error, "The VM %s could not be resumed", machine->name);
    return FALSE;
}

gboolean
vf_power_set_autostart (const VfMachine *machine, gboolean autostart, GError **error)
{
    if (virDomainSetAutostart (machine->domain, autostart) >= 0)
        return TRUE;
    vf_libvirt_set_error (error, "The VM %s could not be told whether to start with the host",
                          machine->name);
    return FALSE;
}
