/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The drivers of the host that a card may come home to, when they were unloaded meanwhile. */
#pragma once

#include "vf-step.h"
#include "vfm-service.h"

/* Loads the driver that the value of @step names; "" loads whatever is made for the function, as
 * udev does when it finds one. Loaded are only modules of the compiled-in list, and of these only
 * what modules.alias has for the function: its modalias is read from sysfs below @root, and its ids
 * have to be those of the step (VF_REASON_IDENTITY_CHANGED). VF_REASON_STEP_REJECTED when the named
 * driver is not there afterwards; with "" that there is none is no failure. */
gboolean vfm_host_driver_load (const VfSysfs *root,
                               const VfmModules *modules,
                               gpointer data,
                               const VfStep *step,
                               GError **error);
