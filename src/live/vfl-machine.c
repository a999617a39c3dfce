/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is shown of one VM. */
#include "vfl-machine.h"

#include "vfl-sentence.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _VflMachine {
    GObject parent;
    VfMachine *machine;
    char *folded; /* the name, for the search */
    VfPairing *pairing;
    VflGpu *gpu;
    GPtrArray *activities; /* strings; the newest is the last */
};
G_DEFINE_FINAL_TYPE (VflMachine, vfl_machine, G_TYPE_OBJECT)

enum { NAME = 1, WORDS, STATE_WORDS, GPU_WORDS, ACTIVE, AUTOSTART, BUSY, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
tell (VflMachine *self)
{
    g_object_freeze_notify (G_OBJECT (self));
    for (guint i = WORDS; i < N_PROPERTIES; i++)
        g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
    g_object_thaw_notify (G_OBJECT (self));
    g_signal_emit (self, signals[CHANGED], 0);
}

static const char *
state_words (const VflMachine *self)
{
    if (self->activities->len > 0)
        return g_ptr_array_index (self->activities, self->activities->len - 1);
    return vf_machine_state_words (self->machine->state);
}

/* Where the GPU is, as seen by its VM. */
static char *
gpu_words (const VflMachine *self)
{
    g_autoptr (VfClaim) claim = NULL;

    if (self->pairing == NULL)
        return g_strdup ("");
    if (self->gpu == NULL)
        return g_strdup (_ ("its GPU is not in this computer"));
    claim = vfl_gpu_claim (self->gpu);
    if (claim->kind != VF_CLAIM_NONE && !vfl_gpu_is_of_vm (self->gpu, self->machine->uuid))
        return g_strdup_printf (_ ("its GPU is with %s"), claim->label);
    if (vfl_gpu_needs_recovery (self->gpu))
        return g_strdup (_ ("its GPU needs to be recovered"));
    if (strcmp (vfl_gpu_state (self->gpu), "foreign") == 0)
        return g_strdup (_ ("its GPU is not managed by VirtFlow"));
    if (strcmp (vfl_gpu_state (self->gpu), "lending") == 0)
        return g_strdup (_ ("taking its GPU"));
    if (strcmp (vfl_gpu_state (self->gpu), "returning") == 0)
        return g_strdup (_ ("giving its GPU back"));
    if (strcmp (vfl_gpu_state (self->gpu), "in-use") == 0)
        return g_strdup (_ ("has its GPU"));
    if (strcmp (vfl_gpu_state (self->gpu), "lent") == 0)
        return g_strdup (_ ("its GPU is reserved"));
    return g_strdup (_ ("its GPU is on the host"));
}

static char *
words (const VflMachine *self)
{
    g_autofree char *gpu = gpu_words (self);

    return *gpu != '\0' ? g_strdup_printf ("%s · %s", state_words (self), gpu)
                        : g_strdup (state_words (self));
}

static void
vfl_machine_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    VflMachine *self = VFL_MACHINE (object);

