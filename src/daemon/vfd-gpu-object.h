/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The D-Bus object of a GPU: its properties and its methods. */
#pragma once

#include <gio/gio.h>

struct _VfdGpu;

typedef struct _VfdGpuObject VfdGpuObject;

/* On the bus from the first vfd_gpu_object_show() that finds the card. @gpu outlives it. */
VfdGpuObject *vfd_gpu_object_new (struct _VfdGpu *gpu);
void vfd_gpu_object_free (VfdGpuObject *object);

/* Sets all properties but those of the switch from the GPU's lease and the newest snapshot. */
void vfd_gpu_object_show (VfdGpuObject *object, const char *state);

/* Sets the state alone. */
void vfd_gpu_object_show_state (VfdGpuObject *object, const char *state);

/* Takes a floating @steps. */
void vfd_gpu_object_show_steps (VfdGpuObject *object, GVariant *steps, guint step);

/* The result of a switch that ended. */
void vfd_gpu_object_show_result (VfdGpuObject *object, const GError *error);

/* While a switch runs there is none. */
void vfd_gpu_object_clear_result (VfdGpuObject *object);
