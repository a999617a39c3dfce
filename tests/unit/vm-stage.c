/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the daemon's answers, and what libvirt does where the test driver would not. */
#include "vm-stage.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"
#include "vf-shutdown.h"

#include <dlfcn.h>
#include <libvirt-glib/libvirt-glib.h>
#include <libvirt/virterror.h>

/* For a guest to stop, in milliseconds; one that does not is waited for so long, unless that is
 * cancelled. */
#define DEADLINE 300
#define DEADLINE_IF_CANCELLED 60000

static const char domain_text[] =
    "<domain type='test'><name>guest</name><uuid>" VM_STAGE_UUID "</uuid>"
    "<memory unit='KiB'>65536</memory><vcpu>1</vcpu>"
    "<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>"
    "<controller type='pci' index='0' model='pcie-root'/>"
    "<controller type='pci' index='1' model='pcie-root-port'>"
    "<address type='pci' domain='0' bus='0' slot='2' function='0'/></controller>"
    "<graphics type='vnc' port='-1' passwd='secret'/></devices></domain>";

/* For what libvirt calls without any data of ours. */
static VmStage *current;

/* The functions of libvirt that this program has instead of libvirt's own. */
#define LIBVIRTS_OWN(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))

virDomainPtr
virDomainDefineXMLFlags (virConnectPtr libvirt, const char *text, unsigned int flags)
{
    if (++current->n_definitions >= current->refused_definition && current->refused_definition != 0)
        text = "<domain/>";
    return LIBVIRTS_OWN (virDomainDefineXMLFlags) (libvirt, text, flags);
}

static gboolean
cancel (gpointer cancellable)
{
    g_cancellable_cancel (cancellable);
    return G_SOURCE_REMOVE;
}

int
virDomainShutdownFlags (virDomainPtr domain, unsigned int flags)
{
    switch (current->guest) {
    case GUEST_STOPS:
        return LIBVIRTS_OWN (virDomainShutdownFlags) (domain, flags);
    case GUEST_CRASHES:
        current->on_event (current->libvirt, domain, VIR_DOMAIN_EVENT_CRASHED,
                           VIR_DOMAIN_EVENT_CRASHED_PANICKED, current->event_data);
        return 0;
    case GUEST_OF_DEAD_LIBVIRT:
        return -1;
    case GUEST_IS_LEFT:
        /* In another thread than the one that waits. */
        g_idle_add (cancel, current->cancellable);
        return 0;
    case GUEST_IGNORES:
    case GUEST_OF_DYING_LIBVIRT:
    default:
        return 0;
    }
}

int
virConnectIsAlive (virConnectPtr libvirt)
{
    return current->guest < GUEST_OF_DEAD_LIBVIRT;
}

int
virConnectDomainEventRegisterAny (virConnectPtr libvirt,
                                  virDomainPtr domain,
                                  int event,
                                  virConnectDomainEventGenericCallback callback,
                                  void *data,
                                  virFreeCallback free_data)
{
    current->on_event = (virConnectDomainEventCallback) (void (*) (void)) callback;
    current->event_data = data;
    return LIBVIRTS_OWN (virConnectDomainEventRegisterAny) (libvirt, domain, event, callback, data,
                                                            free_data);
}

static void
refuse_because (GDBusMethodInvocation *invocation, VfReason reason)
{
    g_autoptr (GError) error = vf_error_new (reason, "Not now.");

    vf_bus_error_return (invocation, error);
}

static void
refuse (GDBusMethodInvocation *invocation)
{
    refuse_because (invocation, VF_REASON_SWITCH_RUNNING);
}

static gboolean
on_pair (VfDbusGpu *gpu,
         GDBusMethodInvocation *invocation,
         const char *uuid,
         const char *name,
         const char *before,
         GVariant *options,
         gpointer data)
{
    VmStage *stage = data;
    gboolean on_start = FALSE;

    g_string_append (stage->calls, vm_stage_is_running (stage) ? "pair-running " : "pair ");
    g_assert_cmpstr (uuid, ==, VM_STAGE_UUID);
    if (stage->mishap == REFUSE_PAIR) {
        refuse (invocation);
        return TRUE;
    }
    if (stage->after != NULL) {
        refuse_because (invocation, VF_REASON_ALREADY_ACTIVATED);
        return TRUE;
    }
    if (stage->mishap == CANCEL_PAIR) {
        stage->pairing = invocation;
        g_cancellable_cancel (stage->cancellable);
        return TRUE;
    }
    if (stage->mishap == CANCEL_PAIR_TOO_LATE)
        g_cancellable_cancel (stage->cancellable);
    if (stage->mishap == CHANGE_DOMAIN)
        vm_stage_set_memory (stage, "131072");
    g_variant_lookup (options, "on-start", "b", &on_start);
    stage->lent = !on_start;
    g_free (stage->before);
    stage->before = g_strdup (before);
    vf_dbus_gpu_complete_pair (gpu, invocation);
    return TRUE;
}

