/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call that blocks, made in a thread of its own, and its answer in the main loop. */
#pragma once

#include <gio/gio.h>

/* Runs in the thread, whose thread-default main context is its own. Sets @error when it returns
 * NULL. */
typedef gpointer (*VflWork) (gpointer data, GCancellable *cancellable, GError **error);

/* Calls @done in the thread-default main context of the caller. The thread owns @data; @source
 * lives at least until @done. @free_result is for a result that nobody takes. A call that hangs
 * keeps its thread and nothing else. */
void vfl_work_start (GObject *source,
                     VflWork work,
                     gpointer data,
                     GDestroyNotify free_data,
                     GDestroyNotify free_result,
                     GCancellable *cancellable,
                     GAsyncReadyCallback done,
                     gpointer user_data);

/* The result, which belongs to the caller; NULL, and @error, when the work failed. */
gpointer vfl_work_finish (GAsyncResult *result, GError **error);
