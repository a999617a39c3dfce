/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking before something that cannot be taken back. */
#pragma once

#include "vfc-run.h"

/* Asks @question on the terminal. FALSE with VF_REASON_CONFIRMATION_NEEDED when the answer is not
 * yes, and when there is no terminal to ask on. */
gboolean vfc_confirm (const char *question, GError **error);
