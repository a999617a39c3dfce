/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of the steps of a switch. */
#include "vfl-steps.h"

#include "vf-translation.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _VflSteps {
    GObject parent;
    GPtrArray *items;
};

enum { FRACTION = 1, WORDS, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static GType
get_item_type (GListModel *list)
{
    return VFL_TYPE_STEP;
}

static guint
get_n_items (GListModel *list)
{
    return VFL_STEPS (list)->items->len;
}

static gpointer
get_item (GListModel *list, guint position)
{
    const VflSteps *self = VFL_STEPS (list);

    return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                       : NULL;
}

static void
implement_list (GListModelInterface *interface)
{
    interface->get_item_type = get_item_type;
    interface->get_n_items = get_n_items;
    interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (VflSteps,
                               vfl_steps,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, implement_list))

guint
vfl_steps_n_done (VflSteps *self)
{
    guint n_done = 0;

    for (guint i = 0; i < self->items->len; i++)
        n_done += vfl_step_standing (g_ptr_array_index (self->items, i)) == VFL_STEP_DONE;
    return n_done;
}

/* Number of the step that runs or failed, from 1; 0 when there is none. Behind one that failed its
 * next attempt may stand. */
static guint
current (VflSteps *self)
{
    for (guint i = self->items->len; i > 0; i--) {
        VflStepStanding standing = vfl_step_standing (g_ptr_array_index (self->items, i - 1));

        if (standing != VFL_STEP_WAITING)
            return standing != VFL_STEP_DONE ? i : 0;
    }
    return 0;
}

static char *
words (VflSteps *self)
{
    guint number = current (self);

    if (self->items->len == 0)
        return g_strdup ("");
    if (number > 0)
        return g_strdup_printf (_ ("Step %u of %u: %s"), number, self->items->len,
                                vfl_step_text (g_ptr_array_index (self->items, number - 1)));
    return g_strdup_printf (_ ("%u of %u steps"), vfl_steps_n_done (self), self->items->len);
}

static double
fraction (VflSteps *self)
{
    return self->items->len > 0 ? (double) vfl_steps_n_done (self) / self->items->len : 0;
}

/* The same switch goes on as long as the list begins with what was shown: the steps of its way back
 * stand behind those that led to a failure. */
static gboolean
goes_on (const VflSteps *self, GVariant *shown)
{
    if (g_variant_n_children (shown) < self->items->len)
        return FALSE;
    for (guint i = 0; i < self->items->len; i++) {
        g_autofree char *words = NULL;
        const char *text;

        g_variant_get_child (shown, i, "(&s&st)", &text, NULL, NULL);
        words = vf_translation_of (text);
        if (strcmp (words, vfl_step_text (g_ptr_array_index (self->items, i))) != 0)
            return FALSE;
    }
    return TRUE;
}

static void
clear (VflSteps *self)
{
    guint n_items = self->items->len;

    g_ptr_array_set_size (self->items, 0);
    if (n_items > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), 0, n_items, 0);
}

void
vfl_steps_show (VflSteps *self, GVariant *shown)
{
    guint n_before;
    guint n_steps = shown != NULL ? (guint) g_variant_n_children (shown) : 0;

    if (shown == NULL || !goes_on (self, shown))
        clear (self);
    n_before = self->items->len;
    for (guint i = 0; i < n_steps; i++) {
        const char *text, *standing;
        guint64 took;

        g_variant_get_child (shown, i, "(&s&st)", &text, &standing, &took);
        if (i >= n_before) {
            g_autofree char *translated = vf_translation_of (text);

            g_ptr_array_add (self->items, vfl_step_new (translated));
        }
        vfl_step_update (g_ptr_array_index (self->items, i), standing, took);
    }
    if (n_steps > n_before)
        g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, n_steps - n_before);
    g_object_notify_by_pspec (G_OBJECT (self), properties[FRACTION]);
    g_object_notify_by_pspec (G_OBJECT (self), properties[WORDS]);
}

static void
vfl_steps_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    VflSteps *self = VFL_STEPS (object);

    switch (id) {
    case FRACTION:
        g_value_set_double (value, fraction (self));
        break;
    case WORDS:
        g_value_take_string (value, words (self));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
vfl_steps_finalize (GObject *object)
{
    g_ptr_array_unref (VFL_STEPS (object)->items);
    G_OBJECT_CLASS (vfl_steps_parent_class)->finalize (object);
}

static void
vfl_steps_class_init (VflStepsClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS (class);

    object_class->get_property = vfl_steps_get_property;
    object_class->finalize = vfl_steps_finalize;
    properties[FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[WORDS] =
        g_param_spec_string ("words", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vfl_steps_init (VflSteps *self)
{
    self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

VflSteps *
vfl_steps_new (void)
{
    return g_object_new (VFL_TYPE_STEPS, NULL);
}
