/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a step is shown. */
#include "vfl-step.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _VflStep {
    GObject parent;
    char *text;
    VflStepStanding standing;
    guint64 took;
};
G_DEFINE_FINAL_TYPE (VflStep, vfl_step, G_TYPE_OBJECT)

enum { TEXT = 1, STANDING_WORDS, ICON_NAME, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static const struct {
    const char *id;
    const char *icon;
} standings[] = {
    [VFL_STEP_WAITING] = { "waiting", "content-loading-symbolic" },
    [VFL_STEP_RUNNING] = { "running", "media-playback-start-symbolic" },
    [VFL_STEP_DONE] = { "done", "object-select-symbolic" },
    [VFL_STEP_FAILED] = { "failed", "dialog-error-symbolic" },
};

static char *
standing_words (const VflStep *self)
{
    switch (self->standing) {
    case VFL_STEP_WAITING:
        return g_strdup ("");
    case VFL_STEP_RUNNING:
        return g_strdup (_ ("running"));
    case VFL_STEP_DONE:
        return self->took < 1000 ? g_strdup (_ ("under 1 ms"))
                                 : g_strdup_printf (_ ("%u ms"), (guint) (self->took / 1000));
    case VFL_STEP_FAILED:
    default:
        return g_strdup (_ ("failed"));
    }
}

static void
vfl_step_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    VflStep *self = VFL_STEP (object);

    switch (id) {
    case TEXT:
        g_value_set_string (value, self->text);
        break;
    case STANDING_WORDS:
        g_value_take_string (value, standing_words (self));
        break;
    case ICON_NAME:
        g_value_set_static_string (value, standings[self->standing].icon);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
vfl_step_finalize (GObject *object)
{
    g_free (VFL_STEP (object)->text);
    G_OBJECT_CLASS (vfl_step_parent_class)->finalize (object);
}

static void
vfl_step_class_init (VflStepClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS (class);

    object_class->get_property = vfl_step_get_property;
    object_class->finalize = vfl_step_finalize;
    properties[TEXT] =
        g_param_spec_string ("text", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[STANDING_WORDS] = g_param_spec_string ("standing-words", NULL, NULL, NULL,
                                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vfl_step_init (VflStep *self)
{
}

VflStep *
vfl_step_new (const char *text)
{
    VflStep *self = g_object_new (VFL_TYPE_STEP, NULL);

    self->text = g_strdup (text);
    return self;
}

const char *
vfl_step_text (VflStep *self)
{
    return self->text;
}

VflStepStanding
vfl_step_standing (VflStep *self)
{
    return self->standing;
}

void
vfl_step_update (VflStep *self, const char *standing, guint64 took)
{
    for (guint i = 0; i < G_N_ELEMENTS (standings); i++) {
        if (strcmp (standings[i].id, standing) != 0
            || (self->standing == (VflStepStanding) i && self->took == took))
            continue;
        self->standing = (VflStepStanding) i;
        self->took = took;
        g_object_notify_by_pspec (G_OBJECT (self), properties[STANDING_WORDS]);
        g_object_notify_by_pspec (G_OBJECT (self), properties[ICON_NAME]);
    }
}
