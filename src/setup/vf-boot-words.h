/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How words get onto the kernel's command line of a host, and off it. Pure. */
#pragma once

#include "vf-boot-line.h"
#include "vf-setup-facts.h"
#include "vf-setup-item.h"

/* Adds to @item what changes the files of the boot loader, or, where that is not known or is done
 * by other means, what a person has to do: about @lacking, those of @words by which the command
 * line of the kernel that runs differs. Adds nothing when the files have the words already, or
 * nothing is lacking. */
void vf_boot_words_put_right (VfSetupItem *item,
                              const VfSetupFacts *facts,
                              const VfBootWords *words,
                              const VfBootWords *lacking);
