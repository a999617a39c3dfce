/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is shown of one GPU. */
#include "vfl-gpu.h"

#include "vf-text.h"
#include "vfl-sentence.h"
#include "vf-translation.h"

#include <string.h>

struct _VflGpu {
    GObject parent;
    VfClientGpu *proxy;
    VflSteps *steps;
    char *result; /* the id of that of the last switch */
};
G_DEFINE_FINAL_TYPE (VflGpu, vfl_gpu, G_TYPE_OBJECT)

enum { NAME = 1, ADDRESS, WORDS, ICON_NAME, SWITCHING, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

enum { CHANGED, ENDED, N_SIGNALS };
static guint signals[N_SIGNALS];

VfClientGpu *
vfl_gpu_proxy (VflGpu *self)
{
    return self->proxy;
}

const char *
vfl_gpu_address (VflGpu *self)
{
    const char *address = vf_dbus_gpu_get_address (self->proxy);

    return address != NULL ? address : "";
}

const char *
vfl_gpu_name (VflGpu *self)
{
    const char *name = vf_dbus_gpu_get_name (self->proxy);

    return name != NULL ? name : "";
}

const char *
vfl_gpu_state (VflGpu *self)
{
    const char *state = vf_dbus_gpu_get_state (self->proxy);

    return state != NULL ? state : "";
}

static gboolean
is_one_of (VflGpu *self, const char *const *states)
{
    return g_strv_contains (states, vfl_gpu_state (self));
}

gboolean
vfl_gpu_is_home (VflGpu *self)
{
    return strcmp (vfl_gpu_state (self), "host") == 0;
}

gboolean
vfl_gpu_is_switching (VflGpu *self)
{
    return is_one_of (self, (const char *const[]){ "lending", "returning", NULL });
}

gboolean
vfl_gpu_needs_recovery (VflGpu *self)
{
    return is_one_of (self, (const char *const[]){ "mixed", "wedged", NULL });
}

gboolean
vfl_gpu_can_return (VflGpu *self)
{
    return strcmp (vfl_gpu_state (self), "lent") == 0;
}

gboolean
vfl_gpu_is_host_display (VflGpu *self)
{
    return vf_dbus_gpu_get_host_display (self->proxy);
}

VfClaim *
vfl_gpu_claim (VflGpu *self)
{
    GVariant *claimant = vf_dbus_gpu_get_claimant (self->proxy);
    VfClaim *claim = claimant != NULL ? vf_claim_from_variant (claimant) : NULL;

    return claim != NULL ? claim : vf_claim_new (VF_CLAIM_NONE, "", "");
}

gboolean
vfl_gpu_is_of_vm (VflGpu *self, const char *uuid)
{
    g_autoptr (VfClaim) claim = vfl_gpu_claim (self);

    return claim->kind == VF_CLAIM_VM && strcmp (claim->id, uuid) == 0;
}

VflSteps *
vfl_gpu_steps (VflGpu *self)
{
    return self->steps;
}

GPtrArray *
vfl_gpu_blockers (VflGpu *self)
{
    GVariant *shown = vf_dbus_gpu_get_blockers (self->proxy);
    GPtrArray *blockers = shown != NULL ? vf_blockers_from_variant (shown) : NULL;

    return blockers != NULL ? blockers : g_ptr_array_new ();
}

guint
vfl_gpu_n_functions (VflGpu *self)
{
    GVariant *functions = vf_dbus_gpu_get_functions (self->proxy);

    return functions != NULL ? (guint) g_variant_n_children (functions) : 0;
}

VflFunction
vfl_gpu_function (VflGpu *self, guint index)
{
    VflFunction function;

    g_variant_get_child (vf_dbus_gpu_get_functions (self->proxy), index, "(&s&s&s&s&si)",
                         &function.address, &function.kind, &function.ids, &function.driver,
                         &function.name, &function.iommu_group);
    return function;
}

static char *
words (VflGpu *self)
{
    g_autoptr (VfClaim) claim = vfl_gpu_claim (self);

    return vf_text_gpu_state (vfl_gpu_state (self), claim, vfl_gpu_is_host_display (self));
}

static const char *
icon_name (VflGpu *self)
{
    if (vfl_gpu_needs_recovery (self))
        return "dialog-warning-symbolic";
    if (vfl_gpu_is_switching (self))
        return "emblem-synchronizing-symbolic";
    return vfl_gpu_is_host_display (self) ? "video-display-symbolic" : "virtflow-gpu-symbolic";
}

static void
on_changed (GObject *proxy, GParamSpec *property, gpointer data)
{
    VflGpu *self = data;

    /* Steps come by the dozen, and change nothing else. */
    if (g_str_has_prefix (property->name, "step"))
        return;
    for (guint i = 1; i < N_PROPERTIES; i++)
        g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_steps (GObject *proxy, GParamSpec *property, gpointer data)
{
    VflGpu *self = data;

    vfl_steps_show (self->steps, vf_dbus_gpu_get_steps (self->proxy));
}

static void
on_result (GObject *proxy, GParamSpec *property, gpointer data)
{
    VflGpu *self = data;
    GVariant *result = vf_dbus_gpu_get_result (self->proxy);
    const char *id = "";
    const char *sentence = "";
    g_autofree char *translated = NULL;

    if (result != NULL)
        g_variant_get (result, "(&s&s)", &id, &sentence);
    if (g_strcmp0 (id, self->result) == 0)
        return;
    g_free (self->result);
    self->result = g_strdup (id);
    translated = vf_translation_of (sentence);
    if (*id != '\0')
        g_signal_emit (self, signals[ENDED], 0, vfl_gpu_is_home (self),
                       strcmp (id, "done") == 0 ? NULL : translated);
}

static void
vfl_gpu_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    VflGpu *self = VFL_GPU (object);

    switch (id) {
    case NAME:
        g_value_set_string (value, vfl_gpu_name (self));
        break;
    case ADDRESS:
        g_value_set_string (value, vfl_gpu_address (self));
        break;
    case WORDS:
        g_value_take_string (value, vfl_sentence_begin (words (self)));
        break;
    case ICON_NAME:
        g_value_set_static_string (value, icon_name (self));
        break;
    case SWITCHING:
        g_value_set_boolean (value, vfl_gpu_is_switching (self));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
vfl_gpu_finalize (GObject *object)
{
    VflGpu *self = VFL_GPU (object);

    g_signal_handlers_disconnect_by_data (self->proxy, self);
    g_object_unref (self->proxy);
    g_object_unref (self->steps);
    g_free (self->result);
    G_OBJECT_CLASS (vfl_gpu_parent_class)->finalize (object);
}

static GParamSpec *
text_property (const char *name)
{
    return g_param_spec_string (name, NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
vfl_gpu_class_init (VflGpuClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS (class);

    object_class->get_property = vfl_gpu_get_property;
    object_class->finalize = vfl_gpu_finalize;
    properties[NAME] = text_property ("name");
    properties[ADDRESS] = text_property ("address");
    properties[WORDS] = text_property ("words");
    properties[ICON_NAME] = text_property ("icon-name");
    properties[SWITCHING] = g_param_spec_boolean ("switching", NULL, NULL, FALSE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (object_class, N_PROPERTIES, properties);
    signals[CHANGED] = g_signal_new ("changed", VFL_TYPE_GPU, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 0);
    signals[ENDED] = g_signal_new ("ended", VFL_TYPE_GPU, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_BOOLEAN, G_TYPE_STRING);
}

static void
vfl_gpu_init (VflGpu *self)
{
    self->steps = vfl_steps_new ();
}

VflGpu *
vfl_gpu_new (VfClientGpu *proxy)
{
    VflGpu *self = g_object_new (VFL_TYPE_GPU, NULL);
    GVariant *result = vf_dbus_gpu_get_result (proxy);

    self->proxy = g_object_ref (proxy);
    if (result != NULL)
        g_variant_get (result, "(ss)", &self->result, NULL);
    vfl_steps_show (self->steps, vf_dbus_gpu_get_steps (proxy));
    g_signal_connect (proxy, "notify", G_CALLBACK (on_changed), self);
    g_signal_connect (proxy, "notify::steps", G_CALLBACK (on_steps), self);
    g_signal_connect (proxy, "notify::result", G_CALLBACK (on_result), self);
    return self;
}
