/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow watch". */
#include "vfc-commands.h"

#include "vfc-gpu.h"
#include "vfc-libvirt.h"
#include "vfc-vm.h"

#include "vf-text.h"
#include "vf-translation.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    VfcRun *run;
    GMainLoop *loop;
    GError *end;       /* why nothing more can be followed */
    GHashTable *shown; /* object path or UUID to the words that were last said of it */
} Watch;

/* Whether @words say something new of @key. */
static gboolean
is_news (Watch *watch, const char *key, const char *words)
{
    const char *before = g_hash_table_lookup (watch->shown, key);

    if (before != NULL && strcmp (before, words) == 0)
        return FALSE;
    g_hash_table_insert (watch->shown, g_strdup (key), g_strdup (words));
    return TRUE;
}

static void
print_line (const char *kind, const char *name, const char *words)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local ();
    g_autofree char *time = g_date_time_format (now, "%H:%M:%S");
    g_autofree char *shown_name = vf_text_escape (name);
    g_autofree char *shown_words = vf_text_escape (words);

    printf ("%s  %-3s  %s  %s\n", time, kind, shown_name, shown_words);
    fflush (stdout);
}

static JsonBuilder *
begin_event (const char *event)
{
    JsonBuilder *builder = vfc_json_begin ();

    vfc_json_text (builder, "event", event);
    return builder;
}

static void
tell_gpu (Watch *watch, VfClientGpu *source)
{
    g_autoptr (VfcGpu) gpu = vfc_gpu_from_client (source);
    g_autofree char *words = vfc_gpu_describe_state (gpu);
    g_autoptr (JsonBuilder) builder = NULL;

    if (!is_news (watch, g_dbus_proxy_get_object_path (G_DBUS_PROXY (source)), words))
        return;
    if (!watch->run->json) {
        print_line ("GPU", gpu->address, words);
        return;
    }
    builder = begin_event ("gpu");
    vfc_gpu_add_json (gpu, builder);
    vfc_json_end_line (watch->run, builder);
}

static void
tell_step (Watch *watch, VfClientGpu *gpu, guint index, const char *what, const char *status)
{
    guint n_steps = (guint) g_variant_n_children (vf_dbus_gpu_get_steps (gpu));
    g_autofree char *key =
        g_strdup_printf ("%s step", g_dbus_proxy_get_object_path (G_DBUS_PROXY (gpu)));
    g_autofree char *translated = vf_translation_of (what);
    g_autofree char *words = g_strdup_printf ("[%u/%u] %s%s", index + 1, n_steps, translated,
                                              strcmp (status, "failed") == 0 ? _ (": failed") : "");
    g_autoptr (JsonBuilder) builder = NULL;

    if (!is_news (watch, key, words))
        return;
    if (!watch->run->json) {
        print_line ("GPU", vf_dbus_gpu_get_address (gpu), words);
        return;
    }
    builder = begin_event ("step");
    vfc_json_text (builder, "address", vf_dbus_gpu_get_address (gpu));
    vfc_json_number (builder, "index", index);
    vfc_json_number (builder, "steps", n_steps);
    vfc_json_text (builder, "text", what);
    vfc_json_text (builder, "status", status);
    vfc_json_end_line (watch->run, builder);
}

/* The step that runs, or that failed. */
static void
tell_steps (Watch *watch, VfClientGpu *gpu)
{
    GVariant *steps = vf_dbus_gpu_get_steps (gpu);

    for (guint i = 0; steps != NULL && i < g_variant_n_children (steps); i++) {
        const char *what, *status;

        g_variant_get_child (steps, i, "(&s&st)", &what, &status, NULL);
        if (strcmp (status, "running") == 0 || strcmp (status, "failed") == 0)
            tell_step (watch, gpu, i, what, status);
    }
}

static void
on_properties (GDBusObjectManagerClient *objects,
               GDBusObjectProxy *object,
               GDBusProxy *proxy,
               GVariant *changed,
               const char *const *invalidated,
               gpointer data)
{
    Watch *watch = data;

    if (!VF_DBUS_IS_GPU (proxy))
        return;
    if (g_variant_lookup (changed, "Steps", "a(sst)", NULL))
        tell_steps (watch, VF_DBUS_GPU (proxy));
    tell_gpu (watch, VF_DBUS_GPU (proxy));
}

static void
on_added (GDBusObjectManager *objects, GDBusObject *object, gpointer data)
{
    g_autoptr (VfClientGpu) gpu = vf_dbus_object_get_gpu (VF_DBUS_OBJECT (object));

    if (gpu != NULL)
        tell_gpu (data, gpu);
}

static void
on_removed (GDBusObjectManager *objects, GDBusObject *object, gpointer data)
{
    Watch *watch = data;
    g_autoptr (VfClientGpu) gpu = vf_dbus_object_get_gpu (VF_DBUS_OBJECT (object));
    g_autoptr (JsonBuilder) builder = NULL;

    if (gpu == NULL)
        return;
    g_hash_table_remove (watch->shown, g_dbus_object_get_object_path (object));
    if (!watch->run->json) {
        print_line ("GPU", vf_dbus_gpu_get_address (gpu), "is gone");
        return;
    }
    builder = begin_event ("gpu-removed");
    vfc_json_text (builder, "address", vf_dbus_gpu_get_address (gpu));
    vfc_json_end_line (watch->run, builder);
}

