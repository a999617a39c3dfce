/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ctrl+C (and SIGTERM) while work is done that can be undone: the first one cancels it, and the run
 * goes on until everything is as it was; the second one ends the program at once. Everywhere else
 * both end the program, as they always do. */
#pragma once

#include <gio/gio.h>

/* What a shell makes of a program that Ctrl+C has ended. */
#define VFC_INTERRUPT_EXIT_STATUS 130

typedef struct _VfcInterrupt VfcInterrupt;

/* From here on until it is freed, while the default main context runs. There is one at a time. */
VfcInterrupt *vfc_interrupt_new (void);
void vfc_interrupt_free (VfcInterrupt *interrupt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfcInterrupt, vfc_interrupt_free)

/* Cancelled by the first one; belongs to @interrupt. */
GCancellable *vfc_interrupt_cancellable (VfcInterrupt *interrupt);
