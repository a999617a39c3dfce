/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A kernel for the folder of a fake machine: a write has the effect that the real kernel was seen
 * to have. What it knows is in the folder, so that several programs can share one machine. */
#pragma once

#include "fake-machine.h"
#include "vfw-kernel.h"

typedef enum {
    FAKE_FAULT_NONE,
    FAKE_FAULT_ERRNO,        /* the write is refused and has no effect */
    FAKE_FAULT_NO_EFFECT,    /* the write succeeds and has no effect */
    FAKE_FAULT_HANG,         /* the writer gets stuck; its effect does not come */
    FAKE_FAULT_CRASH_BEFORE, /* the writer dies before the write */
    FAKE_FAULT_CRASH_AFTER,  /* the writer dies when the write has had its effect */
} FakeFault;

typedef struct {
    VfwKernel kernel; /* what the worker's executor is given */

    FakeMachine *machine;
    char *root;

    guint writes;   /* so far, mode changes included */
    guint fault_at; /* the write that goes wrong; the first one is 0 */
    FakeFault fault;
    int fault_errno;
    guint again;      /* so many writes after it, another one goes wrong alike; G_MAXUINT: none */
    gboolean crashed; /* the writer is dead: no write has an effect any more */
    gboolean hung;    /* the writer is stuck: as if dead, but it does not answer either */
} FakeKernel;

/* A kernel without faults for the folder at @root, which fake_tree_build() made of @machine.
 * @machine stays the caller's. */
FakeKernel *fake_kernel_new (FakeMachine *machine, const char *root);
void fake_kernel_free (FakeKernel *kernel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeKernel, fake_kernel_free)

/* The write number @at from now on goes wrong; 0 is the next one. */
void fake_kernel_inject (FakeKernel *kernel, guint at, FakeFault fault, int fault_errno);

/* And once more, when @after writes have gone well since. */
void fake_kernel_inject_again (FakeKernel *kernel, guint after);

/* What loading a module does: its driver is there, and takes what has none and is in its table.
 * VF_REASON_NO_VFIO_PCI when the machine has no such module. */
gboolean fake_kernel_load_module (FakeKernel *kernel, const char *module, GError **error);

/* The modules whose drivers have the function of @modalias in their table; the caller owns them. */
GStrv fake_kernel_find_modules (const FakeKernel *kernel, const char *modalias);

/* Unloads the driver's module. Nothing may be bound to it. */
void fake_kernel_unload_driver (FakeKernel *kernel, const char *driver);

/* The driver refuses every function that it is given, so many times; G_MAXUINT: for ever; 0: no
 * more. Holds for every program that shares the machine. */
void fake_kernel_refuse (const FakeKernel *kernel, const char *driver, guint times);

/* From here on nothing can be reset. */
void fake_kernel_fail_resets (const FakeKernel *kernel);

/* The driver that the function at @address is bound to now; NULL when none is. */
const FakeDriver *fake_kernel_driver_of (const FakeKernel *kernel, VfPciAddress address);

/* Binds to @driver, which is there now, every function without a driver that it takes; and takes
 * all of its functions from it. */
void fake_kernel_attach_all (const FakeKernel *kernel, const FakeDriver *driver);
void fake_kernel_detach_all (const FakeKernel *kernel, const FakeDriver *driver);

/* For whatever else changes the machine, and may go wrong as a write may: around the change.
 * FALSE: it does not come, and returns @result (0 or an errno). */
gboolean fake_kernel_begin (FakeKernel *kernel, FakeFault *fault, int *result);
void fake_kernel_end (FakeKernel *kernel, FakeFault fault);
