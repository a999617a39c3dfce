/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A look at the guest that runs in a VM, as its own agent tells: for advice only. Nothing is ever
 * decided by it, since a guest says what it likes. A value with owned strings. */
#pragma once

#include "vf-machine.h"

/* How long a look takes at most, in milliseconds; enough for two questions that are answered late.
 */
#define VF_GUEST_LOOK_LIMIT 3000

typedef enum {
    VF_GUEST_NOT_RUNNING,      /* off, or paused: nobody could answer */
    VF_GUEST_NO_AGENT_CHANNEL, /* the domain has no channel org.qemu.guest_agent.0 */
    VF_GUEST_AGENT_SILENT,     /* the channel is there, and nobody answers */
    VF_GUEST_AGENT_ANSWERS,
} VfGuestAgent;

typedef enum {
    VF_GUEST_VIRTIO_UNKNOWN,
    VF_GUEST_VIRTIO_PRESENT,
    VF_GUEST_VIRTIO_MISSING,
} VfGuestVirtio;

typedef struct {
    VfGuestAgent agent;
    char *os; /* "Microsoft Windows 11", "Debian GNU/Linux 12 (bookworm)"; NULL: not known */
    gboolean is_windows;
    VfGuestVirtio virtio; /* whether the guest has drivers for VirtIO devices */
} VfGuest;

/* Looks for at most VF_GUEST_LOOK_LIMIT milliseconds; what did not arrive by then is not known.
 * Blocks; needs no main loop. A call that libvirt does not come back from is left to a thread of
 * its own. Changes how long libvirt waits for this agent, and sets it back to libvirt's default.
 * @machine tells whether the VM runs: see vf_machine_refresh(). The caller owns the result. */
VfGuest *vf_guest_look (const VfMachine *machine);

void vf_guest_free (VfGuest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfGuest, vf_guest_free)

/* What a person could do for the guest: sentences with what, why and what to do, in one paragraph.
 * NULL when there is nothing to say. The caller owns it. */
char *vf_guest_advice (const VfGuest *guest);

/* "not-running", "no-channel", "silent", "answers"; "unknown", "present", "missing"; stable. */
const char *vf_guest_agent_id (VfGuestAgent agent);
const char *vf_guest_virtio_id (VfGuestVirtio virtio);
