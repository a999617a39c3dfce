/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every target of libFuzzer has: fed with bytes that mean no good, it ends the process when
 * something is not as it must be. */
#pragma once

#include <glib.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Not g_assert(), which can be switched off, nor g_error(): libFuzzer keeps the input of a process
 * that aborts, and not of one that traps. */
#define FUZZ_ASSERT(condition) \
    do { \
        if (!(condition)) { \
            g_printerr ("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort (); \
        } \
    } while (0)
