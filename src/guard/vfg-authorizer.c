/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of a call. Asks polkit by plain D-Bus calls: its client library always
 * takes the system bus, and a daemon on a private bus must be judged there. */
#include "vfg-authorizer.h"

#include "vf-bus-error.h"
#include "vf-bus-names.h"
#include "vf-text.h"
#include "vfg-allowance.h"
#include "vfg-callers.h"
#include "vfg-inflow.h"

#define POLKIT_NAME "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"

/* A person types a password meanwhile. */
#define QUESTION_DEADLINE 120000

struct _VfgAuthorizer {
    GDBusConnection *connection;
    const VfgRule *rules;
    VfgInflow *inflow;
    VfgCallers *callers;
    VfgAllowance *allowance;
    GPtrArray *open; /* Question; each frees itself when it ends */
    guint n_asked;   /* of polkit, for a name of each question */
};

typedef struct _Question Question;

/* polkit is being asked. It may take its time to answer after nobody waits for it any more; until
 * then it counts. */
typedef struct {
    Question *question; /* NULL: the caller was answered already */
    GDBusConnection *connection;
    char *cancellation_id; /* polkit's name of the question */
    VfgToken *token;
} Asking;

struct _Question {
    VfgAuthorizer *authorizer;         /* NULL when it is gone */
    GDBusMethodInvocation *invocation; /* the answer takes it */
    gboolean cancelled;                /* it is not granted any more, whatever polkit says */
    Asking *asking;                    /* NULL while polkit is not asked */
    guint caller_watch;                /* while polkit is asked; else 0 */
    char *sender;
    const VfgRule *rule; /* NULL while it is not known */
    char *subject;
    guint32 uid;
    VfgAuthorized granted;
    gpointer data;
    GDestroyNotify free_data;
};

VfgAuthorizer *
vfg_authorizer_new (GDBusConnection *connection, const VfgRule *rules)
{
    VfgAuthorizer *authorizer = g_new0 (VfgAuthorizer, 1);

    authorizer->connection = g_object_ref (connection);
    authorizer->rules = rules;
    authorizer->inflow = vfg_inflow_new (connection);
    authorizer->callers = vfg_callers_new (connection);
    authorizer->allowance = vfg_allowance_new ();
    authorizer->open = g_ptr_array_new ();
    return authorizer;
}

void
vfg_authorizer_free (VfgAuthorizer *authorizer)
{
    for (guint i = 0; i < authorizer->open->len; i++)
        ((Question *) g_ptr_array_index (authorizer->open, i))->authorizer = NULL;
    g_ptr_array_unref (authorizer->open);
    vfg_allowance_unref (authorizer->allowance);
    vfg_callers_free (authorizer->callers);
    vfg_inflow_free (authorizer->inflow);
    g_object_unref (authorizer->connection);
    g_free (authorizer);
}

static void
end (Question *question)
{
    if (question->authorizer != NULL)
        g_ptr_array_remove_fast (question->authorizer->open, question);
    if (question->caller_watch != 0)
        g_bus_unwatch_name (question->caller_watch);
    if (question->asking != NULL)
        question->asking->question = NULL;
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
    end (question);
}

/* Why it is not allowed; @error is what came in the place of polkit's answer, NULL when that was
 * no. */
static GError *
refusal_of (const GError *error)
{
    g_autoptr (GError) words = NULL;
    g_autofree char *name = NULL;

    if (error == NULL)
        return vf_error_new (VF_REASON_NOT_AUTHORIZED,
                             "Not authorised. Log in as an administrator, or ask one to allow it "
                             "in polkit's rules.");
    words = g_error_copy (error);
    if (error->domain == VF_ERROR)
        return g_steal_pointer (&words);
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        return vf_error_new (VF_REASON_NOT_AUTHORIZED,
                             "Not authorised: nobody answered the question in time. Try again.");
    g_dbus_error_strip_remote_error (words);
    name = g_dbus_error_get_remote_error (error);
    if (name != NULL && g_str_has_prefix (name, POLKIT_NAME))
        return vf_error_new (VF_REASON_NOT_AUTHORIZED,
                             "Not authorised: %s. Log in as an administrator, or ask one to allow "
                             "it in polkit's rules.",
                             words->message);
    return vf_error_new (VF_REASON_NOT_AUTHORIZED,
                         "Not authorised: polkit, which decides that, does not answer (%s). See "
                         "that it runs ('systemctl start polkit'), or do it as root, about whom it "
                         "is not asked.",
                         words->message);
}

