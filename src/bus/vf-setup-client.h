/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client side of the service that changes the host. The calls are those of the interface Setup
 * in org.virtflow.VirtFlow1.xml, where each is described; all may fail with any VF_ERROR. */
#pragma once

#include "vf-dbus.h"
#include "vf-lack.h"

typedef VfDbusSetup VfSetupClient;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfSetupClient, g_object_unref)

/* Connects to the bus at @address, or to the system bus when it is NULL. The service is started by
 * the first call. VF_REASON_NO_DAEMON; the caller owns the client. */
VfSetupClient *vf_setup_client_new (const char *address, GError **error);

/* @gpu is an address or NULL. Type "a(ssssa(ssss))"; the caller owns it. */
GVariant *vf_setup_client_plan (VfSetupClient *client, const char *gpu, GError **error);

/* @gpu as for the plan that @lack is of. VF_REASON_FILE_CHANGED when another change would be due
 * now.
 */
gboolean
vf_setup_client_make (VfSetupClient *client, const VfLack *lack, const char *gpu, GError **error);

/* Type "a(sssss)"; the caller owns it. */
GVariant *vf_setup_client_list_changes (VfSetupClient *client, GError **error);

/* A sentence for each change that stays; the caller owns it. */
GStrv vf_setup_client_undo (VfSetupClient *client, GError **error);