static void
tell_vm (Watch *watch, const VfMachine *machine)
{
    const char *words = vf_machine_state_words (machine->state);
    g_autoptr (JsonBuilder) builder = NULL;

    if (!is_news (watch, machine->uuid, words))
        return;
    if (!watch->run->json) {
        print_line ("VM", machine->name, words);
        return;
    }
    builder = begin_event ("vm");
    json_builder_set_member_name (builder, "vm");
    json_builder_begin_object (builder);
    vfc_json_text (builder, "name", machine->name);
    vfc_json_text (builder, "uuid", machine->uuid);
    vfc_json_text (builder, "state", vf_machine_state_id (machine->state));
    json_builder_end_object (builder);
    vfc_json_end_line (watch->run, builder);
}

static void
on_vm_event (virConnectPtr connection, virDomainPtr domain, int event, int detail, void *data)
{
    Watch *watch = data;
    g_autoptr (VfMachine) machine = NULL;
    g_autoptr (JsonBuilder) builder = NULL;

    virDomainRef (domain);
    machine = vf_machine_new (domain, NULL);
    if (machine != NULL) {
        tell_vm (watch, machine);
        return;
    }
    if (!watch->run->json) {
        print_line ("VM", virDomainGetName (domain), "is gone");
        return;
    }
    builder = begin_event ("vm-removed");
    vfc_json_text (builder, "name", virDomainGetName (domain));
    vfc_json_end_line (watch->run, builder);
}

static void
stop_watching (Watch *watch, GError *why)
{
    if (watch->end == NULL)
        watch->end = why;
    else
        g_error_free (why);
    g_main_loop_quit (watch->loop);
}

static void
on_libvirt_closed (virConnectPtr connection, int reason, void *data)
{
    stop_watching (data, vf_error_new (VF_REASON_NO_LIBVIRT,
                                       "libvirt has ended or was started anew, so the VMs cannot "
                                       "be followed any more. Run \"virtflow watch\" again when "
                                       "it is there."));
}

static void
on_bus_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer data)
{
    stop_watching (data, vf_error_new (VF_REASON_NO_DAEMON,
                                       "The system bus has ended, so the GPUs cannot be followed "
                                       "any more. Run \"virtflow watch\" again when it is "
                                       "there."));
}

static gboolean
watch_gpus (Watch *watch, GError **error)
{
    VfClient *client = vfc_run_client (watch->run, error);
    g_autoptr (GPtrArray) gpus = NULL;

    if (client == NULL)
        return FALSE;
    g_signal_connect (vf_client_objects (client), "object-added", G_CALLBACK (on_added), watch);
    g_signal_connect (vf_client_objects (client), "object-removed", G_CALLBACK (on_removed), watch);
    g_signal_connect (vf_client_objects (client), "interface-proxy-properties-changed",
                      G_CALLBACK (on_properties), watch);
    g_signal_connect (g_dbus_proxy_get_connection (G_DBUS_PROXY (vf_client_host (client))),
                      "closed", G_CALLBACK (on_bus_closed), watch);
    gpus = vf_client_list_gpus (client);
    for (guint i = 0; i < gpus->len; i++)
        tell_gpu (watch, g_ptr_array_index (gpus, i));
    return TRUE;
}

static gboolean
follow_vms (Watch *watch, virConnect *connection, GError **error)
{
    if (virConnectRegisterCloseCallback (connection, on_libvirt_closed, watch, NULL) < 0
        || virConnectDomainEventRegisterAny (connection, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                             VIR_DOMAIN_EVENT_CALLBACK (on_vm_event), watch, NULL)
               < 0) {
        vf_libvirt_set_error (error, "The VMs cannot be followed");
        return FALSE;
    }
    return TRUE;
}

static void
tell_vms (Watch *watch, virConnect *connection, GError **error)
{
    g_autoptr (GPtrArray) machines = vf_machine_list (connection, error);

    for (guint i = 0; machines != NULL && i < machines->len; i++)
        tell_vm (watch, g_ptr_array_index (machines, i));
}

/* Goes on with one half when the other is not there at first; ends with the program, or with one of
 * those that it follows. */
static gboolean
watch_all (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
    g_autoptr (GHashTable) shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr (GError) no_gpus = NULL;
    g_autoptr (GError) no_vms = NULL;
    Watch watch = { .run = run, .loop = loop, .shown = shown };
    g_autoptr (virConnect) connection = vfc_libvirt_open (run, &no_vms);
    gboolean follows_vms;

    if (vf_error_is (no_vms, VF_REASON_FOREIGN_LIBVIRT)) {
        g_propagate_error (error, g_steal_pointer (&no_vms));
        return FALSE;
    }
    /* Before anything is shown: libvirtd 9.0 can crash when a program ends while it is at that, and
     * one that has shown what somebody waited for is likely to be ended. */
    follows_vms = connection != NULL && follow_vms (&watch, connection, &no_vms);
    watch_gpus (&watch, &no_gpus);
    if (follows_vms)
        tell_vms (&watch, connection, &no_vms);
    if (no_gpus != NULL && no_vms != NULL) {
        g_propagate_error (error, g_steal_pointer (&no_gpus));
        return FALSE;
    }
    if (no_gpus != NULL)
        vfc_say ("Only VMs are followed. %s", no_gpus->message);
    if (no_vms != NULL)
        vfc_say ("Only GPUs are followed. %s", no_vms->message);
    g_main_loop_run (loop);
    if (connection != NULL)
        virConnectUnregisterCloseCallback (connection, on_libvirt_closed);
    g_propagate_error (error, watch.end);
    return FALSE;
}

const VfcCommand vfc_command_watch = {
    .name = "watch",
    .arguments = "",
    .description = "Shows where the GPUs and VMs of this host are, and then each change as it"
                   " happens, until it\nis interrupted. With --json each line is an object of its"
                   " own.",
    .example = "  virtflow watch\n  virtflow watch --json",
    .run = watch_all,
};
