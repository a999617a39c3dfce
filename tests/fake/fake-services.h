/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The systemd units of a fake machine as virtflow-services has them stopped and started. */
#pragma once

#include "fake-kernel.h"
#include "vfs-service.h"

/* What is done with them, of a FakeKernel. The processes of a unit come and go with it. */
extern const VfsUnits fake_services;
