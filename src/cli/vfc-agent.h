/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The password prompt of polkit on this terminal, for sessions without a graphical one. */
#pragma once

#include "vfc-run.h"

typedef struct _VfcAgent VfcAgent;

/* Answers polkit's questions about this process until it is freed, unless there is no terminal,
 * the user is root, or --no-ask-password was given; then it does nothing. */
VfcAgent *vfc_agent_new (const VfcRun *run);
void vfc_agent_free (VfcAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfcAgent, vfc_agent_free)
