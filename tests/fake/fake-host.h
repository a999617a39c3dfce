/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fake machine that runs: its folder, its kernel, and what the programs read it with. */
#pragma once

#include "fake-kernel.h"
#include "vf-sysfs.h"

typedef struct {
    FakeMachine *machine;
    FakeKernel *kernel;
    VfSysfs *root;
    char *folder;
} FakeHost;

/* The machine of tests/machines/NAME.machine, in a new folder. */
FakeHost *fake_host_new (const char *name);
/* Removes the folder as well. */
void fake_host_free (FakeHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeHost, fake_host_free)

/* All that there is of the machine as text, a line for each file with its mode and contents. What
 * loading vfio-pci leaves behind is left out: nothing ever unloads it. The caller owns it. */
char *fake_host_fingerprint (const FakeHost *host);

/* Fails the test with the lines that differ, when the machine does not look as in @fingerprint. */
void fake_host_assert_same (const FakeHost *host, const char *fingerprint, const char *when);

/* Ids of the function at @address as a step has them; 0 when there is none. */
guint32 fake_host_ids (const FakeHost *host, VfPciAddress address);

/* The address of a text that must be one. */
VfPciAddress fake_host_address (const char *text);
