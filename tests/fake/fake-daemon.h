/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real daemon with its real helpers on a fake machine, and a bus of their own. */
#pragma once

#include "fake-host.h"

#include <gio/gio.h>

typedef struct _FakeDaemon FakeDaemon;

/* On the machine of tests/machines/MACHINE.machine. @programs is the folder of the programs for
 * fake machines; @config becomes virtflow.conf, NULL for none. The bus and the helpers' sockets are
 * there; the daemon does not run yet. Sets DBUS_SESSION_BUS_ADDRESS to the bus. */
FakeDaemon *fake_daemon_new (const char *machine, const char *programs, const char *config);
void fake_daemon_free (FakeDaemon *self);

/* The same on a bus for all users (fake-bus.h). */
FakeDaemon *fake_daemon_new_for_all (const char *machine, const char *programs, const char *config);

/* What it says goes to a file in its folder, not to standard error; before it is started. */
void fake_daemon_keep_log (FakeDaemon *self);
/* All that it said since it was started; the caller owns it. */
char *fake_daemon_log (const FakeDaemon *self);

/* Until it can be called. */
void fake_daemon_start (FakeDaemon *self);
/* At once, without a chance to tidy up. */
void fake_daemon_kill (FakeDaemon *self);
/* Of the process. */
GPid fake_daemon_pid (const FakeDaemon *self);
/* SIGSTOP: it is there and does not answer. */
void fake_daemon_signal (FakeDaemon *self, int signal);

/* Nothing that is asked of the helper NAME ("worker", "probe", "modules", "services") is answered
 * until it goes on. */
void fake_daemon_hold (FakeDaemon *self, const char *helper);
void fake_daemon_let_go (FakeDaemon *self, const char *helper);

/* The next process of the helper dies before it answers anything. */
void fake_daemon_let_die (FakeDaemon *self, const char *helper);

/* Serves a connection until it ends. */
typedef void (*FakeHelper) (int connection, gpointer data);

/* In a thread of this program instead of a process; before the daemon is started. */
void fake_daemon_serve (FakeDaemon *self, const char *helper, FakeHelper serve, gpointer data);

/* Whether somebody has that name on its bus. */
gboolean fake_daemon_bus_has (const FakeDaemon *self, const char *name);

/* A new connection to its bus; the caller closes it. */
GDBusConnection *fake_daemon_connect (const FakeDaemon *self);

/* These belong to it. */
FakeHost *fake_daemon_host (const FakeDaemon *self);
const char *fake_daemon_bus (const FakeDaemon *self);
/* The folder of its state, its configuration and the helpers' sockets. */
const char *fake_daemon_folder (const FakeDaemon *self);
