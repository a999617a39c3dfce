/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The D-Bus object of a GPU: its properties and its methods. */
#pragma once

#include "vfd-gpu.h"

typedef struct _VfdGpuObject VfdGpuObject;

/* Shows @gpu, which outlives it, while the card is in its slot. */
VfdGpuObject *vfd_gpu_object_new (VfdGpu *gpu);
void vfd_gpu_object_free (VfdGpuObject *object);