static gboolean
on_cancel (VfDbusGpu *gpu, GDBusMethodInvocation *invocation, gpointer data)
{
    VmStage *stage = data;
    g_autoptr (GError) error = vf_error_new (VF_REASON_CANCELLED, "The host has it.");

    if (stage->pairing == NULL) {
        refuse (invocation);
        return TRUE;
    }
    g_string_append (stage->calls, "cancel ");
    vf_bus_error_return (g_steal_pointer (&stage->pairing), error);
    vf_dbus_gpu_complete_cancel (gpu, invocation);
    return TRUE;
}

static gboolean
on_confirm (VfDbusHost *host,
            GDBusMethodInvocation *invocation,
            const char *uuid,
            const char *after,
            gpointer data)
{
    VmStage *stage = data;

    g_string_append (stage->calls, "confirm ");
    if (stage->mishap == REFUSE_CONFIRM) {
        refuse (invocation);
        return TRUE;
    }
    g_free (stage->after);
    stage->after = g_strdup (after);
    vf_dbus_host_complete_confirm_pairing (host, invocation);
    return TRUE;
}

static gboolean
on_open (VfDbusHost *host, GDBusMethodInvocation *invocation, const char *uuid, gpointer data)
{
    VmStage *stage = data;

    g_string_append (stage->calls, "open ");
    vf_dbus_host_complete_open_pairing (host, invocation, stage->before,
                                        stage->after != NULL ? stage->after : "");
    return TRUE;
}

static gboolean
on_drop (VfDbusHost *host, GDBusMethodInvocation *invocation, const char *uuid, gpointer data)
{
    VmStage *stage = data;

    g_string_append (stage->calls, "drop ");
    if (stage->mishap == REFUSE_DROP) {
        refuse (invocation);
        return TRUE;
    }
    if (stage->mishap == DIE_OVER_DROP && stage->before == NULL) {
        g_autoptr (GError) error = vf_error_new (VF_REASON_NO_SUCH_PAIRING, "There is none.");

        vf_bus_error_return (invocation, error);
        return TRUE;
    }
    stage->lent = FALSE;
    g_clear_pointer (&stage->before, g_free);
    g_clear_pointer (&stage->after, g_free);
    if (stage->mishap == DIE_OVER_DROP)
        g_dbus_method_invocation_return_dbus_error (
            invocation, "org.freedesktop.DBus.Error.NoReply", "disconnected without replying");
    else
        vf_dbus_host_complete_drop_pairing (host, invocation);
    return TRUE;
}

static gboolean
on_plan (VfDbusGpu *gpu,
         GDBusMethodInvocation *invocation,
         const char *target,
         GVariant *options,
         gpointer data)
{
    VmStage *stage = data;
    GVariantBuilder blockers;
    const char *vm = NULL;
    g_autoptr (VfPlan) plan = vf_plan_new (
        VF_TARGET_VFIO, g_ptr_array_new_with_free_func ((GDestroyNotify) vf_step_free));

    g_variant_lookup (options, "vm", "&s", &vm);
    g_assert_cmpstr (vm, ==, VM_STAGE_UUID);
    g_variant_builder_init (&blockers, G_VARIANT_TYPE ("a(sss)"));
    if (stage->blocker != NULL)
        g_variant_builder_add (&blockers, "(sss)", stage->blocker, "", "It cannot go.");
    vf_dbus_gpu_complete_plan (gpu, invocation, vf_plan_to_variant (plan),
                               g_variant_builder_end (&blockers));
    return TRUE;
}

static void
add_gpu (VmStage *stage)
{
    g_autoptr (VfDbusObjectSkeleton) object =
        vf_dbus_object_skeleton_new (VF_BUS_GPU_PATH_PREFIX "0000_01_00");
    g_autoptr (VfDbusGpu) gpu = vf_dbus_gpu_skeleton_new ();
    GVariantBuilder functions;

    g_variant_builder_init (&functions, G_VARIANT_TYPE ("a(sssssi)"));
    g_variant_builder_add (&functions, "(sssssi)", "0000:01:00.0", "display", "1234:1111", "bochs",
                           "", 3);
    g_variant_builder_add (&functions, "(sssssi)", "0000:01:00.1", "audio", "8086:2668", "snd", "",
                           3);
    vf_dbus_gpu_set_address (gpu, "0000:01:00.0");
    vf_dbus_gpu_set_functions (gpu, g_variant_builder_end (&functions));
    g_signal_connect (gpu, "handle-pair", G_CALLBACK (on_pair), stage);
    g_signal_connect (gpu, "handle-cancel", G_CALLBACK (on_cancel), stage);
    g_signal_connect (gpu, "handle-plan", G_CALLBACK (on_plan), stage);
    vf_dbus_object_skeleton_set_gpu (object, gpu);
    g_dbus_object_manager_server_export (stage->objects, G_DBUS_OBJECT_SKELETON (object));
}

