/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is said to the daemon about the VM "desk". */
#include "desk.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"

#define HOST VF_BUS_HOST_INTERFACE "."
#define GPU VF_BUS_GPU_INTERFACE "."
#define HOOK VF_BUS_HOOK_INTERFACE "."

static const char *programs;

void
desk_init (int *argc, char ***argv)
{
    programs = daemon_stage_begin (argc, argv);
}

void
desk_set_up (Desk *desk, gconstpointer config)
{
    desk->stage = daemon_stage_new ("lab", programs, config);
    desk->before = fake_host_fingerprint (daemon_stage_host (desk->stage));
    desk->client = daemon_stage_connect (desk->stage);
    desk->hook = daemon_stage_connect (desk->stage);
}

void
desk_disconnect (GDBusConnection **connection)
{
    if (*connection == NULL)
        return;
    g_dbus_connection_close_sync (*connection, NULL, NULL);
    g_clear_object (connection);
}

void
desk_tear_down (Desk *desk, gconstpointer config)
{
    desk_disconnect (&desk->client);
    desk_disconnect (&desk->hook);
    daemon_stage_free (desk->stage);
    g_free (desk->before);
}

GVariant *
desk_pair_arguments (gboolean on_start)
{
    GVariantBuilder options;

    g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&options, "{sv}", "on-start", g_variant_new_boolean (on_start));
    return g_variant_new ("(ss^aya{sv})", DESK_UUID, "desk", "<domain/>", &options);
}

GVariant *
desk_prepare_arguments (const char *uuid, gboolean marked)
{
    GVariantBuilder hostdevs;

    g_variant_builder_init (&hostdevs, G_VARIANT_TYPE ("a(sb)"));
    g_variant_builder_add (&hostdevs, "(sb)", "0000:01:00.0", FALSE);
    g_variant_builder_add (&hostdevs, "(sb)", "0000:01:00.1", FALSE);
    return g_variant_new ("(ssba(sb))", uuid, "desk", marked, &hostdevs);
}

static GError *
call_gpu (Desk *desk, const char *method, GVariant *arguments)
{
    g_autofree char *path = vf_bus_gpu_path (DESK_GPU);

    return daemon_stage_call (desk->client, path, method, arguments);
}

static GError *
call_host (GDBusConnection *caller, const char *method, GVariant *arguments)
{
    return daemon_stage_call (caller, VF_BUS_HOST_PATH, method, arguments);
}

GError *
desk_pair (Desk *desk, gboolean on_start)
{
    return call_gpu (desk, GPU "Pair", desk_pair_arguments (on_start));
}

GError *
desk_confirm (Desk *desk)
{
    return call_host (desk->client, HOST "ConfirmPairing",
                      g_variant_new ("(s^ay)", DESK_UUID, "<domain>with</domain>"));
}

GError *
desk_drop (Desk *desk)
{
    return call_host (desk->client, HOST "DropPairing", g_variant_new ("(s)", DESK_UUID));
}

GError *
desk_switch (Desk *desk, const char *target)
{
    return call_gpu (desk, GPU "Switch", g_variant_new ("(sa{sv})", target, NULL));
}

GError *
desk_prepare_vm (Desk *desk, const char *uuid, gboolean marked)
{
    return call_host (desk->hook, HOOK "Prepare", desk_prepare_arguments (uuid, marked));
}

GError *
desk_prepare (Desk *desk)
{
    return desk_prepare_vm (desk, DESK_UUID, TRUE);
}

void
desk_activate (Desk *desk, gboolean on_start)
{
    g_assert_no_error (desk_pair (desk, on_start));
    g_assert_no_error (desk_confirm (desk));
}

void
desk_notify (Desk *desk, const char *method)
{
    g_autofree char *full = g_strconcat (HOOK, method, NULL);

    g_assert_no_error (call_host (desk->hook, full, g_variant_new ("(s)", DESK_UUID)));
}

void
desk_start_vm (Desk *desk)
{
    g_assert_no_error (desk_prepare (desk));
    daemon_stage_start_qemu (desk->stage);
    desk_notify (desk, "Started");
    desk_await (desk, "in-use");
}

void
desk_begin (GDBusConnection *caller, const char *method, GVariant *arguments)
{
    g_autofree char *path = vf_bus_gpu_path (DESK_GPU);

    g_dbus_connection_call (caller, VF_BUS_NAME, path, VF_BUS_GPU_INTERFACE, method, arguments,
                            NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

void
desk_begin_hook (GDBusConnection *caller, const char *method, GVariant *arguments)
{
    g_dbus_connection_call (caller, VF_BUS_NAME, VF_BUS_HOST_PATH, VF_BUS_HOOK_INTERFACE, method,
                            arguments, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

void
desk_assert_refused (GError *remote, VfReason reason)
{
    G_GNUC_UNUSED g_autoptr (GError) owned = remote;
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (remote);
    error = vf_bus_error_from_remote (remote);
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, vf_reason_id (reason));
}

void
desk_await (Desk *desk, const char *state)
{
    daemon_stage_await (desk->stage, DESK_GPU, state);
}

void
desk_assert_stays (Desk *desk, const char *state)
{
    daemon_stage_assert_stays (desk->stage, DESK_GPU, state);
}

void
desk_assert_home (Desk *desk)
{
    desk_await (desk, "host");
    fake_host_assert_same (daemon_stage_host (desk->stage), desk->before, "home");
}
