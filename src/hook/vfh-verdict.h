/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the hook prints when a VM must not start. libvirt passes it on as it is. */
#pragma once

#include "vf-error.h"

/* @sentences, one or more, a line each: "VirtFlow: The card is ... [claimed-by-vm]". The reason's
 * id at the end lets a program that started the VM tell what libvirt passes on only as words. The
 * caller owns the text. */
char *vfh_verdict_format (VfReason reason, const char *sentences);
