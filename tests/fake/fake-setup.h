/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real set-up service on a fake machine that lacks what it can put right. */
#pragma once

#include "fake-daemon.h"

/* Beside @daemon, on its bus and its machine, which gets a boot loader with a command line that
 * does not switch the IOMMU on, and libvirt without the hook. Until it can be called. @programs is
 * as in fake_daemon_new(). */
GSubprocess *fake_setup_start (const FakeDaemon *daemon, const char *programs);

/* Takes what fake_setup_start() returned. */
void fake_setup_stop (GSubprocess *setup);
