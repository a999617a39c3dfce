/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the table of who may call what. Asks polkit by plain D-Bus calls: its client library always
 * takes the system bus, and a daemon on a private bus must be judged there. */
#include "vfd-authorizer.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"

/* A person types a password meanwhile. */
#define QUESTION_DEADLINE 120000

/* Questions that one caller may have open. */
#define QUESTIONS_PER_CALLER 8

typedef enum {
    ANYBODY,
    ONLY_ROOT,
    ASK_POLKIT,
} Rule;

static const struct {
    const char *interface;
    const char *method;
    const char *argument; /* what the first argument must be; NULL: anything */
    Rule rule;
    const char *action;
} rules[] = {
    { VF_BUS_HOST_INTERFACE, "ListPairings", NULL, ANYBODY, NULL },
    /* Judged by its handler: only the bus name that made the pairing. */
    { VF_BUS_HOST_INTERFACE, "ConfirmPairing", NULL, ANYBODY, NULL },
    { VF_BUS_HOST_INTERFACE, "OpenPairing", NULL, ASK_POLKIT, "org.virtflow.VirtFlow1.return" },
    { VF_BUS_HOST_INTERFACE, "DropPairing", NULL, ASK_POLKIT, "org.virtflow.VirtFlow1.return" },
    { VF_BUS_HOST_INTERFACE, "Recover", NULL, ASK_POLKIT, "org.virtflow.VirtFlow1.recover" },
    { VF_BUS_GPU_INTERFACE, "Plan", NULL, ANYBODY, NULL },
    { VF_BUS_GPU_INTERFACE, "Inspect", NULL, ANYBODY, NULL },
    { VF_BUS_GPU_INTERFACE, "Switch", "vfio", ASK_POLKIT, "org.virtflow.VirtFlow1.lend" },
    { VF_BUS_GPU_INTERFACE, "Switch", "host", ASK_POLKIT, "org.virtflow.VirtFlow1.return" },
    { VF_BUS_GPU_INTERFACE, "Pair", NULL, ASK_POLKIT, "org.virtflow.VirtFlow1.lend" },
    { VF_BUS_HOOK_INTERFACE, "Prepare", NULL, ONLY_ROOT, NULL },
    { VF_BUS_HOOK_INTERFACE, "Started", NULL, ONLY_ROOT, NULL },
    { VF_BUS_HOOK_INTERFACE, "Stopped", NULL, ONLY_ROOT, NULL },
    { VF_BUS_HOOK_INTERFACE, "Release", NULL, ONLY_ROOT, NULL },
};

struct _VfdAuthorizer {
    GDBusConnection *connection;
    GCancellable *cancellable;
    GHashTable *open_questions; /* unique name -> count */
};

typedef struct {
    VfdAuthorizer *authorizer;
    GDBusMethodInvocation *invocation; /* the answer takes it */
    char *sender;
    Rule rule;
    const char *action;
    char *subject;
    guint32 uid;
    VfdAuthorized granted;
    gpointer data;
    GDestroyNotify free_data;
} Question;

VfdAuthorizer *
vfd_authorizer_new (GDBusConnection *connection)
{
    VfdAuthorizer *authorizer = g_new0 (VfdAuthorizer, 1);

    authorizer->connection = g_object_ref (connection);
    authorizer->cancellable = g_cancellable_new ();
    authorizer->open_questions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    return authorizer;
}

void
vfd_authorizer_free (VfdAuthorizer *authorizer)
{
    g_cancellable_cancel (authorizer->cancellable);
    g_object_unref (authorizer->cancellable);
    g_object_unref (authorizer->connection);
    g_hash_table_unref (authorizer->open_questions);
    g_free (authorizer);
}

static void
count_question (VfdAuthorizer *authorizer, const char *sender, int change)
{
    int count = GPOINTER_TO_INT (g_hash_table_lookup (authorizer->open_questions, sender)) + change;

    if (count > 0)
        g_hash_table_replace (authorizer->open_questions, g_strdup (sender),
                              GINT_TO_POINTER (count));
    else
        g_hash_table_remove (authorizer->open_questions, sender);
}

static void
end (Question *question, gboolean cancelled)
{
    if (!cancelled)
        count_question (question->authorizer, question->sender, -1);
    if (question->free_data != NULL)
        question->free_data (question->data);
    g_free (question->sender);
    g_free (question->subject);
    g_free (question);
}

static void
grant (Question *question)
{
    question->granted (question->invocation, question->uid, question->data);
    end (question, FALSE);
}

static void
deny (Question *question, const GError *error)
{
    gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_autoptr (GError) refusal = NULL;

    refusal = vf_error_new (VF_REASON_NOT_AUTHORIZED,
                            "Not authorised%s%s. Log in as an administrator, or ask one to allow "
                            "it in polkit's rules.",
                            error != NULL ? ": " : "", error != NULL ? error->message : "");
    vf_bus_error_return (question->invocation, refusal);
    end (question, cancelled);
}