    switch (id) {
    case NAME:
        g_value_set_string (value, self->machine->name);
        break;
    case WORDS:
        g_value_take_string (value, vfl_sentence_begin (words (self)));
        break;
    case STATE_WORDS:
        g_value_take_string (value, vfl_sentence_begin (g_strdup (state_words (self))));
        break;
    case GPU_WORDS:
        g_value_take_string (value, vfl_sentence_begin (gpu_words (self)));
        break;
    case ACTIVE:
        g_value_set_boolean (value, vfl_machine_is_active (self));
        break;
    case AUTOSTART:
        g_value_set_boolean (value, self->machine->autostart);
        break;
    case BUSY:
        g_value_set_boolean (value, vfl_machine_is_busy (self));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
drop_gpu (VflMachine *self)
{
    if (self->gpu != NULL)
        g_signal_handlers_disconnect_by_data (self->gpu, self);
    g_clear_object (&self->gpu);
    g_clear_pointer (&self->pairing, vf_pairing_free);
}

static void
vfl_machine_finalize (GObject *object)
{
    VflMachine *self = VFL_MACHINE (object);

    drop_gpu (self);
    vf_machine_free (self->machine);
    g_free (self->folded);
    g_ptr_array_unref (self->activities);
    G_OBJECT_CLASS (vfl_machine_parent_class)->finalize (object);
}

static GParamSpec *
text_property (const char *name)
{
    return g_param_spec_string (name, NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
flag_property (const char *name)
{
    return g_param_spec_boolean (name, NULL, NULL, FALSE,
                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
vfl_machine_class_init (VflMachineClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS (class);

    object_class->get_property = vfl_machine_get_property;
    object_class->finalize = vfl_machine_finalize;
    properties[NAME] = text_property ("name");
    properties[WORDS] = text_property ("words");
    properties[STATE_WORDS] = text_property ("state-words");
    properties[GPU_WORDS] = text_property ("gpu-words");
    properties[ACTIVE] = flag_property ("active");
    properties[AUTOSTART] = flag_property ("autostart");
    properties[BUSY] = flag_property ("busy");
    g_object_class_install_properties (object_class, N_PROPERTIES, properties);
    signals[CHANGED] = g_signal_new ("changed", VFL_TYPE_MACHINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 0);
}

static void
vfl_machine_init (VflMachine *self)
{
    self->activities = g_ptr_array_new_with_free_func (g_free);
}

VflMachine *
vfl_machine_new (VfMachine *machine)
{
    VflMachine *self = g_object_new (VFL_TYPE_MACHINE, NULL);

    self->machine = machine;
    self->folded = g_utf8_casefold (machine->name, -1);
    return self;
}

void
vfl_machine_update (VflMachine *self, VfMachine *machine)
{
    gboolean renamed = strcmp (self->machine->name, machine->name) != 0;

    vf_machine_free (self->machine);
    self->machine = machine;
    if (renamed) {
        g_free (self->folded);
        self->folded = g_utf8_casefold (machine->name, -1);
        g_object_notify_by_pspec (G_OBJECT (self), properties[NAME]);
    }
    tell (self);
}

void
vfl_machine_set_gpu (VflMachine *self, const VfPairing *pairing, VflGpu *gpu)
{
    if (pairing == NULL && self->pairing == NULL)
        return;
    drop_gpu (self);
    if (pairing != NULL)
        self->pairing = vf_pairing_copy (pairing);
    if (pairing != NULL && gpu != NULL) {
        self->gpu = g_object_ref (gpu);
        g_signal_connect_swapped (gpu, "changed", G_CALLBACK (tell), self);
    }
    tell (self);
}

void
vfl_machine_begin_activity (VflMachine *self, const char *words)
{
    g_ptr_array_add (self->activities, g_strdup (words));
    tell (self);
}

void
vfl_machine_end_activity (VflMachine *self, const char *words)
{
    guint index;

    if (g_ptr_array_find_with_equal_func (self->activities, words, g_str_equal, &index))
        g_ptr_array_remove_index (self->activities, index);
    tell (self);
}

const VfMachine *
vfl_machine_value (VflMachine *self)
{
    return self->machine;
}

const char *
vfl_machine_name (VflMachine *self)
{
    return self->machine->name;
}

const char *
vfl_machine_uuid (VflMachine *self)
{
    return self->machine->uuid;
}

const VfPairing *
vfl_machine_pairing (VflMachine *self)
{
    return self->pairing;
}

VflGpu *
vfl_machine_gpu (VflMachine *self)
{
    return self->gpu;
}

gboolean
vfl_machine_is_active (VflMachine *self)
{
    /* Without asking libvirt: this is the main loop. */
    return self->machine->state != VF_MACHINE_SHUT_OFF;
}

gboolean
vfl_machine_is_busy (VflMachine *self)
{
    return self->activities->len > 0;
}

gboolean
vfl_machine_can_activate (VflMachine *self)
{
    return self->pairing == NULL && !vfl_machine_is_busy (self);
}

gboolean
vfl_machine_can_deactivate (VflMachine *self)
{
    return self->pairing != NULL && !vfl_machine_is_busy (self);
}

gboolean
vfl_machine_can_give_back (VflMachine *self)
{
    return self->gpu != NULL && !vfl_machine_is_busy (self) && vfl_gpu_can_return (self->gpu)
           && vfl_gpu_is_of_vm (self->gpu, self->machine->uuid);
}

gboolean
vfl_machine_matches (VflMachine *self, const char *text)
{
    return strstr (self->folded, text) != NULL;
}
