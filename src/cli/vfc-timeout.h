/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The option --timeout: how long a guest is given to shut down. */
#pragma once

#include <glib.h>

/* In seconds. */
#define VFC_TIMEOUT_DEFAULT 90

/* A line of a command's options; @seconds begins as VFC_TIMEOUT_DEFAULT. */
#define VFC_TIMEOUT_OPTION(seconds) \
    { \
        "timeout", 0, 0, G_OPTION_ARG_INT, (seconds), \
            "How long to wait for the guest to stop (default: " G_STRINGIFY ( \
                VFC_TIMEOUT_DEFAULT) ")", \
            "SECONDS" \
    }

/* VF_REASON_INVALID_OPTION when nobody can have meant that many. */
gboolean vfc_timeout_check (int seconds, GError **error);
