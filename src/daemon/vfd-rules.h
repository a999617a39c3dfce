/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may call which method of the daemon. */
#pragma once

#include "vfg-authorizer.h"

extern const VfgRule vfd_rules[];
