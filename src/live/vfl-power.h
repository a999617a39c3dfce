/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person can do to a VM with one press: start it, end it, hold it. */
#pragma once

#include "vfl-machines.h"

typedef enum {
    VFL_POWER_START,
    VFL_POWER_STOP, /* asks the guest, and waits until it has stopped */
    VFL_POWER_FORCE_OFF,
    VFL_POWER_REBOOT,
    VFL_POWER_PAUSE,
    VFL_POWER_RESUME,
    VFL_POWER_AUTOSTART, /* turns it on or off */
} VflPower;
#define VFL_N_POWERS (VFL_POWER_AUTOSTART + 1)

/* "start", "stop", ...: the name of its action. */
const char *vfl_power_id (VflPower power);

/* Whether it makes sense as @machine stands. */
gboolean vfl_power_is_possible (VflMachine *machine, VflPower power);

/* Does it in a thread. @machine is busy until @done, and shows what libvirt has of it then. */
void vfl_power_do (VflMachines *machines,
                   VflMachine *machine,
                   VflPower power,
                   GAsyncReadyCallback done,
                   gpointer data);
gboolean vfl_power_finish (GAsyncResult *result, GError **error);
