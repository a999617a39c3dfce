/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Activation and deactivation against libvirt's test driver and a daemon that answers what the test
 * wants: the order of what is done, and that a failure at any step leaves the domain as it was. */
#include "vf-activation.h"
#include "vf-bus-error.h"
#include "vf-bus-names.h"
#include "vf-deactivation.h"

#include <libvirt/virterror.h>
#include <string.h>

#define UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"

static const char domain_text[] =
    "<domain type='test'><name>guest</name><uuid>" UUID "</uuid>"
    "<memory unit='KiB'>65536</memory><vcpu>1</vcpu>"
    "<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>"
    "<controller type='pci' index='0' model='pcie-root'/>"
    "<controller type='pci' index='1' model='pcie-root-port'>"
    "<address type='pci' domain='0' bus='0' slot='2' function='0'/></controller>"
    "<graphics type='vnc' port='-1' passwd='secret'/></devices></domain>";

/* What the daemon does wrong. */
typedef enum {
    NOTHING,
    REFUSE_PAIR,
    CHANGE_DOMAIN, /* somebody else does, while the GPU is lent */
    REFUSE_CONFIRM,
    REFUSE_DROP,
} Mishap;

typedef struct {
    GTestDBus *bus;
    GThread *thread;
    GMainContext *context; /* of the daemon */
    GMainLoop *loop;
    GDBusConnection *connection;
    VfDbusHost *host;
    GDBusObjectManagerServer *objects;
    virConnect *libvirt;
    VfClient *client;
    VfClientGpu *gpu;
    Mishap mishap;
    char *before; /* of the pairing; NULL when there is none */
    char *after;
    GString *calls;
    gint ready;
} Fixture;

static void
refuse (GDBusMethodInvocation *invocation)
{
    g_autoptr (GError) error = vf_error_new (VF_REASON_SWITCH_RUNNING, "Not now.");

    vf_bus_error_return (invocation, error);
}

static void
set_memory (virConnect *libvirt, const char *kibibytes)
{
    g_auto (GStrv) parts = g_strsplit (domain_text, "65536", 2);
    g_autofree char *text = g_strjoin (kibibytes, parts[0], parts[1], NULL);
    g_autoptr (virDomain) domain = virDomainDefineXML (libvirt, text);

    g_assert_nonnull (domain);
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
    Fixture *fixture = data;

    g_string_append (fixture->calls, "pair ");
    g_assert_cmpstr (uuid, ==, UUID);
    if (fixture->mishap == REFUSE_PAIR) {
        refuse (invocation);
        return TRUE;
    }
    if (fixture->mishap == CHANGE_DOMAIN)
        set_memory (fixture->libvirt, "131072");
    fixture->before = g_strdup (before);
    vf_dbus_gpu_complete_pair (gpu, invocation);
    return TRUE;
}

static gboolean
on_confirm (VfDbusHost *host,
            GDBusMethodInvocation *invocation,
            const char *uuid,
            const char *after,
            gpointer data)
{
    Fixture *fixture = data;

    g_string_append (fixture->calls, "confirm ");
    if (fixture->mishap == REFUSE_CONFIRM) {
        refuse (invocation);
        return TRUE;
    }
    fixture->after = g_strdup (after);
    vf_dbus_host_complete_confirm_pairing (host, invocation);
    return TRUE;
}

static gboolean
on_open (VfDbusHost *host, GDBusMethodInvocation *invocation, const char *uuid, gpointer data)
{
    Fixture *fixture = data;

    g_string_append (fixture->calls, "open ");
    vf_dbus_host_complete_open_pairing (host, invocation, fixture->before,
                                        fixture->after != NULL ? fixture->after : "");
    return TRUE;
}

static gboolean
on_drop (VfDbusHost *host, GDBusMethodInvocation *invocation, const char *uuid, gpointer data)
{
    Fixture *fixture = data;

    g_string_append (fixture->calls, "drop ");
    if (fixture->mishap == REFUSE_DROP) {
        refuse (invocation);
        return TRUE;
    }
    g_clear_pointer (&fixture->before, g_free);
    g_clear_pointer (&fixture->after, g_free);
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
    g_autoptr (VfPlan) plan = vf_plan_new (
        VF_TARGET_VFIO, g_ptr_array_new_with_free_func ((GDestroyNotify) vf_step_free));

    vf_dbus_gpu_complete_plan (gpu, invocation, vf_plan_to_variant (plan),
                               g_variant_new ("a(sss)", NULL));
    return TRUE;
}