static void
on_polkit_answered (GObject *source, GAsyncResult *result, gpointer data)
{
    Question *question = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer =
        g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
    gboolean allowed = FALSE;

    if (answer != NULL)
        g_variant_get (answer, "((bb@a{ss}))", &allowed, NULL, NULL);
    if (allowed)
        grant (question);
    else
        deny (question, error);
}

static void
ask_polkit (Question *question)
{
    GDBusMessage *message = g_dbus_method_invocation_get_message (question->invocation);
    gboolean interactive =
        (g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION)
        != 0;
    GVariantBuilder subject, details;

    g_variant_builder_init (&subject, G_VARIANT_TYPE ("a{sv}"));
    g_variant_builder_add (&subject, "{sv}", "name", g_variant_new_string (question->sender));
    g_variant_builder_init (&details, G_VARIANT_TYPE ("a{ss}"));
    g_variant_builder_add (&details, "{ss}", "virtflow.subject", question->subject);
    g_dbus_connection_call (question->authorizer->connection, "org.freedesktop.PolicyKit1",
                            "/org/freedesktop/PolicyKit1/Authority",
                            "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization",
                            g_variant_new ("((sa{sv})sa{ss}us)", "system-bus-name", &subject,
                                           question->action, &details, interactive ? 1 : 0, ""),
                            G_VARIANT_TYPE ("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE,
                            QUESTION_DEADLINE, question->authorizer->cancellable,
                            on_polkit_answered, question);
}

static void
on_uid_answered (GObject *source, GAsyncResult *result, gpointer data)
{
    Question *question = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer =
        g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

    if (answer == NULL) {
        deny (question, error);
        return;
    }
    g_variant_get (answer, "(u)", &question->uid);
    switch (question->rule) {
    case ANYBODY:
        grant (question);
        break;
    case ONLY_ROOT:
        if (question->uid == 0)
            grant (question);
        else
            deny (question, NULL);
        break;
    case ASK_POLKIT:
        /* polkit always says yes to root (polkitbackendinteractiveauthority.c); and root must be
         * able to bring a GPU home when polkit is down. */
        if (question->uid == 0)
            grant (question);
        else
            ask_polkit (question);
        break;
    }
}

static gboolean
is_rule_for (gsize i, GDBusMethodInvocation *invocation)
{
    GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
    const char *argument;

    if (!g_str_equal (g_dbus_method_invocation_get_interface_name (invocation), rules[i].interface)
        || !g_str_equal (g_dbus_method_invocation_get_method_name (invocation), rules[i].method))
        return FALSE;
    if (rules[i].argument == NULL)
        return TRUE;
    g_variant_get_child (parameters, 0, "&s", &argument);
    return g_str_equal (argument, rules[i].argument);
}

static gboolean
find_rule (Question *question)
{
    for (gsize i = 0; i < G_N_ELEMENTS (rules); i++) {
        if (is_rule_for (i, question->invocation)) {
            question->rule = rules[i].rule;
            question->action = rules[i].action;
            return TRUE;
        }
    }
    return FALSE;
}

static void
refuse_flood (Question *question)
{
    g_autoptr (GError) error = vf_error_new (
        VF_REASON_LIMIT_EXCEEDED, "You have too many requests open. Wait for their answers.");

    vf_bus_error_return (question->invocation, error);
    end (question, FALSE);
}

void
vfd_authorizer_check (VfdAuthorizer *authorizer,
                      GDBusMethodInvocation *invocation,
                      const char *subject,
                      VfdAuthorized granted,
                      gpointer data,
                      GDestroyNotify free_data)
{
    Question *question = g_new0 (Question, 1);

    *question = (Question){ .authorizer = authorizer,
                            .invocation = invocation,
                            .sender = g_strdup (g_dbus_method_invocation_get_sender (invocation)),
                            .subject = g_strdup (subject),
                            .granted = granted,
                            .data = data,
                            .free_data = free_data };
    count_question (authorizer, question->sender, 1);
    if (GPOINTER_TO_INT (g_hash_table_lookup (authorizer->open_questions, question->sender))
        > QUESTIONS_PER_CALLER) {
        refuse_flood (question);
        return;
    }
    if (!find_rule (question)) {
        deny (question, NULL);
        return;
    }
    g_dbus_connection_call (authorizer->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "GetConnectionUnixUser",
                            g_variant_new ("(s)", question->sender), G_VARIANT_TYPE ("(u)"),
                            G_DBUS_CALL_FLAGS_NONE, -1, authorizer->cancellable, on_uid_answered,
                            question);
}