static void
deny (Question *question, const GError *error)
{
    g_autoptr (GError) refusal = NULL;
    g_autofree char *cancelled = NULL;

    if (question->cancelled) {
        cancelled = vf_text_cancelled_unbegun ();
        refusal = vf_error_new (VF_REASON_CANCELLED, "%s", cancelled);
    } else {
        refusal = refusal_of (error);
    }
    vf_bus_error_return (question->invocation, refusal);
    end (question);
}

/* Takes the dialog from the person's screen. */
static void
cancel_at_polkit (const Asking *asking)
{
    g_dbus_connection_call (asking->connection, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE,
                            "CancelCheckAuthorization",
                            g_variant_new ("(s)", asking->cancellation_id), NULL,
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

/* Ends it with VF_REASON_CANCELLED, whatever polkit says from now on; while polkit is not asked
 * yet, as soon as it would be. */
static void
withdraw (Question *question)
{
    question->cancelled = TRUE;
    if (question->asking == NULL)
        return;
    cancel_at_polkit (question->asking);
    deny (question, NULL);
}

/* Nothing is done in the name of somebody who is gone, even if the answer is yes. */
static void
on_caller_vanished (GDBusConnection *connection, const char *name, gpointer data)
{
    withdraw (data);
}

static void
free_asking (Asking *asking)
{
    if (asking->question != NULL)
        asking->question->asking = NULL;
    vfg_token_give_back (asking->token);
    g_object_unref (asking->connection);
    g_free (asking->cancellation_id);
    g_free (asking);
}

static void
on_polkit_answered (GObject *source, GAsyncResult *result, gpointer data)
{
    Asking *asking = data;
    Question *question = asking->question;
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer =
        g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
    g_autoptr (GVariant) details = NULL;
    gboolean allowed = FALSE;

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        cancel_at_polkit (asking);
    free_asking (asking);
    if (question == NULL)
        return;
    if (answer != NULL) {
        g_variant_get (answer, "((bb@a{ss}))", &allowed, NULL, &details);
        if (!allowed && g_variant_lookup (details, "polkit.dismissed", "&s", NULL))
            error = vf_error_new (VF_REASON_NOT_AUTHORIZED,
                                  "Not authorised: the question was closed without an answer.");
    }
    if (allowed)
        grant (question);
    else
        deny (question, error);
}

static Asking *
asking_new (Question *question, VfgToken *token)
{
    VfgAuthorizer *authorizer = question->authorizer;
    Asking *asking = g_new0 (Asking, 1);

    *asking = (Asking){ .question = question,
                        .connection = g_object_ref (authorizer->connection),
                        .cancellation_id = g_strdup_printf ("virtflow-%u", authorizer->n_asked++),
                        .token = token };
    question->asking = asking;
    return asking;
}

/* Takes @token. */
static void
ask_polkit (Question *question, VfgToken *token)
{
    GDBusMessage *message = g_dbus_method_invocation_get_message (question->invocation);
    Asking *asking = asking_new (question, token);
    gboolean interactive =
        (g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION)
        != 0;
    GVariantBuilder subject, details;

    g_variant_builder_init (&subject, G_VARIANT_TYPE ("a{sv}"));
    g_variant_builder_add (&subject, "{sv}", "name", g_variant_new_string (question->sender));
    g_variant_builder_init (&details, G_VARIANT_TYPE ("a{ss}"));
    g_variant_builder_add (&details, "{ss}", "virtflow.subject", question->subject);
    /* Before the question, so that its answer cannot overtake the news. */
    question->caller_watch = g_bus_watch_name_on_connection (asking->connection, question->sender,
                                                             G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                             on_caller_vanished, question, NULL);
    g_dbus_connection_call (
        asking->connection, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE, "CheckAuthorization",
        g_variant_new ("((sa{sv})sa{ss}us)", "system-bus-name", &subject, question->rule->action,
                       &details, interactive ? 1 : 0, asking->cancellation_id),
        G_VARIANT_TYPE ("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE, QUESTION_DEADLINE, NULL,
        on_polkit_answered, asking);
}

static void
refuse_flood (Question *question)
{
    g_autoptr (GError) error = vf_error_new (
        VF_REASON_LIMIT_EXCEEDED, "You have too many requests open. Wait for their answers.");

    vf_bus_error_return (question->invocation, error);
    end (question);
}

static VfgAllowanceKind
allowance_of (VfgWho who)
{
    return who == VFG_ASK_POLKIT ? VFG_ALLOWANCE_CHANGING : VFG_ALLOWANCE_READING;
}

static void
ask_polkit_if_allowed (Question *question)
{
    VfgToken *token =
        vfg_allowance_take (question->authorizer->allowance, question->uid, VFG_ALLOWANCE_ASKING);

    if (token == NULL)
        refuse_flood (question);
    else
        ask_polkit (question, token);
}

/* Whose call it is is known. It counts until it is answered. */
static void
judge (Question *question)
{
    VfgToken *token = vfg_allowance_take (question->authorizer->allowance, question->uid,
                                          allowance_of (question->rule->who));

    if (question->uid == 0)
        vfg_inflow_trust (question->authorizer->inflow, question->sender);
    if (token == NULL) {
        refuse_flood (question);
        return;
    }
    g_object_set_data_full (G_OBJECT (question->invocation), "virtflow-token", token,
                            (GDestroyNotify) vfg_token_give_back);
    switch (question->rule->who) {
    case VFG_ANYBODY:
        grant (question);
        break;
    case VFG_ONLY_ROOT:
        if (question->uid == 0)
            grant (question);
        else
            deny (question, NULL);
        break;
    case VFG_ASK_POLKIT:
        /* polkit always says yes to root (polkitbackendinteractiveauthority.c); and root must be
         * able to bring a GPU home when polkit is down. */
        if (question->uid == 0)
            grant (question);
        else
            ask_polkit_if_allowed (question);
        break;
    }
}

static void
on_caller_known (const guint32 *uid, const GError *error, gpointer data)
{
    Question *question = data;

    if (uid == NULL || question->authorizer == NULL || question->cancelled) {
        deny (question, error);
        return;
    }
    question->uid = *uid;
    judge (question);
}

static gboolean
is_rule_for (const VfgRule *rule, GDBusMethodInvocation *invocation)
{
    GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
    const char *argument;

    if (!g_str_equal (g_dbus_method_invocation_get_interface_name (invocation), rule->interface)
        || !g_str_equal (g_dbus_method_invocation_get_method_name (invocation), rule->method))
        return FALSE;
    if (rule->argument == NULL)
        return TRUE;
    g_variant_get_child (parameters, 0, "&s", &argument);
    return g_str_equal (argument, rule->argument);
}

static const VfgRule *
find_rule (const VfgAuthorizer *authorizer, GDBusMethodInvocation *invocation)
{
    for (const VfgRule *rule = authorizer->rules; rule->interface != NULL; rule++) {
        if (is_rule_for (rule, invocation))
            return rule;
    }
    return NULL;
}

void
vfg_authorizer_check (VfgAuthorizer *authorizer,
                      GDBusMethodInvocation *invocation,
                      const char *subject,
                      VfgAuthorized granted,
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
    g_ptr_array_add (authorizer->open, question);
    question->rule = find_rule (authorizer, invocation);
    if (question->rule == NULL)
        deny (question, NULL);
    else if (vfg_callers_find (authorizer->callers, question->sender, &question->uid))
        judge (question);
    else if (!vfg_callers_ask (authorizer->callers, question->sender, on_caller_known, question))
        refuse_flood (question);
}

static gboolean
is_meant (const Question *question, GDBusMethodInvocation *invocation)
{
    return question->rule->can_be_cancelled
           && g_str_equal (question->sender, g_dbus_method_invocation_get_sender (invocation))
           && g_str_equal (g_dbus_method_invocation_get_object_path (question->invocation),
                           g_dbus_method_invocation_get_object_path (invocation));
}

gboolean
vfg_authorizer_cancel (VfgAuthorizer *authorizer, GDBusMethodInvocation *invocation)
{
    gboolean found = FALSE;

    /* From the end: who is denied is taken out, and the last one takes his place. */
    for (guint i = authorizer->open->len; i-- > 0;) {
        Question *question = g_ptr_array_index (authorizer->open, i);

        if (!is_meant (question, invocation))
            continue;
        found = TRUE;
        withdraw (question);
    }
    return found;
}
