/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of a set-up in boot entries that it has not written: a new kernel's entry gets the command
 * line of the one that runs (kernel-install(8), 90-loaderentry.install). Pure. */
#pragma once

#include "vf-manifest.h"
#include "vf-setup-facts.h"

/* The words that the set-up of @manifest has put into boot entries; the caller owns the array,
 * which frees them. */
GPtrArray *vf_boot_remains_words (const VfManifest *manifest);

/* Adds to @kept a sentence for each boot entry of @facts that has one of @words. */
void vf_boot_remains_find (const VfSetupFacts *facts, const GPtrArray *words, GPtrArray *kept);
