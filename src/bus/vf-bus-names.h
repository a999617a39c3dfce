/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is called how on the bus: names, interfaces and object paths. */
#pragma once

#include "vf-pci-address.h"

#define VF_BUS_NAME "org.virtflow.VirtFlow1"
#define VF_BUS_HOST_INTERFACE "org.virtflow.VirtFlow1.Host"
#define VF_BUS_GPU_INTERFACE "org.virtflow.VirtFlow1.Gpu"
#define VF_BUS_HOOK_INTERFACE "org.virtflow.VirtFlow1.Hook"

/* The object of the host; also the ObjectManager above all GPUs. */
#define VF_BUS_HOST_PATH "/org/virtflow/VirtFlow1"
#define VF_BUS_GPU_PATH_PREFIX "/org/virtflow/VirtFlow1/gpu/"

/* The service that changes the host itself, which is another one. */
#define VF_BUS_SETUP_NAME "org.virtflow.VirtFlowSetup1"
#define VF_BUS_SETUP_INTERFACE "org.virtflow.VirtFlow1.Setup"
#define VF_BUS_SETUP_PATH "/org/virtflow/VirtFlow1/Setup"

/* "/org/virtflow/VirtFlow1/gpu/0000_01_00" for any function of that slot. The caller owns it. */
char *vf_bus_gpu_path (VfPciAddress address);
