/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The protocol of virtflow-modules, which loads vfio-pci and the drivers of GPUs. */
#pragma once

#include "vf-sysfs.h"

/* What the kernel's modules are reached by. */
typedef struct {
    /* Loads the module @name and what it needs. Succeeds when it is there already. */
    gboolean (*load) (const char *name, gpointer data, GError **error);
    /* The names of the modules that modules.alias has for @modalias; the caller owns them. */
    GStrv (*find) (const char *modalias, gpointer data);
    gpointer data;
} VfmModules;

/* Carries out the load-module steps that come in on @socket until the peer closes. Loaded is
 * vfio-pci, or what vfm_host_driver_load() loads for a function of the machine at @root; any other
 * step is refused with VF_REASON_INTERNAL. Returns the status that the program ends with. */
int vfm_service_run (int socket, const VfSysfs *root, const VfmModules *modules);