static void
add_gpu (Fixture *fixture)
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
    g_signal_connect (gpu, "handle-pair", G_CALLBACK (on_pair), fixture);
    g_signal_connect (gpu, "handle-plan", G_CALLBACK (on_plan), fixture);
    vf_dbus_object_skeleton_set_gpu (object, gpu);
    g_dbus_object_manager_server_export (fixture->objects, G_DBUS_OBJECT_SKELETON (object));
}

static gpointer
run_daemon (gpointer data)
{
    Fixture *fixture = data;

    g_main_context_push_thread_default (fixture->context);
    fixture->connection = g_dbus_connection_new_for_address_sync (
        g_test_dbus_get_bus_address (fixture->bus),
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, NULL);
    fixture->host = vf_dbus_host_skeleton_new ();
    g_signal_connect (fixture->host, "handle-confirm-pairing", G_CALLBACK (on_confirm), fixture);
    g_signal_connect (fixture->host, "handle-open-pairing", G_CALLBACK (on_open), fixture);
    g_signal_connect (fixture->host, "handle-drop-pairing", G_CALLBACK (on_drop), fixture);
    fixture->objects = g_dbus_object_manager_server_new (VF_BUS_HOST_PATH);
    add_gpu (fixture);
    g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (fixture->host),
                                      fixture->connection, VF_BUS_HOST_PATH, NULL);
    g_dbus_object_manager_server_set_connection (fixture->objects, fixture->connection);
    g_dbus_connection_call_sync (fixture->connection, "org.freedesktop.DBus",
                                 "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                                 g_variant_new ("(su)", VF_BUS_NAME, 0), NULL, 0, -1, NULL, NULL);
    g_atomic_int_set (&fixture->ready, TRUE);
    g_main_loop_run (fixture->loop);
    g_object_unref (fixture->objects);
    g_object_unref (fixture->host);
    g_dbus_connection_close_sync (fixture->connection, NULL, NULL);
    g_object_unref (fixture->connection);
    g_main_context_pop_thread_default (fixture->context);
    return NULL;
}

static void
stay_silent (void *data, virErrorPtr error)
{
}

static void
set_up (Fixture *fixture, gconstpointer mishap)
{
    g_autoptr (virDomain) domain = NULL;
    GError *error = NULL;

    virSetErrorFunc (NULL, stay_silent);
    fixture->mishap = (Mishap) GPOINTER_TO_INT (mishap);
    fixture->calls = g_string_new (NULL);
    fixture->libvirt = virConnectOpen ("test:///default");
    g_assert_nonnull (fixture->libvirt);
    domain = virDomainDefineXML (fixture->libvirt, domain_text);
    g_assert_nonnull (domain);
    fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
    g_test_dbus_up (fixture->bus);
    fixture->context = g_main_context_new ();
    fixture->loop = g_main_loop_new (fixture->context, FALSE);
    fixture->thread = g_thread_new ("daemon", run_daemon, fixture);
    while (!g_atomic_int_get (&fixture->ready))
        g_thread_yield ();
    fixture->client = vf_client_new (g_test_dbus_get_bus_address (fixture->bus), &error);
    g_assert_no_error (error);
    fixture->gpu = vf_client_find_gpu (fixture->client, (VfPciAddress){ .bus = 1 }, &error);
    g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer mishap)
{
    g_autoptr (virDomain) domain = virDomainLookupByName (fixture->libvirt, "guest");

    if (domain != NULL)
        virDomainUndefineFlags (domain, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE);
    g_object_unref (fixture->gpu);
    vf_client_free (fixture->client);
    g_main_loop_quit (fixture->loop);
    g_thread_join (fixture->thread);
    g_main_loop_unref (fixture->loop);
    g_main_context_unref (fixture->context);
    g_test_dbus_down (fixture->bus);
    g_object_unref (fixture->bus);
    virConnectClose (fixture->libvirt);
    g_free (fixture->before);
    g_free (fixture->after);
    g_string_free (fixture->calls, TRUE);
}

