/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wait for a GPU's way back to the host when its VM stops. */
#pragma once

#include "vfc-run.h"

typedef struct _VfcHomecoming VfcHomecoming;

/* Begins to follow the GPU that the VM with this UUID has now; NULL when it has none. To be made
 * before the VM is stopped. The caller owns it. */
VfcHomecoming *vfc_homecoming_new (VfClient *client, const char *uuid);
/* The same for a GPU that is known. */
VfcHomecoming *vfc_homecoming_of (VfClientGpu *gpu);
void vfc_homecoming_free (VfcHomecoming *homecoming);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfcHomecoming, vfc_homecoming_free)

/* Runs the default main context until the GPU was seen on the host since: it may leave again, as
 * where the daemon looks a second time. Fails with the reason why it was not. */
gboolean vfc_homecoming_wait (VfcHomecoming *homecoming, GError **error);

/* The GPU; belongs to @homecoming. */
VfClientGpu *vfc_homecoming_gpu (VfcHomecoming *homecoming);
