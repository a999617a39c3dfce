/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns when what was wanted before the login is due. */
#include "vfl-continuation.h"

#include "vfl-intent.h"

#include <glib/gi18n-lib.h>

struct _VflContinuation {
    GObject parent;
    VflHost *host;
    gboolean after_login;
    gboolean looking;  /* who has the card open */
    VflIntent *intent; /* NULL: there is nothing to go on with, or no more */
    VflIntent *wishes; /* the same when it was gone on with, until the choices are there */
};
G_DEFINE_FINAL_TYPE (VflContinuation, vfl_continuation, G_TYPE_OBJECT)

enum { DUE, GONE, N_SIGNALS };
static guint signals[N_SIGNALS];

static VflIntent *
recall (void)
{
    return vfl_intent_recall (g_get_real_time () / G_USEC_PER_SEC);
}

static gboolean
is_choice (const GPtrArray *choices, const VfInput *input)
{
    for (guint i = 0; i < choices->len; i++) {
        const VfInputChoice *choice = g_ptr_array_index (choices, i);

        if (vf_input_equal (choice->input, input))
            return TRUE;
    }
    return FALSE;
}

/* One that was unplugged meanwhile could not be taken off the wishes where choices are shown. */
static void
wish_for_inputs (VflContinuation *self, VflChange *change)
{
    const GPtrArray *choices = vfl_change_input_choices (change);
    g_autoptr (VflIntent) wishes = NULL;
    g_autoptr (GPtrArray) inputs = g_ptr_array_new ();

    if (self->wishes == NULL || choices == NULL)
        return;
    /* That they are wished for is a change in turn. */
    wishes = g_steal_pointer (&self->wishes);
    for (guint i = 0; i < wishes->inputs->len; i++) {
        if (is_choice (choices, wishes->inputs->pdata[i]))
            g_ptr_array_add (inputs, wishes->inputs->pdata[i]);
    }
    vfl_change_set_inputs (change, inputs);
}

static void
go_on (VflContinuation *self, VflMachine *machine, VflGpu *gpu)
{
    g_autoptr (VflChange) change = vfl_change_new_activation (self->host, machine);

    vfl_intent_forget ();
    self->wishes = g_steal_pointer (&self->intent);
    vfl_change_set_gpu (change, gpu);
    /* Before anybody shows the choices. */
    g_signal_connect_object (change, "changed", G_CALLBACK (wish_for_inputs), self,
                             G_CONNECT_SWAPPED);
    g_signal_emit (self, signals[DUE], 0, change);
}

static void
give_up (VflContinuation *self, const char *sentence)
{
    vfl_intent_forget ();
    g_clear_pointer (&self->intent, vfl_intent_free);
    if (sentence != NULL)
        g_signal_emit (self, signals[GONE], 0, sentence);
}

/* FALSE when that was given up. */
static gboolean
find_both (VflContinuation *self, VflMachine **machine, VflGpu **gpu)
{
    VflDaemon *daemon = vfl_host_daemon (self->host);
    const char *uuid = self->intent->machine;
    g_autofree char *sentence = NULL;

    *machine = vfl_machines_find (vfl_host_machines (self->host), uuid);
    *gpu = vfl_daemon_find_gpu (daemon, self->intent->gpu);
    if (*machine == NULL)
        sentence = g_strdup (_ ("The machine that was to get a graphics card is not there any "
                                "more."));
    else if (*gpu == NULL)
        sentence = g_strdup_printf (_ ("The graphics card %s for %s is not there any more."),
                                    self->intent->gpu, vfl_machine_name (*machine));
    else if (vfl_daemon_find_pairing (daemon, uuid) == NULL)
        return TRUE;
    /* One that has a GPU by now needs no words. */
    give_up (self, sentence);
    return FALSE;
}

static gboolean
is_host_known (VflContinuation *self)
{
    return vfl_machines_is_loaded (vfl_host_machines (self->host))
           && vfl_daemon_link (vfl_host_daemon (self->host)) == VFL_LINK_UP;
}

static gboolean
is_early (const VflIntent *intent, GVariant *answer)
{
    g_autoptr (GVariant) processes = answer != NULL ? g_variant_get_child_value (answer, 1) : NULL;
    g_autoptr (GPtrArray) holders = processes != NULL ? vf_holders_from_variant (processes) : NULL;

    return holders != NULL && vfl_intent_is_early (intent, holders);
}

static void
on_inspected (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (VflContinuation) self = data;
    g_autoptr (GVariant) answer = vfl_daemon_answer (result, NULL);
    VflMachine *machine;
    VflGpu *gpu;

    self->looking = FALSE;
    if (is_early (self->intent, answer))
        g_clear_pointer (&self->intent, vfl_intent_free);
    else if (is_host_known (self) && find_both (self, &machine, &gpu))
        go_on (self, machine, gpu);
}

static void
look (VflContinuation *self)
{
    VflMachine *machine;
    VflGpu *gpu;

    if (self->intent == NULL || self->looking || !is_host_known (self)
        || !find_both (self, &machine, &gpu))
        return;
    if (self->after_login) {
        go_on (self, machine, gpu);
        return;
    }
    self->looking = TRUE;
    vfl_daemon_inspect (vfl_host_daemon (self->host), gpu, on_inspected, g_object_ref (self));
}

static void
vfl_continuation_finalize (GObject *object)
{
    VflContinuation *self = VFL_CONTINUATION (object);

    g_object_unref (self->host);
    g_clear_pointer (&self->intent, vfl_intent_free);
    g_clear_pointer (&self->wishes, vfl_intent_free);
    G_OBJECT_CLASS (vfl_continuation_parent_class)->finalize (object);
}

static void
vfl_continuation_class_init (VflContinuationClass *class)
{
    G_OBJECT_CLASS (class)->finalize = vfl_continuation_finalize;
    signals[DUE] = g_signal_new ("due", VFL_TYPE_CONTINUATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, VFL_TYPE_CHANGE);
    signals[GONE] = g_signal_new ("gone", VFL_TYPE_CONTINUATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
vfl_continuation_init (VflContinuation *self)
{
}

VflContinuation *
vfl_continuation_new (VflHost *host, gboolean after_login)
{
    VflContinuation *self = g_object_new (VFL_TYPE_CONTINUATION, NULL);

    self->host = g_object_ref (host);
    self->after_login = after_login;
    self->intent = recall ();
    g_signal_connect_object (vfl_host_machines (host), "notify::loaded", G_CALLBACK (look), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (vfl_host_daemon (host), "link", G_CALLBACK (look), self,
                             G_CONNECT_SWAPPED);
    return self;
}

gboolean
vfl_continuation_is_wanted (void)
{
    g_autoptr (VflIntent) intent = recall ();

    return intent != NULL;
}
