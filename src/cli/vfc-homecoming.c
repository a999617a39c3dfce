/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement whether a GPU came home, is on its way, or will not come. */
#include "vfc-homecoming.h"

#include "vf-translation.h"
#include "vfc-gpu.h"

/* libvirt's last hook, the daemon's own deadline for it, and the switch with a slow driver. */
#define PATIENCE 60

struct _VfcHomecoming {
    VfClientGpu *gpu;
    GVariant *old_result; /* that of the switch before; or NULL */
    gboolean came_home;   /* that it was seen there counts, and not whether it still is */
    GError *failure;      /* of a switch that ended since; or NULL */
    GMainLoop *loop;
    gulong handlers[2];
    guint timeout;
};

static VfClientGpu *
gpu_of (VfClient *client, const char *uuid)
{
    g_autoptr (GPtrArray) gpus = vf_client_list_gpus (client);

    for (guint i = 0; i < gpus->len; i++) {
        VfClientGpu *gpu = g_ptr_array_index (gpus, i);

        if (vfc_gpu_is_of_vm (gpu, uuid))
            return g_object_ref (gpu);
    }
    return NULL;
}

/* Notes that the GPU is home, or that a switch has ended since and it is not. */
static void
look (VfcHomecoming *homecoming)
{
    GVariant *result = vf_dbus_gpu_get_result (homecoming->gpu);
    const char *state = vf_dbus_gpu_get_state (homecoming->gpu);
    g_autofree char *translated = NULL;
    const char *id, *sentence;
    VfReason reason;

    if (g_strcmp0 (state, "host") == 0) {
        homecoming->came_home = TRUE;
        return;
    }
    g_clear_error (&homecoming->failure);
    if (result == NULL || g_strcmp0 (state, "returning") == 0
        || (homecoming->old_result != NULL && g_variant_equal (result, homecoming->old_result)))
        return;
    g_variant_get (result, "(&s&s)", &id, &sentence);
    if (!vf_reason_from_id (id, &reason))
        return;
    translated = vf_translation_of (sentence);
    vf_error_set (&homecoming->failure, reason, "%s", translated);
}

static gboolean
is_known (const VfcHomecoming *homecoming)
{
    return homecoming->came_home || homecoming->failure != NULL;
}

static void
on_change (GObject *gpu, GParamSpec *property, gpointer data)
{
    VfcHomecoming *homecoming = data;

    look (homecoming);
    if (is_known (homecoming))
        g_main_loop_quit (homecoming->loop);
}

static gboolean
on_timeout (gpointer data)
{
    VfcHomecoming *homecoming = data;

    homecoming->timeout = 0;
    g_main_loop_quit (homecoming->loop);
    return G_SOURCE_REMOVE;
}

static void
set_late_error (const VfcHomecoming *homecoming, GError **error)
{
    g_autoptr (VfcGpu) gpu = vfc_gpu_from_client (homecoming->gpu);
    g_autofree char *words = vfc_gpu_describe_state (gpu);

    vf_error_set (error, VF_REASON_SWITCH_RUNNING,
                  "The VM is off, but %s is not back on the host after %d seconds: it is %s. "
                  "\"virtflow watch\" shows when that changes; \"virtflow return %s\" tries "
                  "once more.",
                  gpu->address, PATIENCE, words, gpu->address);
}

VfcHomecoming *
vfc_homecoming_of (VfClientGpu *gpu)
{
    VfcHomecoming *homecoming = g_new0 (VfcHomecoming, 1);

    homecoming->gpu = g_object_ref (gpu);
    homecoming->loop = g_main_loop_new (NULL, FALSE);
    homecoming->old_result = vf_dbus_gpu_dup_result (gpu);
    homecoming->handlers[0] =
        g_signal_connect (gpu, "notify::state", G_CALLBACK (on_change), homecoming);
    homecoming->handlers[1] =
        g_signal_connect (gpu, "notify::result", G_CALLBACK (on_change), homecoming);
    return homecoming;
}

VfcHomecoming *
vfc_homecoming_new (VfClient *client, const char *uuid)
{
    g_autoptr (VfClientGpu) gpu = gpu_of (client, uuid);

    return gpu != NULL ? vfc_homecoming_of (gpu) : NULL;
}

void
vfc_homecoming_free (VfcHomecoming *homecoming)
{
    for (gsize i = 0; i < G_N_ELEMENTS (homecoming->handlers); i++)
        g_signal_handler_disconnect (homecoming->gpu, homecoming->handlers[i]);
    g_object_unref (homecoming->gpu);
    g_clear_pointer (&homecoming->old_result, g_variant_unref);
    g_clear_error (&homecoming->failure);
    g_main_loop_unref (homecoming->loop);
    g_free (homecoming);
}

VfClientGpu *
vfc_homecoming_gpu (VfcHomecoming *homecoming)
{
    return homecoming->gpu;
}

gboolean
vfc_homecoming_wait (VfcHomecoming *homecoming, GError **error)
{
    look (homecoming);
    homecoming->timeout = g_timeout_add_seconds (PATIENCE, on_timeout, homecoming);
    /* A failure may have been followed by another attempt before the loop ended. */
    while (!is_known (homecoming) && homecoming->timeout != 0)
        g_main_loop_run (homecoming->loop);
    if (homecoming->timeout != 0)
        g_source_remove (homecoming->timeout);
    if (homecoming->came_home)
        return TRUE;
    if (homecoming->failure != NULL)
        g_propagate_error (error, g_steal_pointer (&homecoming->failure));
    else
        set_late_error (homecoming, error);
    return FALSE;
}
