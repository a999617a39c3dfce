/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stopping a VM, and waiting until it did. The calls block for as long as that takes: make them in
 * a thread, while another one runs the default main context, which libvirt's events come through.
 */
#pragma once

#include "vf-machine.h"

#include <gio/gio.h>

/* Asks the guest to shut down, as its power button does, until it has. Returns at once when the VM
 * is off. VF_REASON_GUEST_DID_NOT_STOP after @deadline milliseconds; the VM then still runs.
 * VF_REASON_NO_LIBVIRT when libvirt ends meanwhile; the VM may go on shutting down.
 * @cancellable (which may be NULL) ends the wait, from any thread: VF_REASON_CANCELLED. A guest
 * that was asked before cannot be asked to stay: it may go on shutting down. */
gboolean
vf_shutdown_ask (VfMachine *machine, guint deadline, GCancellable *cancellable, GError **error);

/* Ends the VM without asking the guest, which loses what it did not write. */
gboolean vf_shutdown_force (VfMachine *machine, GError **error);