static gpointer
run_daemon (gpointer data)
{
    VmStage *stage = data;

    g_main_context_push_thread_default (stage->context);
    stage->connection = g_dbus_connection_new_for_address_sync (
        g_test_dbus_get_bus_address (stage->bus),
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, NULL);
    stage->host = vf_dbus_host_skeleton_new ();
    g_signal_connect (stage->host, "handle-confirm-pairing", G_CALLBACK (on_confirm), stage);
    g_signal_connect (stage->host, "handle-open-pairing", G_CALLBACK (on_open), stage);
    g_signal_connect (stage->host, "handle-drop-pairing", G_CALLBACK (on_drop), stage);
    stage->objects = g_dbus_object_manager_server_new (VF_BUS_HOST_PATH);
    add_gpu (stage);
    g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (stage->host), stage->connection,
                                      VF_BUS_HOST_PATH, NULL);
    g_dbus_object_manager_server_set_connection (stage->objects, stage->connection);
    g_dbus_connection_call_sync (stage->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                 "org.freedesktop.DBus", "RequestName",
                                 g_variant_new ("(su)", VF_BUS_NAME, 0), NULL, 0, -1, NULL, NULL);
    g_atomic_int_set (&stage->ready, TRUE);
    g_main_loop_run (stage->loop);
    g_object_unref (stage->objects);
    g_object_unref (stage->host);
    g_dbus_connection_close_sync (stage->connection, NULL, NULL);
    g_object_unref (stage->connection);
    g_main_context_pop_thread_default (stage->context);
    return NULL;
}

static void
stay_silent (void *data, virErrorPtr error)
{
}

/* Once per process, before the first connection. */
static void
prepare_libvirt (void)
{
    static gboolean prepared;

    if (!prepared)
        gvir_event_register ();
    prepared = TRUE;
    virSetErrorFunc (NULL, stay_silent);
}

static void
define (VmStage *stage, const char *text)
{
    g_autoptr (virDomain) domain = virDomainDefineXML (stage->libvirt, text);

    g_assert_nonnull (domain);
}

void
vm_stage_set_up (VmStage *stage, gconstpointer mishap)
{
    GError *error = NULL;

    prepare_libvirt ();
    current = stage;
    stage->mishap = (Mishap) GPOINTER_TO_INT (mishap);
    stage->calls = g_string_new (NULL);
    stage->cancellable = g_cancellable_new ();
    stage->libvirt = virConnectOpen ("test:///default");
    g_assert_nonnull (stage->libvirt);
    define (stage, domain_text);
    stage->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
    g_test_dbus_up (stage->bus);
    stage->context = g_main_context_new ();
    stage->loop = g_main_loop_new (stage->context, FALSE);
    stage->thread = g_thread_new ("daemon", run_daemon, stage);
    while (!g_atomic_int_get (&stage->ready))
        g_thread_yield ();
    stage->client = vf_client_new (g_test_dbus_get_bus_address (stage->bus), &error);
    g_assert_no_error (error);
    stage->gpu = vf_client_find_gpu (stage->client, (VfPciAddress){ .bus = 1 }, &error);
    g_assert_no_error (error);
}

void
vm_stage_tear_down (VmStage *stage, gconstpointer mishap)
{
    g_autoptr (virDomain) domain = virDomainLookupByName (stage->libvirt, "guest");

    if (domain != NULL) {
        virDomainDestroy (domain);
        virDomainUndefineFlags (domain, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE);
    }
    g_object_unref (stage->gpu);
    vf_client_free (stage->client);
    g_main_loop_quit (stage->loop);
    g_thread_join (stage->thread);
    g_main_loop_unref (stage->loop);
    g_main_context_unref (stage->context);
    g_test_dbus_down (stage->bus);
    g_object_unref (stage->bus);
    virConnectClose (stage->libvirt);
    g_free (stage->before);
    g_free (stage->after);
    g_string_free (stage->calls, TRUE);
    g_object_unref (stage->cancellable);
}

VfMachine *
vm_stage_find (VmStage *stage)
{
    GError *error = NULL;
    VfMachine *machine = vf_machine_find (stage->libvirt, "guest", &error);

    g_assert_no_error (error);
    return machine;
}

void
vm_stage_start (VmStage *stage)
{
    g_autoptr (VfMachine) machine = vm_stage_find (stage);

    g_assert_cmpint (virDomainCreate (machine->domain), ==, 0);
}

