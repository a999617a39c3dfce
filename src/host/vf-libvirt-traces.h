/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which VMs libvirt is not done with.
 *
 * libvirt's daemon keeps a status file of each VM: it is there before QEMU is executed
 * (qemuProcessLaunch in src/qemu/qemu_process.c) and is taken away behind the last thing that is
 * done to the host devices of a VM that has ended (qemuProcessStop, whoever or whatever ended it).
 * So a card that no file names will not be reset any more. */
#pragma once

#include "vf-sysfs.h"

/* Below the machine's root. Anybody may list it; what is in the files only root may read. */
#define VF_LIBVIRT_TRACES_FOLDER "run/libvirt/qemu"

/* The name of the VM whose status file is called @file; NULL for any other file. The caller owns
 * it.
 */
char *vf_libvirt_traces_name (const char *file);

/* The names, escaped for a terminal, of the VMs whose status files name a function in the slot of
 * @address as a host device, and of those whose file cannot be read; the caller owns the array,
 * which frees them. NULL with VF_REASON_INTERNAL when there is no such folder, or none that can be
 * read: that proves nothing. @root is the machine's root. */
GPtrArray *vf_libvirt_traces_find (const VfSysfs *root, VfPciAddress address, GError **error);
