/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The protocol of virtflow-modules, which loads vfio-pci and drivers of GPUs, and unloads and loads
 * again the modules of NVIDIA's driver. */
#pragma once

#include "vf-step.h"
#include "vf-sysfs.h"

/* What can be done with the kernel module @name; @data is the receiver's. */
typedef struct {
    /* Loads it and what it needs, if the administrator's configuration allows that. Succeeds when
     * it is there already. VF_REASON_NO_VFIO_PCI. */
    gboolean (*load) (const char *name, gpointer data, GError **error);
    /* Loads one that was loaded before. VF_REASON_STEP_REJECTED. */
    gboolean (*reload) (const char *name, gpointer data, GError **error);
    /* Unloads it, or refuses at once while it is used: VF_REASON_MODULE_IN_USE; else
     * VF_REASON_STEP_REJECTED. */
    gboolean (*unload) (const char *name, gpointer data, GError **error);
    gboolean (*is_loaded) (const char *name, gpointer data);
    /* The names of the modules that modules.alias has for @modalias; the caller owns them. */
    GStrv (*find) (const char *modalias, gpointer data);
} VfmModules;

/* Carries out one step: load-module, note-modules, unload-modules or load-modules; any other step,
 * driver or module is refused with VF_REASON_INTERNAL. @root is the machine's root. Returns the
 * answer of the step, which the caller owns; NULL with an error. */
char *vfm_service_carry_out (const VfSysfs *root,
                             const VfmModules *modules,
                             gpointer data,
                             const VfStep *step,
                             GError **error);

/* The same for the steps that come in on @socket, until the peer closes. Returns the status that
 * the program ends with. */
int vfm_service_run (int socket, const VfSysfs *root, const VfmModules *modules, gpointer data);
