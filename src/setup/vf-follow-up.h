/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells those parts of the host whose files were changed. Starts programs of the host. */
#pragma once

#include "vf-setup-facts.h"
#include "vf-setup-item.h"

/* Does one follow-up and waits for it. @facts are those of the machine's root, the real one. Fails
 * with VF_REASON_SERVICE_FAILED, with the last line that the program said. */
gboolean vf_follow_up_do (const VfSetupFacts *facts, VfFollowUp follow_up, GError **error);

/* What it does, a sentence in English. */
const char *vf_follow_up_sentence (VfFollowUp follow_up);
