/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the calls of the set-up service, made in threads, and the rows of its plan. */
#include "vfl-setup.h"

#include "vf-error.h"
#include "vf-lack.h"
#include "vf-setup-client.h"
#include "vf-translation.h"
#include "vfl-fact.h"
#include "vfl-intent.h"
#include "vfl-work.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _VflSetup {
    GObject parent;
    char *bus;
    char *gpu; /* the desktop is to leave alone, and nothing else is of interest; or NULL */
    gboolean busy;
    GVariant *plan; /* NULL: not known */
    gboolean can_make;
    gboolean can_undo;
    char *words;
    GListStore *lacks;
};
G_DEFINE_FINAL_TYPE (VflSetup, vfl_setup, G_TYPE_OBJECT)

enum {
    PROP_WORDS = 1,
    PROP_CAN_MAKE,
    PROP_CAN_UNDO,
    PROP_WORTH_SHOWING,
    PROP_BUSY,
    PROP_SETTLED,
    N_PROPS,
};
static GParamSpec *props[N_PROPS];
static guint changed_signal;

/* What a thread works with. */
typedef struct {
    char *bus;
    char *gpu;
    GVariant *plan;
} Order;

static void
order_free (gpointer data)
{
    Order *order = data;

    g_free (order->bus);
    g_free (order->gpu);
    g_clear_pointer (&order->plan, g_variant_unref);
    g_free (order);
}

/* How the host stands. */
typedef struct {
    GVariant *plan;
    gboolean changed; /* by set-up, which can be undone */
} Standing;

static void
standing_free (gpointer data)
{
    Standing *standing = data;

    g_variant_unref (standing->plan);
    g_free (standing);
}

static gboolean
concerns (const VfLack *lack, const char *gpu)
{
    /* A change of which only files are there counts no more than one that is lacking. */
    static const char *const of_desktop[] = { "desktop", "unfinished", NULL };

    return gpu == NULL || g_strv_contains (of_desktop, lack->id);
}

static gpointer
look (gpointer data, GCancellable *cancellable, GError **error)
{
    const Order *order = data;
    g_autoptr (VfSetupClient) client = vf_setup_client_new (order->bus, error);
    g_autoptr (GVariant) plan = NULL;
    g_autoptr (GVariant) changes = NULL;
    Standing *standing;

    if (client == NULL || (plan = vf_setup_client_plan (client, order->gpu, error)) == NULL
        || (changes = vf_setup_client_list_changes (client, error)) == NULL)
        return NULL;
    standing = g_new0 (Standing, 1);
    standing->plan = g_steal_pointer (&plan);
    standing->changed = g_variant_n_children (changes) > 0;
    return standing;
}

/* What came of it for a person. */
typedef struct {
    GString *text;
    gboolean restart;
    gboolean login;
    guint n_made;
} Outcome;

static void
add_line (GString *text, const char *line)
{
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
}

/* FALSE when it is of no use to go on: nobody may, or the service is gone. */
static gboolean
make_one (VfSetupClient *client, const VfLack *lack, const char *gpu, Outcome *outcome)
{
    g_autoptr (GError) error = NULL;

    if (vf_setup_client_make (client, lack, gpu, &error)) {
        outcome->n_made++;
        outcome->restart = outcome->restart || strcmp (lack->counts, "restart") == 0;
        outcome->login = outcome->login || strcmp (lack->counts, "login") == 0;
        return TRUE;
    }
    add_line (outcome->text, error->message);
    return !vf_error_is (error, VF_REASON_NOT_AUTHORIZED)
           && !vf_error_is (error, VF_REASON_NO_DAEMON);
}

/* What is to be done for all that was made to count. */
static const char *
rest (const Outcome *outcome)
{
    if (outcome->restart)
        return _ ("Done. Restart this computer, then look here once more.");
    if (outcome->login)
        return _ ("Done. Log out and in again, then look here once more.");
    return _ ("Done.");
}

