/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the course of an activation or deactivation as a person sees it. */
#include "vfl-change.h"

#include "vf-text.h"
#include "vfl-intent.h"
#include "vfl-look.h"
#include "vfl-outcome.h"
#include "vfl-undertaking.h"

#include <glib/gi18n-lib.h>

struct _VflChange {
    GObject parent;
    VflHost *host;
    VflMachine *machine;
    VfPairing *pairing; /* that is taken back; kept, since the daemon may go while this is shown */
    gboolean activates;
    gboolean machine_active; /* as it was shown */
    gboolean machine_busy;
    VflChangePhase phase;
    VflGpu *gpu;
    gboolean on_start;
    GPtrArray *inputs; /* VfInput, that are wanted */
    VfOutlook *outlook;
    VfGuest *guest;
    GPtrArray *choices;
    gboolean lacks_monitor; /* nothing is plugged into the card */
    GPtrArray *holders;     /* VfHolder: who has the card open; NULL until that is known */
    gboolean watched;
    gboolean looking;
    gboolean look_again;
    GError *error;
    GCancellable *cancellable; /* of what runs */
    char *told;
};
G_DEFINE_FINAL_TYPE (VflChange, vfl_change, G_TYPE_OBJECT)

enum { TOLD = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void look (VflChange *self);

static void
set_phase (VflChange *self, VflChangePhase phase)
{
    self->phase = phase;
    g_signal_emit (self, signals[CHANGED], 0);
}

static VflWish
wish_of (const VflChange *self)
{
    return (VflWish){
        .bus = vfl_daemon_bus (vfl_host_daemon (self->host)),
        .machine = vfl_machine_value (self->machine),
        .pairing = self->pairing,
        .activates = self->activates,
        .gpu = self->gpu != NULL ? vfl_gpu_address (self->gpu) : NULL,
        .on_start = self->on_start,
        .inputs = self->inputs,
    };
}

static void
take_outlook (VflChange *self, VfOutlook *outlook, GError *error)
{
    g_clear_pointer (&self->outlook, vf_outlook_free);
    g_clear_error (&self->error);
    self->outlook = outlook;
    self->error = error;
    set_phase (self, outlook != NULL && outlook->blockers->len == 0 ? VFL_CHANGE_READY
                                                                    : VFL_CHANGE_REFUSED);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
    VflChange *self = VFL_CHANGE (source);
    GError *error = NULL;
    VfOutlook *outlook = vfl_look_finish (result, &error);

    self->looking = FALSE;
    if (self->look_again) {
        g_clear_pointer (&outlook, vf_outlook_free);
        g_clear_error (&error);
        look (self);
    } else if (self->phase == VFL_CHANGE_LOOKING) {
        take_outlook (self, outlook, error);
    }
}

static void
refuse (VflChange *self, GError *error)
{
    g_clear_error (&self->error);
    self->error = error;
    set_phase (self, VFL_CHANGE_REFUSED);
}

/* NULL while the daemon may still tell of one. */
static GError *
why_no_gpu (VflDaemon *daemon)
{
    g_autofree char *silent = NULL;

    switch (vfl_daemon_link (daemon)) {
    case VFL_LINK_UP:
        return vf_error_new (VF_REASON_NO_SUCH_GPU,
                             "No GPU of this host can be lent now. The page of each card says "
                             "why.");
    case VFL_LINK_SILENT:
        silent = vf_text_daemon_silent ();
        return vf_error_new (VF_REASON_NO_DAEMON, "%s", silent);
    case VFL_LINK_DOWN:
        if (vfl_daemon_error (daemon) != NULL)
            return g_error_copy (vfl_daemon_error (daemon));
        return NULL;
    case VFL_LINK_WAITING:
    default:
        return NULL;
    }
}

static void
look (VflChange *self)
{
    VflWish wish = wish_of (self);
    GError *error;

    self->look_again = self->looking;
    if (self->machine_busy) {
        refuse (self, vf_error_new (VF_REASON_SWITCH_RUNNING,
                                    "Something else is being done to the VM %s. Wait until that "
                                    "is done.",
                                    vfl_machine_name (self->machine)));
        return;
    }
    if (!self->activates) {
        set_phase (self, VFL_CHANGE_READY);
        return;
    }
    error = self->gpu == NULL ? why_no_gpu (vfl_host_daemon (self->host)) : NULL;
    if (error != NULL) {
        refuse (self, error);
        return;
    }
    set_phase (self, VFL_CHANGE_LOOKING);
    if (self->looking || self->gpu == NULL)
        return;
    self->looking = TRUE;
    vfl_look_start (G_OBJECT (self), &wish, on_looked);
}

static void
on_guest (GObject *source, GAsyncResult *result, gpointer data)
{
    VflChange *self = VFL_CHANGE (source);

    self->guest = vfl_look_finish_guest (result);
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_choices (GObject *source, GAsyncResult *result, gpointer data)
{
    VflChange *self = VFL_CHANGE (source);

    self->choices = vfl_look_finish_inputs (result);
    if (self->choices == NULL)
        self->choices = g_ptr_array_new ();
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_inspected (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (VflChange) self = data;
    g_autoptr (GVariant) answer = vfl_daemon_answer (result, NULL);
    g_autoptr (GVariant) facts = NULL;
    g_autoptr (GVariant) holders = NULL;
    const char *monitor = NULL;

    /* Another card may have been chosen meanwhile. */
    if (answer == NULL || self->gpu == NULL || G_OBJECT (vfl_gpu_proxy (self->gpu)) != source)
        return;
    facts = g_variant_get_child_value (answer, 0);
    g_variant_lookup (facts, "monitor", "&s", &monitor);
    self->lacks_monitor = monitor != NULL && *monitor == '\0';
    holders = g_variant_get_child_value (answer, 1);
    g_clear_pointer (&self->holders, g_ptr_array_unref);
    self->holders = vf_holders_from_variant (holders);
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
take_gpu (VflChange *self, VflGpu *gpu)
{
    g_set_object (&self->gpu, gpu);
    self->lacks_monitor = FALSE;
    g_clear_pointer (&self->holders, g_ptr_array_unref);
    if (gpu != NULL)
        vfl_daemon_inspect (vfl_host_daemon (self->host), gpu, on_inspected, g_object_ref (self));
}

/* The first card that can be lent as it stands. */
static VflGpu *
best_gpu (VflHost *host)
{
    GListModel *gpus = vfl_daemon_gpus (vfl_host_daemon (host));

    for (guint i = 0; i < g_list_model_get_n_items (gpus); i++) {
        g_autoptr (VflGpu) gpu = g_list_model_get_item (gpus, i);
        g_autoptr (GPtrArray) blockers = vfl_gpu_blockers (gpu);

        if (blockers->len == 0 && !vfl_gpu_is_host_display (gpu))
            return g_steal_pointer (&gpu);
    }
    return NULL;
}

static void
see_machine (VflChange *self)
{
    self->machine_active = vfl_machine_is_active (self->machine);
    self->machine_busy = vfl_machine_is_busy (self->machine);
}

/* What was said of a VM that is off is not true of one that runs. */
static void
on_machine (VflChange *self)
{
    if (self->phase > VFL_CHANGE_REFUSED
        || (self->machine_active == vfl_machine_is_active (self->machine)
            && self->machine_busy == vfl_machine_is_busy (self->machine)))
        return;
    see_machine (self);
    look (self);
}

/* The cards go with the daemon, and come with it. */
static void
on_link (VflChange *self)
{
    g_autoptr (VflGpu) gpu = NULL;

    if (!self->activates || self->phase > VFL_CHANGE_REFUSED || self->gpu != NULL)
        return;
    gpu = best_gpu (self->host);
    take_gpu (self, gpu);
    look (self);
}

static VflChange *
new_change (VflHost *host, VflMachine *machine, gboolean activates)
{
    VflChange *self = g_object_new (VFL_TYPE_CHANGE, NULL);

    self->host = g_object_ref (host);
    self->machine = g_object_ref (machine);
    self->activates = activates;
    see_machine (self);
    g_signal_connect_object (machine, "changed", G_CALLBACK (on_machine), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (vfl_host_daemon (host), "link", G_CALLBACK (on_link), self,
                             G_CONNECT_SWAPPED);
    return self;
}

VflChange *
vfl_change_new_activation (VflHost *host, VflMachine *machine)
{
    g_autoptr (VflGpu) gpu = best_gpu (host);
    VflChange *self = new_change (host, machine, TRUE);
    VflWish wish = wish_of (self);

    take_gpu (self, gpu);
    vfl_look_start_guest (G_OBJECT (self), &wish, on_guest);
    if (vfl_libvirt_connection (vfl_host_libvirt (host)) != NULL)
        vfl_look_start_inputs (G_OBJECT (self), vfl_libvirt_connection (vfl_host_libvirt (host)),
                               on_choices);
    else
        self->choices = g_ptr_array_new ();
    look (self);
    return self;
}

VflChange *
vfl_change_new_deactivation (VflHost *host, VflMachine *machine)
{
    VflChange *self = new_change (host, machine, FALSE);
    const VfPairing *pairing = vfl_machine_pairing (machine);

    self->pairing = pairing != NULL ? vf_pairing_copy (pairing) : NULL;
    g_set_object (&self->gpu, vfl_machine_gpu (machine));
    look (self);
    return self;
}

static gboolean
may_be_wished (const VflChange *self)
{
    return self->phase <= VFL_CHANGE_REFUSED || self->phase == VFL_CHANGE_FAILED;
}

void
vfl_change_set_gpu (VflChange *self, VflGpu *gpu)
{
    if (!may_be_wished (self) || gpu == self->gpu)
        return;
    take_gpu (self, gpu);
    look (self);
}

void
vfl_change_set_on_start (VflChange *self, gboolean on_start)
{
    if (!may_be_wished (self) || self->on_start == on_start)
        return;
    self->on_start = on_start;
    look (self);
}

static gboolean
find_input (const VflChange *self, const VfInput *input, guint *index)
{
    for (*index = 0; *index < self->inputs->len; (*index)++)
        if (vf_input_equal (g_ptr_array_index (self->inputs, *index), input))
            return TRUE;
    return FALSE;
}

void
vfl_change_set_input (VflChange *self, const VfInput *input, gboolean wanted)
{
    guint index;
    gboolean found = find_input (self, input, &index);

    if (!may_be_wished (self) || found == wanted)
        return;
    if (wanted)
        g_ptr_array_add (self->inputs, vf_input_copy (input));
    else
        g_ptr_array_remove_index (self->inputs, index);
    look (self);
}

void
vfl_change_set_inputs (VflChange *self, const GPtrArray *inputs)
{
    if (!may_be_wished (self))
        return;
    g_ptr_array_set_size (self->inputs, 0);
    for (guint i = 0; i < inputs->len; i++)
        g_ptr_array_add (self->inputs, vf_input_copy (inputs->pdata[i]));
    look (self);
}

static void
on_told (const char *sentence, gpointer data)
{
    VflChange *self = data;

    g_free (self->told);
    self->told = g_strdup (sentence);
    g_object_notify_by_pspec (G_OBJECT (self), properties[TOLD]);
}

static void
tell_end (VflChange *self)
{
    g_autoptr (VflOutcome) outcome = vfl_outcome_new (self);
    const char *address = self->gpu != NULL ? vfl_gpu_address (self->gpu) : "";

    vfl_vigil_tell (vfl_host_vigil (self->host), address, outcome->title, outcome->sentence,
                    self->phase == VFL_CHANGE_FAILED);
}

static const char *
activity (const VflChange *self)
{
    return self->activates ? _ ("getting its GPU") : _ ("losing its GPU");
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
    VflChange *self = VFL_CHANGE (source);
    GError *error = NULL;
    gboolean done = vfl_undertaking_finish (result, &error);

    vfl_machine_end_activity (self->machine, activity (self));
    vfl_machines_look_at (vfl_host_machines (self->host), self->machine);
    g_clear_error (&self->error);
    self->error = error;
    if (done && self->activates)
        vfl_intent_fulfil (vfl_machine_uuid (self->machine));
    set_phase (self, done ? VFL_CHANGE_DONE : VFL_CHANGE_FAILED);
    if (!self->watched)
        tell_end (self);
    vfl_vigil_release (vfl_host_vigil (self->host));
}

void
vfl_change_run (VflChange *self)
{
    VflWish wish = wish_of (self);

    g_return_if_fail (self->phase == VFL_CHANGE_READY);
    g_set_object (&self->cancellable, NULL);
    self->cancellable = g_cancellable_new ();
    set_phase (self, VFL_CHANGE_RUNNING);
    vfl_vigil_hold (vfl_host_vigil (self->host));
    vfl_machine_begin_activity (self->machine, activity (self));
    vfl_undertaking_start (G_OBJECT (self), &wish, on_told, self->cancellable, on_ended);
}

void
vfl_change_cancel (VflChange *self)
{
    if (self->phase != VFL_CHANGE_RUNNING)
        return;
    g_cancellable_cancel (self->cancellable);
    on_told (_ ("Cancelling: what was done is undone."), self);
    set_phase (self, VFL_CHANGE_CANCELLING);
}

void
vfl_change_set_watched (VflChange *self, gboolean watched)
{
    self->watched = watched;
}

gboolean
vfl_change_is_activation (VflChange *self)
{
    return self->activates;
}

VflMachine *
vfl_change_machine (VflChange *self)
{
    return self->machine;
}

VflChangePhase
vfl_change_phase (VflChange *self)
{
    return self->phase;
}

VflGpu *
vfl_change_gpu (VflChange *self)
{
    return self->gpu;
}

gboolean
vfl_change_on_start (VflChange *self)
{
    return self->on_start;
}

gboolean
vfl_change_wants_input (VflChange *self, const VfInput *input)
{
    guint index;

    return find_input (self, input, &index);
}

const GPtrArray *
vfl_change_inputs (VflChange *self)
{
    return self->inputs;
}

const GPtrArray *
vfl_change_input_choices (VflChange *self)
{
    return self->choices;
}

const VfOutlook *
vfl_change_outlook (VflChange *self)
{
    return self->outlook;
}

gboolean
vfl_change_lacks_monitor (VflChange *self)
{
    return self->lacks_monitor;
}

/* Whether it is refused because of who has the card open. */
static gboolean
is_held (const VflChange *self)
{
    if (self->phase != VFL_CHANGE_REFUSED || self->outlook == NULL)
        return FALSE;
    for (guint i = 0; i < self->outlook->blockers->len; i++) {
        const VfBlocker *blocker = g_ptr_array_index (self->outlook->blockers, i);

        if (blocker->reason == VF_REASON_HELD_BY_PROCESS)
            return TRUE;
    }
    return FALSE;
}

const VfHolder *
vfl_change_desktop (VflChange *self)
{
    for (guint i = 0; is_held (self) && self->holders != NULL && i < self->holders->len; i++) {
        if (vf_holder_is_desktop (g_ptr_array_index (self->holders, i)))
            return g_ptr_array_index (self->holders, i);
    }
    return NULL;
}

VflHost *
vfl_change_host (VflChange *self)
{
    return self->host;
}

const VfGuest *
vfl_change_guest (VflChange *self)
{
    return self->guest;
}

const GError *
vfl_change_error (VflChange *self)
{
    return self->error;
}

static void
vfl_change_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    if (id == TOLD)
        g_value_set_string (value, VFL_CHANGE (object)->told);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
vfl_change_finalize (GObject *object)
{
    VflChange *self = VFL_CHANGE (object);

    g_object_unref (self->host);
    g_object_unref (self->machine);
    g_clear_pointer (&self->pairing, vf_pairing_free);
    g_clear_object (&self->gpu);
    g_clear_object (&self->cancellable);
    g_clear_pointer (&self->outlook, vf_outlook_free);
    g_clear_pointer (&self->guest, vf_guest_free);
    g_clear_pointer (&self->choices, g_ptr_array_unref);
    g_clear_pointer (&self->holders, g_ptr_array_unref);
    g_clear_error (&self->error);
    g_ptr_array_unref (self->inputs);
    g_free (self->told);
    G_OBJECT_CLASS (vfl_change_parent_class)->finalize (object);
}

static void
vfl_change_class_init (VflChangeClass *class)
{
    G_OBJECT_CLASS (class)->get_property = vfl_change_get_property;
    G_OBJECT_CLASS (class)->finalize = vfl_change_finalize;
    properties[TOLD] =
        g_param_spec_string ("told", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (G_OBJECT_CLASS (class), N_PROPERTIES, properties);
    signals[CHANGED] = g_signal_new ("changed", VFL_TYPE_CHANGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 0);
}

static void
vfl_change_init (VflChange *self)
{
    self->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_free);
}
