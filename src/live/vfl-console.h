/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the picture of a VM is, and the program that shows it. */
#pragma once

#include "vfl-machine.h"

/* Opens virt-viewer for @machine, which runs. Fails with a sentence that says where its picture is
 * when it has no virtual display. */
void vfl_console_open (VflMachine *machine, GAsyncReadyCallback done, gpointer data);
gboolean vfl_console_finish (GAsyncResult *result, GError **error);
