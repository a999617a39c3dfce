/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines "file PATH TEXT" of a machine file (tests/machines/README): texts in which what is
 * known of the host besides its PCI functions is found again. They are made for that, not copied:
 * of the kernel's command line and of modprobe's configuration stands there what is about devices.
 */
#pragma once

#include "vfc-redaction.h"

#include "vf-host-facts.h"

/* Appends them to @text. FALSE with an error of vfc_redaction_apply(). */
gboolean vfc_machine_texts_append (GString *text,
                                   const VfHostFacts *host,
                                   VfcRedaction *redaction,
                                   GError **error);
