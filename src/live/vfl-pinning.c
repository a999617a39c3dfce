/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how far a person is on the way past a desktop. */
#include "vfl-pinning.h"

#include "vfl-intent.h"
#include "vfl-logout.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

struct _VflPinning {
    GObject parent;
    VflSetup *setup;
    VflIntent *intent;
    char *program; /* of the desktop */
    char *user;    /* whose it is, when that is somebody else than the person; or NULL */
    gboolean continues;
    gboolean making;
    gboolean agreed; /* what is kept follows "continues" from now on */
    gboolean leaving;
    char *failure; /* of what was done last; or NULL */
};
G_DEFINE_FINAL_TYPE (VflPinning, vfl_pinning, G_TYPE_OBJECT)

enum {
    PROP_WORDS = 1,
    PROP_BUSY,
    PROP_CAN_MAKE,
    PROP_CAN_LEAVE,
    PROP_CAN_CONTINUE,
    PROP_CONTINUES,
    N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
notify_all (VflPinning *self)
{
    for (guint i = PROP_WORDS; i < N_PROPS; i++)
        g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

static gboolean
ask_setup (VflPinning *self, const char *property)
{
    gboolean value;

    g_object_get (self->setup, property, &value, NULL);
    return value;
}

static gboolean
can_leave (VflPinning *self)
{
    return ask_setup (self, "settled") && !ask_setup (self, "busy");
}

static char *
describe_rest (VflPinning *self)
{
    if (self->user != NULL)
        return g_strdup_printf (_ ("The desktop leaves this card alone from its next start on. %s "
                                   "is of the user %s: where it does not end with your log-out, "
                                   "restart this computer."),
                                self->program, self->user);
    return g_strdup (_ ("The desktop leaves this card alone with your next login."));
}

static char *
describe (VflPinning *self)
{
    g_autofree char *told = NULL;

    if (self->failure != NULL)
        return g_strdup (self->failure);
    if (can_leave (self))
        return describe_rest (self);
    g_object_get (self->setup, "words", &told, NULL);
    if (*told != '\0')
        return g_steal_pointer (&told);
    return g_strdup_printf (_ ("%s shows the picture of your desktop, and has opened this card, "
                               "which it does not need."),
                            self->program);
}

static void
take_failure (VflPinning *self, const GError *error)
{
    g_free (self->failure);
    self->failure = error != NULL ? g_strdup (error->message) : NULL;
}

/* The person has seen what will happen, and wants it. */
static void
agree (VflPinning *self)
{
    g_autoptr (GError) error = NULL;

    self->agreed = TRUE;
    self->intent->made = g_get_real_time () / G_USEC_PER_SEC;
    if (!self->continues)
        vfl_intent_forget ();
    else
        vfl_intent_keep (self->intent, &error);
    take_failure (self, error);
}

static void
on_setup (VflPinning *self)
{
    if (self->making && !ask_setup (self, "busy")) {
        self->making = FALSE;
        if (ask_setup (self, "settled"))
            agree (self);
        notify_all (self);
        g_object_unref (self);
        return;
    }
    notify_all (self);
}

VflSetup *
vfl_pinning_setup (VflPinning *self)
{
    return self->setup;
}

void
vfl_pinning_make (VflPinning *self)
{
    if (self->making || ask_setup (self, "busy") || !ask_setup (self, "can-make"))
        return;
    /* Who closes the dialog before the password is given has agreed all the same. */
    self->making = TRUE;
    g_object_ref (self);
    vfl_setup_make (self->setup);
}

static void
on_logged_out (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (VflPinning) self = data;
    g_autoptr (GError) error = NULL;

    self->leaving = FALSE;
    if (!vfl_logout_finish (result, &error))
        take_failure (self, error);
    notify_all (self);
}

void
vfl_pinning_log_out (VflPinning *self)
{
    if (self->leaving)
        return;
    agree (self);
    self->leaving = TRUE;
    notify_all (self);
    vfl_logout_ask (NULL, on_logged_out, g_object_ref (self));
}

void
vfl_pinning_wait (VflPinning *self)
{
    agree (self);
    notify_all (self);
}

static void
set_continues (VflPinning *self, gboolean continues)
{
    if (self->continues == continues)
        return;
    self->continues = continues;
    if (self->agreed)
        agree (self);
    notify_all (self);
}

static void
vfl_pinning_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
    VflPinning *self = VFL_PINNING (object);

    switch (property) {
    case PROP_WORDS:
        g_value_take_string (value, describe (self));
        break;
    case PROP_BUSY:
        g_value_set_boolean (value, self->leaving || ask_setup (self, "busy"));
        break;
    case PROP_CAN_MAKE:
        g_value_set_boolean (value, ask_setup (self, "can-make"));
        break;
    case PROP_CAN_LEAVE:
        g_value_set_boolean (value, can_leave (self));
        break;
    case PROP_CAN_CONTINUE:
        g_value_set_boolean (value, ask_setup (self, "can-make") || can_leave (self));
        break;
    case PROP_CONTINUES:
        g_value_set_boolean (value, self->continues);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
vfl_pinning_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
    if (property == PROP_CONTINUES)
        set_continues (VFL_PINNING (object), g_value_get_boolean (value));
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
vfl_pinning_finalize (GObject *object)
{
    VflPinning *self = VFL_PINNING (object);

    g_clear_object (&self->setup);
    g_clear_pointer (&self->intent, vfl_intent_free);
    g_free (self->program);
    g_free (self->user);
    g_free (self->failure);
    G_OBJECT_CLASS (vfl_pinning_parent_class)->finalize (object);
}

static void
vfl_pinning_class_init (VflPinningClass *class)
{
    static const char *const flags[] = { "busy", "can-make", "can-leave", "can-continue" };
    GObjectClass *object_class = G_OBJECT_CLASS (class);

    object_class->get_property = vfl_pinning_get_property;
    object_class->set_property = vfl_pinning_set_property;
    object_class->finalize = vfl_pinning_finalize;
    props[PROP_WORDS] =
        g_param_spec_string ("words", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
        props[PROP_BUSY + i] = g_param_spec_boolean (flags[i], NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    props[PROP_CONTINUES] =
        g_param_spec_boolean ("continues", NULL, NULL, TRUE,
                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
vfl_pinning_init (VflPinning *self)
{
    self->continues = TRUE;
}

static VflIntent *
intent_of (VflChange *change, const VfHolder *desktop)
{
    VflIntent *intent = vfl_intent_new (vfl_machine_uuid (vfl_change_machine (change)),
                                        vfl_gpu_address (vfl_change_gpu (change)));
    const GPtrArray *inputs = vfl_change_inputs (change);

    for (guint i = 0; i < inputs->len; i++)
        g_ptr_array_add (intent->inputs, vf_input_copy (inputs->pdata[i]));
    intent->desktop = desktop->pid;
    intent->desktop_start = desktop->start_time;
    return intent;
}

VflPinning *
vfl_pinning_new (VflChange *change)
{
    VflPinning *self = g_object_new (VFL_TYPE_PINNING, NULL);
    const VfHolder *desktop = vfl_change_desktop (change);

    self->intent = intent_of (change, desktop);
    self->program = g_strdup (desktop->command);
    /* An X server is often root's, and ends with the session all the same. */
    if (desktop->uid != 0 && desktop->uid != getuid ())
        self->user = g_strdup (desktop->user);
    self->setup = vfl_setup_new_for_desktop (
        vfl_daemon_bus (vfl_host_daemon (vfl_change_host (change))), self->intent->gpu);
    g_signal_connect_object (self->setup, "notify::busy", G_CALLBACK (on_setup), self,
                             G_CONNECT_SWAPPED);
    return self;
}
