/* SPDX-License-Identifier: GPL-3.0-or-later OR GPL-2.0-only */
/* What ties the fake modules of NVIDIA's stack together, as symbols tie the real ones: each cannot
 * be unloaded before the one that uses it. */
#pragma once

/* The major number of all their device nodes. */
#define NVIDIA_MAJOR 195

/* Of nvidia, for nvidia_modeset: how many GPUs it drives. */
int nvidia_get_rm_ops (void);

/* Of nvidia_modeset, for nvidia_drm. */
int nvKmsKapiGetFunctionsTable (void);
