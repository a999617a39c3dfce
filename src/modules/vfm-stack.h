/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The modules of NVIDIA's driver, which are unloaded and loaded together. */
#pragma once

#include "vfm-service.h"

/* Which of them are loaded, or were when @known was answered; names with spaces between, in the
 * order in which they can be unloaded. The caller owns the text. VF_REASON_INTERNAL when something
 * else is in @known. */
char *vfm_stack_note (const VfmModules *modules, gpointer data, const char *known, GError **error);

/* Unloads them, so that the function of @step loses its driver. What keeps a taken-over daemon from
 * unloading the driver of a card that the host needs: the function has the ids of the step and is
 * reserved for vfio-pci (which the worker does only to what may be taken), and no other slot has
 * the driver; else VF_REASON_STEP_REJECTED or VF_REASON_IDENTITY_CHANGED. VF_REASON_MODULE_IN_USE
 * when the kernel refuses; those that are gone by then stay so until they are loaded again. */
gboolean vfm_stack_unload (const VfSysfs *root,
                           const VfmModules *modules,
                           gpointer data,
                           const VfStep *step,
                           GError **error);

/* Loads those in @names, the needed ones first. */
gboolean
vfm_stack_load (const VfmModules *modules, gpointer data, const char *names, GError **error);
