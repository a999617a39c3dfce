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

static gboolean
is_home (VfClientGpu *gpu)
{
    return g_strcmp0 (vf_dbus_gpu_get_state (gpu), "host") == 0;
}

/* The reason, when a switch ended since and the GPU is not home. */
static gboolean
has_failed (const VfcHomecoming *homecoming, VfReason *reason, const char **sentence)
{
    GVariant *result = vf_dbus_gpu_get_result (homecoming->gpu);
    const char *id;

    if (result == NULL || g_strcmp0 (vf_dbus_gpu_get_state (homecoming->gpu), "returning") == 0
        || (homecoming->old_result != NULL && g_variant_equal (result, homecoming->old_result)))
        return FALSE;
    g_variant_get (result, "(&s&s)", &id, sentence);
    return vf_reason_from_id (id, reason);
}

static void
on_change (GObject *gpu, GParamSpec *property, gpointer data)
{
    VfcHomecoming *homecoming = data;
    const char *sentence;
    VfReason reason;

    if (is_home (homecoming->gpu) || has_failed (homecoming, &reason, &sentence))
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
set_error (const VfcHomecoming *homecoming, GError **error)
{
    g_autoptr (VfcGpu) gpu = vfc_gpu_from_client (homecoming->gpu);
    g_autofree char *words = vfc_gpu_describe_state (gpu);
    const char *sentence = NULL;
    VfReason reason;

    if (has_failed (homecoming, &reason, &sentence)) {
        g_autofree char *translated = vf_translation_of (sentence);

        vf_error_set (error, reason, "%s", translated);
    } else {
        vf_error_set (error, VF_REASON_SWITCH_RUNNING,
                      "The VM is off, but %s is not back on the host after %d seconds: it is %s. "
                      "\"virtflow watch\" shows when that changes; \"virtflow return %s\" tries "
                      "once more.",
                      gpu->address, PATIENCE, words, gpu->address);
    }
}

VfcHomecoming *
vfc_homecoming_new (VfClient *client, const char *uuid)
{
    g_autoptr (VfClientGpu) gpu = gpu_of (client, uuid);
    VfcHomecoming *homecoming;

    if (gpu == NULL)
        return NULL;
    homecoming = g_new0 (VfcHomecoming, 1);
    homecoming->loop = g_main_loop_new (NULL, FALSE);
    homecoming->old_result = vf_dbus_gpu_dup_result (gpu);
    homecoming->handlers[0] =
        g_signal_connect (gpu, "notify::state", G_CALLBACK (on_change), homecoming);
    homecoming->handlers[1] =
        g_signal_connect (gpu, "notify::result", G_CALLBACK (on_change), homecoming);
    homecoming->gpu = g_steal_pointer (&gpu);
    return homecoming;
}

void
vfc_homecoming_free (VfcHomecoming *homecoming)
{
    for (gsize i = 0; i < G_N_ELEMENTS (homecoming->handlers); i++)
        g_signal_handler_disconnect (homecoming->gpu, homecoming->handlers[i]);
    g_object_unref (homecoming->gpu);
    g_clear_pointer (&homecoming->old_result, g_variant_unref);
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
    const char *sentence;
    VfReason reason;

    homecoming->timeout = g_timeout_add_seconds (PATIENCE, on_timeout, homecoming);
    if (!is_home (homecoming->gpu) && !has_failed (homecoming, &reason, &sentence))
        g_main_loop_run (homecoming->loop);
    if (homecoming->timeout != 0)
        g_source_remove (homecoming->timeout);
    if (is_home (homecoming->gpu))
        return TRUE;
    set_error (homecoming, error);
    return FALSE;
}
