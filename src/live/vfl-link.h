/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a connection to a service stands. */
#pragma once

#include <glib.h>

typedef enum {
    VFL_LINK_WAITING, /* for its first answer */
    VFL_LINK_SILENT,  /* the same, for longer than a service that is well needs */
    VFL_LINK_UP,
    VFL_LINK_DOWN, /* it refused, or is not there */
} VflLink;

/* After this many seconds a service that does not answer is called silent. */
#define VFL_LINK_PATIENCE 5