gboolean
vm_stage_is_running (VmStage *stage)
{
    g_autoptr (VfMachine) machine = vm_stage_find (stage);

    return vf_machine_is_active (machine);
}

char *
vm_stage_text (VmStage *stage)
{
    g_autoptr (VfMachine) machine = vm_stage_find (stage);

    return vf_machine_text (machine, NULL);
}

void
vm_stage_set_memory (VmStage *stage, const char *kibibytes)
{
    g_auto (GStrv) parts = g_strsplit (domain_text, "65536", 2);
    g_autofree char *text = g_strjoin (kibibytes, parts[0], parts[1], NULL);

    define (stage, text);
}

void
vm_stage_replace (VmStage *stage, const char *pattern, const char *replacement)
{
    g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_DOTALL, 0, NULL);
    g_autofree char *before = vm_stage_text (stage);
    g_autofree char *after = g_regex_replace (regex, before, -1, 0, replacement, 0, NULL);

    g_assert_cmpstr (before, !=, after);
    define (stage, after);
}

typedef struct {
    VmStage *stage;
    gboolean (*work) (VmStage *stage, GError **error);
    GMainLoop *loop;
    gboolean done;
    GError *error;
} Job;

static gboolean
quit (gpointer data)
{
    g_main_loop_quit (data);
    return G_SOURCE_REMOVE;
}

static gpointer
run_job (gpointer data)
{
    Job *job = data;
    g_autoptr (GMainContext) context = g_main_context_new ();

    g_main_context_push_thread_default (context);
    job->done = job->work (job->stage, &job->error);
    g_main_context_pop_thread_default (context);
    g_idle_add (quit, job->loop);
    return NULL;
}

static gboolean
in_a_thread (VmStage *stage, gboolean (*work) (VmStage *, GError **), GError **error)
{
    g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
    Job job = { .stage = stage, .work = work, .loop = loop };
    GThread *thread = g_thread_new ("work", run_job, &job);

    g_main_loop_run (loop);
    g_thread_join (thread);
    g_assert_true (job.done == (job.error == NULL));
    if (!job.done)
        g_propagate_error (error, job.error);
    return job.done;
}

static void
hear (const char *sentence, gpointer data)
{
    g_test_message ("%s", sentence);
}

static guint
deadline_of (const VmStage *stage)
{
    return stage->guest == GUEST_IS_LEFT ? DEADLINE_IF_CANCELLED : DEADLINE;
}

static VfTransaction
transaction_of (VmStage *stage)
{
    return (VfTransaction){ .client = stage->client,
                            .may_stop = stage->may_stop,
                            .stop_deadline = deadline_of (stage),
                            .cancellable = stage->cancellable,
                            .tell = hear };
}

static gboolean
activate (VmStage *stage, GError **error)
{
    g_autoptr (VfMachine) machine = vm_stage_find (stage);
    VfTransaction transaction = transaction_of (stage);
    VfActivationWish wish = { .gpu = stage->gpu,
                              .on_start = stage->on_start,
                              .inputs = stage->inputs };

    return vf_activation_run (&transaction, machine, &wish, error);
}

gboolean
vm_stage_activate (VmStage *stage, GError **error)
{
    return in_a_thread (stage, activate, error);
}

GPtrArray *
vm_stage_pairings (VmStage *stage)
{
    GPtrArray *pairings = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_pairing_free);
    VfPairing *pairing;

    if (stage->before == NULL)
        return pairings;
    pairing = g_new0 (VfPairing, 1);
    *pairing = (VfPairing){ .uuid = g_strdup (VM_STAGE_UUID),
                            .name = g_strdup ("guest"),
                            .gpu = g_strdup ("0000:01:00.0"),
                            .profile = g_strdup ("monitor"),
                            .pending = stage->pending };
    g_ptr_array_add (pairings, pairing);
    return pairings;
}

static gboolean
deactivate (VmStage *stage, GError **error)
{
    g_autoptr (GPtrArray) pairings = vm_stage_pairings (stage);
    g_autoptr (VfMachine) machine = NULL;
    VfTransaction transaction = transaction_of (stage);
    VfDeactivationSubject subject;

    if (!vf_deactivation_find (stage->libvirt, pairings, "guest", &subject, error))
        return FALSE;
    machine = subject.machine;
    return vf_deactivation_run (&transaction, &subject, error);
}

gboolean
vm_stage_deactivate (VmStage *stage, GError **error)
{
    return in_a_thread (stage, deactivate, error);
}

static gboolean
shut_down (VmStage *stage, GError **error)
{
    g_autoptr (VfMachine) machine = vm_stage_find (stage);

    return vf_shutdown_ask (machine, deadline_of (stage), stage->cancellable, error);
}

gboolean
vm_stage_shut_down (VmStage *stage, GError **error)
{
    return in_a_thread (stage, shut_down, error);
}
