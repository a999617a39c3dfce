/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection to one helper program; opening it starts the program. One question at a time. A
 * helper that does not answer in time is not waited for and not killed: its link stays open until
 * it answers after all. */
#pragma once

#include <gio/gio.h>

typedef struct _VfdLink VfdLink;

/* @reply is NULL when @error is set: VF_REASON_WEDGED at the deadline, VF_REASON_NO_WORKER when the
 * helper went away. */
typedef void (*VfdLinkReply) (GVariant *reply, const GError *error, gpointer data);

/* Connects to the socket @folder/@name; @reply_type is the type of every answer. */
VfdLink *
vfd_link_open (const char *folder, const char *name, const char *reply_type, GError **error);
/* Closes the connection; a pending reply is not delivered any more. */
void vfd_link_free (VfdLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdLink, vfd_link_free)

/* Sends @request (floating: taken) and calls @reply once, never before this returns. @deadline is
 * in milliseconds. */
void
vfd_link_call (VfdLink *link, GVariant *request, guint deadline, VfdLinkReply reply, gpointer data);

/* For a link whose deadline passed: calls @late once when the helper answered or ended after all.
 */
void vfd_link_await_end (VfdLink *link, void (*late) (gpointer data), gpointer data);