/* One that fails keeps no other one from being made. */
static gpointer
make (gpointer data, GCancellable *cancellable, GError **error)
{
    const Order *order = data;
    g_autoptr (VfSetupClient) client = vf_setup_client_new (order->bus, error);
    Outcome outcome = { 0 };
    gboolean goes_on = TRUE;

    if (client == NULL)
        return NULL;
    outcome.text = g_string_new (NULL);
    for (gsize i = 0; goes_on && i < g_variant_n_children (order->plan); i++) {
        g_auto (VfLack) lack = { 0 };

        vf_lack_get (order->plan, i, &lack);
        if (vf_lack_can_be_made (&lack) && concerns (&lack, order->gpu))
            goes_on = make_one (client, &lack, order->gpu, &outcome);
    }
    if (outcome.n_made > 0)
        add_line (outcome.text, rest (&outcome));
    return g_string_free (outcome.text, FALSE);
}

static gpointer
undo (gpointer data, GCancellable *cancellable, GError **error)
{
    const Order *order = data;
    g_autoptr (VfSetupClient) client = vf_setup_client_new (order->bus, error);
    g_auto (GStrv) kept = client != NULL ? vf_setup_client_undo (client, error) : NULL;

    if (kept == NULL)
        return NULL;
    /* With the desktop on the card again nothing could go on. */
    vfl_intent_forget ();
    return *kept == NULL
               ? g_strdup (_ ("All of it is taken back. Some of it counts until the next restart."))
               : g_strjoinv ("\n", kept);
}

