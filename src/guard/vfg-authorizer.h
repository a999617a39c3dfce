/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides who may call what, by a table of methods. One that is not in it is refused, and so is
 * every call whose question to polkit failed in any way. A question whose caller leaves the bus is
 * withdrawn. */
#pragma once

#include <gio/gio.h>

typedef struct _VfgAuthorizer VfgAuthorizer;

typedef enum {
    VFG_ANYBODY,
    VFG_ONLY_ROOT,
    VFG_ASK_POLKIT,
} VfgWho;

typedef struct {
    const char *interface; /* NULL behind the last rule */
    const char *method;
    const char *argument; /* what the first argument must be; NULL: anything */
    VfgWho who;
    const char *action;        /* that polkit is asked about */
    gboolean can_be_cancelled; /* while polkit is asked */
} VfgRule;

/* @rules are not copied. */
VfgAuthorizer *vfg_authorizer_new (GDBusConnection *connection, const VfgRule *rules);
void vfg_authorizer_free (VfgAuthorizer *authorizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfgAuthorizer, vfg_authorizer_free)

/* @uid is that of the caller. */
typedef void (*VfgAuthorized) (GDBusMethodInvocation *invocation, guint32 uid, gpointer data);

/* Asks what the table says for the method of @invocation, then either calls @granted, which takes
 * the invocation, or answers it with an error. @subject names what the question is about, for the
 * password prompt: "GPU 0000:01:00.0, VM win11". @free_data is called after either. */
void vfg_authorizer_check (VfgAuthorizer *authorizer,
                           GDBusMethodInvocation *invocation,
                           const char *subject,
                           VfgAuthorized granted,
                           gpointer data,
                           GDestroyNotify free_data);

/* Ends, with VF_REASON_CANCELLED, what the caller of @invocation has asked for on the same object
 * and polkit has not answered yet, of the methods that the table lets be cancelled. FALSE when
 * there is nothing of that kind. */
gboolean vfg_authorizer_cancel (VfgAuthorizer *authorizer, GDBusMethodInvocation *invocation);