static void
hear (const char *sentence, gpointer data)
{
    g_test_message ("%s", sentence);
}

static VfTransaction
activation_of (Fixture *fixture)
{
    return (VfTransaction){ .client = fixture->client, .stop_deadline = 1000, .tell = hear };
}

static VfMachine *
find (Fixture *fixture)
{
    GError *error = NULL;
    VfMachine *machine = vf_machine_find (fixture->libvirt, "guest", &error);

    g_assert_no_error (error);
    return machine;
}

static char *
text_of (Fixture *fixture)
{
    g_autoptr (VfMachine) machine = find (fixture);

    return vf_machine_text (machine, NULL);
}

static gboolean
activate (Fixture *fixture, GError **error)
{
    g_autoptr (VfMachine) machine = find (fixture);
    VfTransaction transaction = activation_of (fixture);
    VfActivationWish wish = { .gpu = fixture->gpu };

    return vf_activation_run (&transaction, machine, &wish, error);
}

static gboolean
deactivate (Fixture *fixture, GError **error)
{
    g_autoptr (VfMachine) machine = NULL;
    g_autoptr (GPtrArray) pairings =
        g_ptr_array_new_with_free_func ((GDestroyNotify) vf_pairing_free);
    VfTransaction transaction = activation_of (fixture);
    VfDeactivationSubject subject;

    if (fixture->before != NULL) {
        VfPairing *pairing = g_new0 (VfPairing, 1);

        *pairing = (VfPairing){ .uuid = g_strdup (UUID),
                                .name = g_strdup ("guest"),
                                .gpu = g_strdup ("0000:01:00.0"),
                                .profile = g_strdup ("monitor") };
        g_ptr_array_add (pairings, pairing);
    }
    if (!vf_deactivation_find (fixture->libvirt, pairings, "guest", &subject, error))
        return FALSE;
    machine = subject.machine;
    return vf_deactivation_run (&transaction, &subject, error);
}