static void
notify_all (VflSetup *self)
{
    for (guint i = 1; i < N_PROPS; i++)
        g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

static void
append_lines (GString *text, const char *sign, const char *lines)
{
    g_auto (GStrv) each = g_strsplit (lines, "\n", -1);

    for (char **line = each; *line != NULL; line++) {
        if (**line != '\0')
            g_string_append_printf (text, "%s %s\n", sign, *line);
    }
}

static void
describe_changes (GString *text, GVariant *changes)
{
    for (gsize i = 0; i < g_variant_n_children (changes); i++) {
        const char *kind, *path, *before, *after;

        g_variant_get_child (changes, i, "(&s&s&s&s)", &kind, &path, &before, &after);
        if (strcmp (kind, "then") == 0) {
            g_autofree char *sentence = vf_translation_of (after);

            g_string_append_printf (text, "%s\n", sentence);
            continue;
        }
        g_string_append_printf (text, "/%s\n", path);
        append_lines (text, "−", before);
        append_lines (text, "+", after);
    }
}

static char *
describe (const VfLack *lack)
{
    GString *text = g_string_new (NULL);
    g_autofree char *to_do = vf_translation_of (lack->to_do);

    describe_changes (text, lack->changes);
    if (vf_lack_can_be_made (lack))
        g_string_append (text, vf_lack_counts_sentence (lack));
    if (*to_do != '\0')
        g_string_append_printf (text, "%s%s %s", vf_lack_can_be_made (lack) ? "\n" : "",
                                _ ("To do by hand:"), to_do);
    return g_string_free (text, FALSE);
}

static void
show (VflSetup *self, GVariant *plan)
{
    g_autoptr (GPtrArray) facts = vfl_facts_new ();

    self->can_make = FALSE;
    for (gsize i = 0; i < g_variant_n_children (plan); i++) {
        g_auto (VfLack) lack = { 0 };
        g_autofree char *purpose = NULL;
        g_autofree char *words = NULL;

        vf_lack_get (plan, i, &lack);
        if (!concerns (&lack, self->gpu))
            continue;
        purpose = vf_translation_of (lack.purpose);
        words = describe (&lack);
        vfl_fact_add (facts, purpose, "%s", words);
        self->can_make = self->can_make || vf_lack_can_be_made (&lack);
    }
    vfl_facts_show (self->lacks, facts);
}

static void
take_words (VflSetup *self, char *words)
{
    g_free (self->words);
    self->words = words;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
    VflSetup *self = VFL_SETUP (source);
    g_autoptr (GError) error = NULL;
    Standing *standing = vfl_work_finish (result, &error);

    self->busy = FALSE;
    /* Where the service is not installed there is nothing to say to who has not asked for it. */
    if (standing == NULL && *self->words == '\0'
        && (self->gpu != NULL || !vf_error_is (error, VF_REASON_NO_DAEMON)))
        take_words (self, g_strdup (error->message));
    if (standing != NULL) {
        g_clear_pointer (&self->plan, g_variant_unref);
        self->plan = g_variant_ref (standing->plan);
        self->can_undo = standing->changed;
        show (self, self->plan);
        standing_free (standing);
    }
    notify_all (self);
}

static void
start (VflSetup *self, VflWork work, GDestroyNotify free_result, GAsyncReadyCallback done)
{
    Order *order = g_new0 (Order, 1);

    order->bus = g_strdup (self->bus);
    order->gpu = g_strdup (self->gpu);
    order->plan = self->plan != NULL ? g_variant_ref (self->plan) : NULL;
    self->busy = TRUE;
    notify_all (self);
    vfl_work_start (G_OBJECT (self), work, order, order_free, free_result, NULL, done, NULL);
}

void
vfl_setup_look (VflSetup *self)
{
    if (self->busy)
        return;
    take_words (self, g_strdup (""));
    start (self, look, standing_free, on_looked);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer data)
{
    VflSetup *self = VFL_SETUP (source);
    g_autoptr (GError) error = NULL;
    char *words = vfl_work_finish (result, &error);

    take_words (self, words != NULL ? words : g_strdup (error->message));
    self->busy = FALSE;
    g_signal_emit (self, changed_signal, 0);
    start (self, look, standing_free, on_looked);
}

static void
change (VflSetup *self, VflWork work)
{
    if (self->busy || self->plan == NULL)
        return;
    take_words (self, g_strdup (_ ("Changing this host …")));
    start (self, work, g_free, on_changed);
}

void
vfl_setup_make (VflSetup *self)
{
    change (self, make);
}

void
vfl_setup_undo (VflSetup *self)
{
    change (self, undo);
}

GListModel *
vfl_setup_lacks (VflSetup *self)
{
    return G_LIST_MODEL (self->lacks);
}

static void
vfl_setup_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
    VflSetup *self = VFL_SETUP (object);

    switch (property) {
    case PROP_WORDS:
        g_value_set_string (value, self->words);
        break;
    case PROP_CAN_MAKE:
        g_value_set_boolean (value, self->can_make);
        break;
    case PROP_CAN_UNDO:
        g_value_set_boolean (value, self->can_undo);
        break;
    case PROP_WORTH_SHOWING:
        g_value_set_boolean (value, self->can_undo || *self->words != '\0'
                                        || g_list_model_get_n_items (vfl_setup_lacks (self)) > 0);
        break;
    case PROP_BUSY:
        g_value_set_boolean (value, self->busy);
        break;
    case PROP_SETTLED:
        g_value_set_boolean (value, self->plan != NULL
                                        && g_list_model_get_n_items (vfl_setup_lacks (self)) == 0);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
vfl_setup_finalize (GObject *object)
{
    VflSetup *self = VFL_SETUP (object);

    g_free (self->bus);
    g_free (self->gpu);
    g_clear_pointer (&self->plan, g_variant_unref);
    g_free (self->words);
    g_object_unref (self->lacks);
    G_OBJECT_CLASS (vfl_setup_parent_class)->finalize (object);
}

static void
vfl_setup_class_init (VflSetupClass *class)
{
    static const char *const flags[] = { "can-make", "can-undo", "worth-showing", "busy",
                                         "settled" };
    GObjectClass *object_class = G_OBJECT_CLASS (class);

    object_class->get_property = vfl_setup_get_property;
    object_class->finalize = vfl_setup_finalize;
    props[PROP_WORDS] =
        g_param_spec_string ("words", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
        props[PROP_CAN_MAKE + i] = g_param_spec_boolean (flags[i], NULL, NULL, FALSE,
                                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (object_class, N_PROPS, props);
    changed_signal = g_signal_new ("changed", VFL_TYPE_SETUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
vfl_setup_init (VflSetup *self)
{
    self->words = g_strdup ("");
    self->lacks = g_list_store_new (VFL_TYPE_FACT);
}

VflSetup *
vfl_setup_new (const char *bus)
{
    return vfl_setup_new_for_desktop (bus, NULL);
}

VflSetup *
vfl_setup_new_for_desktop (const char *bus, const char *gpu)
{
    VflSetup *self = g_object_new (VFL_TYPE_SETUP, NULL);

    self->bus = g_strdup (bus);
    self->gpu = g_strdup (gpu);
    vfl_setup_look (self);
    return self;
}
