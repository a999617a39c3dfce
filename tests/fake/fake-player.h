/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays a program that others call on a bus, in a thread of its own. */
#pragma once

#include <gio/gio.h>

typedef struct _FakePlayer FakePlayer;

/* Answers a call of @method; in the thread of the player. */
typedef void (*FakePlayerAnswer) (const char *method,
                                  GVariant *arguments,
                                  GDBusMethodInvocation *invocation,
                                  gpointer data);

/* Has @name on the bus at @address, and there at @path the interface that @description, a "<node>",
 * begins with. All texts outlive it. Can be called when this returns. */
FakePlayer *fake_player_new (const char *address,
                             const char *name,
                             const char *path,
                             const char *description,
                             FakePlayerAnswer answer,
                             gpointer data);
void fake_player_free (FakePlayer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakePlayer, fake_player_free)
