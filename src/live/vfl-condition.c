/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns one condition. */
#include "vfl-condition.h"

#include <string.h>

struct _VflCondition {
    GObject parent;
    char *id;
    char *title;
    char *sentence;
    VflCure cure;
};
G_DEFINE_FINAL_TYPE (VflCondition, vfl_condition, G_TYPE_OBJECT)

enum { ID = 1, TITLE, SENTENCE, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static void
vfl_condition_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    const VflCondition *self = VFL_CONDITION (object);

    switch (id) {
    case ID:
        g_value_set_string (value, self->id);
        break;
    case TITLE:
        g_value_set_string (value, self->title);
        break;
    case SENTENCE:
        g_value_set_string (value, self->sentence);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
vfl_condition_finalize (GObject *object)
{
    VflCondition *self = VFL_CONDITION (object);

    g_free (self->id);
    g_free (self->title);
    g_free (self->sentence);
    G_OBJECT_CLASS (vfl_condition_parent_class)->finalize (object);
}

static void
vfl_condition_class_init (VflConditionClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS (class);

    object_class->get_property = vfl_condition_get_property;
    object_class->finalize = vfl_condition_finalize;
    properties[ID] =
        g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[TITLE] =
        g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[SENTENCE] = g_param_spec_string ("sentence", NULL, NULL, NULL,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vfl_condition_init (VflCondition *self)
{
}

VflCondition *
vfl_condition_new (const char *id, const char *title, const char *sentence, VflCure cure)
{
    VflCondition *self = g_object_new (VFL_TYPE_CONDITION, NULL);

    self->id = g_strdup (id);
    self->title = g_strdup (title);
    self->sentence = g_strdup (sentence);
    self->cure = cure;
    return self;
}

const char *
vfl_condition_id (VflCondition *self)
{
    return self->id;
}

const char *
vfl_condition_title (VflCondition *self)
{
    return self->title;
}

const char *
vfl_condition_sentence (VflCondition *self)
{
    return self->sentence;
}

VflCure
vfl_condition_cure (VflCondition *self)
{
    return self->cure;
}

gboolean
vfl_condition_equal (VflCondition *self, VflCondition *other)
{
    return strcmp (self->id, other->id) == 0 && strcmp (self->sentence, other->sentence) == 0;
}
