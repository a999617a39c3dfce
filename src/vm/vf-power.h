/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What else can be done to a VM that runs, and its start with the host. Calls block. */
#pragma once

#include "vf-machine.h"

/* Asks the guest to restart; QEMU, and with it the VM's GPU, stays. */
gboolean vf_power_reboot (const VfMachine *machine, GError **error);

/* Stops the VM's processors where they are, and lets them go on. */
gboolean vf_power_pause (const VfMachine *machine, GError **error);
gboolean vf_power_resume (const VfMachine *machine, GError **error);

/* Whether it starts when the host does. */
gboolean vf_power_set_autostart (const VfMachine *machine, gboolean autostart, GError **error);
