/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real daemon with its real helpers on a fake machine and a bus of their own; and beside them
 * what a story needs: libvirt's pulse, and a QEMU that has the GPU open. Calls fail the test when
 * they take too long. */
#pragma once

#include "fake-daemon.h"

#include <gio/gio.h>

typedef struct _DaemonStage DaemonStage;

/* What each program of stories begins with. Only root is the hook, and is not asked by polkit; so
 * who is not root goes on in a user namespace, where any user is. Returns the folder of the
 * programs for fake machines, the first argument. */
const char *daemon_stage_begin (int *argc, char ***argv);

/* On the machine of tests/machines/MACHINE.machine. @programs is the folder of the programs for
 * fake machines; @config becomes virtflow.conf, NULL for none. libvirt lives; the daemon does not
 * run yet. */
DaemonStage *daemon_stage_new (const char *machine, const char *programs, const char *config);
void daemon_stage_free (DaemonStage *stage);

/* The same on a bus for all users (fake-bus.h), with the daemon's log kept. */
DaemonStage *
daemon_stage_new_for_all (const char *machine, const char *programs, const char *config);

void daemon_stage_start (DaemonStage *stage);
/* At once, without a chance to tidy up. */
void daemon_stage_kill (DaemonStage *stage);

const char *daemon_stage_bus_address (const DaemonStage *stage);

/* A new connection to its bus; the caller closes it. */
GDBusConnection *daemon_stage_connect (DaemonStage *stage);

/* Calls INTERFACE.METHOD of the object at @path in the name of @connection. Returns NULL, or the
 * error, which the caller owns. */
GError *daemon_stage_call (GDBusConnection *connection,
                           const char *path,
                           const char *method,
                           GVariant *arguments);

/* Whether the first step of the switch that runs has begun. */
gboolean daemon_stage_has_begun_steps (DaemonStage *stage, VfPciAddress gpu);

/* Waits until the step with that sentence runs. */
void daemon_stage_await_step (DaemonStage *stage, VfPciAddress gpu, const char *step);

gboolean daemon_stage_is (DaemonStage *stage, VfPciAddress gpu, const char *state);
/* Waits until the GPU at @gpu is in the state. */
void daemon_stage_await (DaemonStage *stage, VfPciAddress gpu, const char *state);
/* Waits until a switch of it has failed that began after the last one that did not. */
void daemon_stage_await_failure (DaemonStage *stage, VfPciAddress gpu);
/* Waits until that is so: what is to be done is written down by then. */
void daemon_stage_await_first_step (DaemonStage *stage, VfPciAddress gpu);
/* Asserts that it is in the state, and still is half a second later. */
void daemon_stage_assert_stays (DaemonStage *stage, VfPciAddress gpu, const char *state);

/* The next process of the worker dies before it answers anything. */
void daemon_stage_let_worker_die (DaemonStage *stage);

/* Whether libvirt's daemon has its pid file locked. */
void daemon_stage_set_libvirt (DaemonStage *stage, gboolean lives);
/* A stranger who may read the pid file keeps it locked as far as he can, from now on. */
void daemon_stage_share_pid_file (DaemonStage *stage);
/* Another process is libvirt's daemon from now on, as after a restart of it. */
void daemon_stage_replace_libvirt (DaemonStage *stage);

/* Nothing that is asked of the helper NAME is answered until it goes on. */
void daemon_stage_hold (DaemonStage *stage, const char *helper);
void daemon_stage_let_go (DaemonStage *stage, const char *helper);

/* The worker is a thread of this program from here on; before the daemon is started. A write of
 * @text to a path that ends with "/unbind" hangs until it is let go. */
void daemon_stage_hang_at (DaemonStage *stage, const char *text);
void daemon_stage_unhang (DaemonStage *stage);

/* Another process of the machine, until it is removed. */
void daemon_stage_add_process (DaemonStage *stage, const FakeProcess *process);
void daemon_stage_remove_process (DaemonStage *stage, guint32 pid);

/* libvirt's status file of the VM NAME, with the GPU of the machine "lab" in it if @with_gpu; and
 * its end. Before that there is no folder of status files. */
void daemon_stage_add_domain (DaemonStage *stage, const char *name, gboolean with_gpu);
void daemon_stage_remove_domain (DaemonStage *stage, const char *name);

/* Property NAME of INTERFACE of the object at @path; the caller owns it. */
GVariant *daemon_stage_property (DaemonStage *stage,
                                 const char *path,
                                 const char *interface,
                                 const char *name);

/* A process that has the GPU of the machine "lab" open through vfio. */
void daemon_stage_start_qemu (DaemonStage *stage);
void daemon_stage_kill_qemu (DaemonStage *stage);

FakeHost *daemon_stage_host (const DaemonStage *stage);
FakeDaemon *daemon_stage_daemon (const DaemonStage *stage);

/* The path of a file in the daemon's folder; the caller owns it. */
char *daemon_stage_path (const DaemonStage *stage, const char *name);
