/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registers of a PCI function that a reset behind a driver's back loses: its base addresses and
 * whether it answers to memory accesses. A card that lost them still shows the right driver. */
#pragma once

#include "vf-sysfs.h"

/* Reads them from the first 64 bytes of config space, which wakes a sleeping card. @function is the
 * folder of the function. The text is "memory=on 0=80000000 1=4000000000 3=e000 ..." with each base
 * address by its number; the caller owns it. NULL with VF_REASON_REGISTERS_LOST when the card does
 * not answer, and VF_REASON_INTERNAL when the file cannot be read. */
char *vf_registers_read (const VfSysfs *function, GError **error);

/* What of @noted is different in @now, in words: "base address 0 was 80000000 and is 0, memory
 * access was on and is off". NULL when nothing is. The caller owns it. */
char *vf_registers_difference (const char *noted, const char *now);
