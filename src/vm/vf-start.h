/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start of a VM. */
#pragma once

#include "vf-machine.h"

/* Starts the VM, and answers when QEMU runs: libvirt waits meanwhile for the hook, and that for the
 * GPU. Call it in a thread of its own to show what goes on. A VM that runs stays as it is. When
 * VirtFlow's hook refused, the error has its sentence. */
gboolean vf_start (VfMachine *machine, GError **error);
