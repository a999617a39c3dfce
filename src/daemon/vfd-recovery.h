/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings every GPU that was left half-way to one side: at the daemon's start, and when asked. */
#pragma once

#include "vfd-daemon.h"

/* @sentences: one for each GPU that was looked at. */
typedef void (*VfdRecovered) (GPtrArray *sentences, gpointer data);

/* Starts; @done (may be NULL) comes when all have ended, perhaps before this returns. */
void vfd_recovery_start (VfdDaemon *daemon, VfdRecovered done, gpointer data);