static void
test_there_and_back (Fixture *fixture, gconstpointer mishap)
{
    g_autofree char *before = text_of (fixture);
    g_autofree char *between = NULL;
    g_autofree char *after = NULL;
    GError *error = NULL;

    g_assert_true (activate (fixture, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (fixture->calls->str, ==, "pair confirm ");
    between = text_of (fixture);
    g_assert_cmpstr (fixture->before, ==, before);
    g_assert_cmpstr (fixture->after, ==, between);
    g_assert_nonnull (strstr (fixture->before, "passwd='secret'"));
    g_assert_nonnull (strstr (between, "<hostdev"));
    g_assert_null (strstr (between, "<graphics"));
    g_assert_null (strstr (between, "secret"));

    g_assert_false (activate (fixture, &error));
    g_assert_true (vf_error_is (error, VF_REASON_ALREADY_ACTIVATED));
    g_clear_error (&error);

    g_assert_true (deactivate (fixture, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (fixture->calls->str, ==, "pair confirm open drop ");
    after = text_of (fixture);
    g_assert_cmpstr (after, ==, before);
}

static const struct {
    const char *name;
    Mishap mishap;
    VfReason reason;
    const char *calls;
    const char *kept; /* what the text still says */
} failures[] = {
    { "refused-pair", REFUSE_PAIR, VF_REASON_SWITCH_RUNNING, "pair ", "65536" },
    { "changed-domain", CHANGE_DOMAIN, VF_REASON_DOMAIN_CHANGED, "pair drop ", "131072" },
    { "refused-confirm", REFUSE_CONFIRM, VF_REASON_SWITCH_RUNNING, "pair confirm drop ", "65536" },
};

static void
test_failure (Fixture *fixture, gconstpointer mishap)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;
    gsize i = 0;

    while (failures[i].mishap != fixture->mishap)
        i++;
    g_assert_false (activate (fixture, &error));
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, vf_reason_id (failures[i].reason));
    g_assert_cmpstr (fixture->calls->str, ==, failures[i].calls);
    text = text_of (fixture);
    g_assert_nonnull (strstr (text, failures[i].kept));
    g_assert_nonnull (strstr (text, "passwd='secret'"));
    g_assert_null (strstr (text, "<hostdev"));
    g_assert_null (strstr (text, "<metadata"));
}

/* The GPU could not be given back: the VM keeps it, and the person may try again. */
static void
test_deactivation_undone (Fixture *fixture, gconstpointer mishap)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *between = NULL;
    g_autofree char *after = NULL;

    fixture->mishap = NOTHING;
    g_assert_true (activate (fixture, NULL));
    between = text_of (fixture);
    fixture->mishap = REFUSE_DROP;
    g_assert_false (deactivate (fixture, &error));
    g_assert_true (vf_error_is (error, VF_REASON_SWITCH_RUNNING));
    after = text_of (fixture);
    g_assert_cmpstr (after, ==, between);
}

static void
test_without_pairing (Fixture *fixture, gconstpointer mishap)
{
    g_autofree char *after = NULL;
    GError *error = NULL;

    g_assert_true (activate (fixture, NULL));
    g_clear_pointer (&fixture->before, g_free);
    g_assert_true (deactivate (fixture, &error));
    g_assert_no_error (error);
    after = text_of (fixture);
    g_assert_null (strstr (after, "<hostdev"));
    g_assert_null (strstr (after, "<metadata"));
    g_assert_cmpstr (fixture->calls->str, ==, "pair confirm ");

    g_assert_false (deactivate (fixture, &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_PAIRING));
    g_clear_error (&error);
}

/* The mark is gone or the domain is: the pairing goes, the domain stays as it is. */
static void
test_without_mark (Fixture *fixture, gconstpointer mishap)
{
    g_autofree char *after = NULL;
    GError *error = NULL;

    g_assert_true (activate (fixture, NULL));
    set_memory (fixture->libvirt, "131072");
    g_assert_true (deactivate (fixture, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (fixture->calls->str, ==, "pair confirm drop ");
    after = text_of (fixture);
    g_assert_nonnull (strstr (after, "131072"));
}

static void
test_running (Fixture *fixture, gconstpointer mishap)
{
    g_autoptr (VfMachine) machine = find (fixture);
    GError *error = NULL;

    g_assert_cmpint (virDomainCreate (machine->domain), ==, 0);
    g_assert_false (activate (fixture, &error));
    g_assert_true (vf_error_is (error, VF_REASON_VM_RUNNING));
    g_clear_error (&error);
    g_assert_cmpint (virDomainManagedSave (machine->domain, 0), ==, 0);
    g_assert_false (activate (fixture, &error));
    g_assert_true (vf_error_is (error, VF_REASON_MANAGED_SAVE));
    g_clear_error (&error);
    g_assert_cmpstr (fixture->calls->str, ==, "");
}

static void
test_names (Fixture *fixture, gconstpointer mishap)
{
    g_autoptr (VfMachine) by_uuid = vf_machine_find (fixture->libvirt, UUID, NULL);
    GError *error = NULL;

    g_assert_nonnull (by_uuid);
    g_assert_cmpstr (by_uuid->name, ==, "guest");
    g_assert_null (vf_machine_find (fixture->libvirt, "guets1", &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_VM));
    g_assert_nonnull (strstr (error->message, "Did you mean guest"));
    g_clear_error (&error);
}

static void
test_foreign_libvirt (void)
{
    GError *error = NULL;

    g_assert_null (vf_libvirt_open ("qemu+ssh://elsewhere/system", &error));
    g_assert_true (vf_error_is (error, VF_REASON_FOREIGN_LIBVIRT));
    g_clear_error (&error);
}

static void
add (const char *name, Mishap mishap, void (*test) (Fixture *, gconstpointer))
{
    g_autofree char *path = g_strconcat ("/activation/", name, NULL);

    g_test_add (path, Fixture, GINT_TO_POINTER (mishap), set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/activation/foreign-libvirt", test_foreign_libvirt);
    add ("names", NOTHING, test_names);
    add ("there-and-back", NOTHING, test_there_and_back);
    for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
        add (failures[i].name, failures[i].mishap, test_failure);
    add ("deactivation-undone", REFUSE_DROP, test_deactivation_undone);
    add ("without-pairing", NOTHING, test_without_pairing);
    add ("without-mark", NOTHING, test_without_mark);
    add ("running", NOTHING, test_running);
    return g_test_run ();
}
