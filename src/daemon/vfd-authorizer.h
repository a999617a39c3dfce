/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides who may call what: a table of methods. One that is not in it is refused, and so is every
 * call whose question to polkit failed in any way. A question whose caller leaves the bus is
 * withdrawn. */
#pragma once

#include <gio/gio.h>

typedef struct _VfdAuthorizer VfdAuthorizer;

VfdAuthorizer *vfd_authorizer_new (GDBusConnection *connection);
void vfd_authorizer_free (VfdAuthorizer *authorizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdAuthorizer, vfd_authorizer_free)

/* @uid is that of the caller. */
typedef void (*VfdAuthorized) (GDBusMethodInvocation *invocation, guint32 uid, gpointer data);

/* Asks what the table says for the method of @invocation, then either calls @granted, which takes
 * the invocation, or answers it with an error. @subject names what the question is about, for the
 * password prompt: "GPU 0000:01:00.0, VM win11". @free_data is called after either. */
void vfd_authorizer_check (VfdAuthorizer *authorizer,
                           GDBusMethodInvocation *invocation,
                           const char *subject,
                           VfdAuthorized granted,
                           gpointer data,
                           GDestroyNotify free_data);

/* Ends, with VF_REASON_CANCELLED, what the caller of @invocation has asked for on the same object
 * and polkit has not answered yet, of the methods that the table lets be cancelled. FALSE when
 * there is nothing of that kind. */
gboolean vfd_authorizer_cancel (VfdAuthorizer *authorizer, GDBusMethodInvocation *invocation);
