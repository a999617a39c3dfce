/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns one fact. */
#include "vfl-fact.h"

struct _VflFact {
    GObject parent;
    char *title;
    char *value;
};
G_DEFINE_FINAL_TYPE (VflFact, vfl_fact, G_TYPE_OBJECT)

static void
vfl_fact_finalize (GObject *object)
{
    VflFact *self = VFL_FACT (object);

    g_free (self->title);
    g_free (self->value);
    G_OBJECT_CLASS (vfl_fact_parent_class)->finalize (object);
}

static void
vfl_fact_class_init (VflFactClass *class)
{
    G_OBJECT_CLASS (class)->finalize = vfl_fact_finalize;
}

static void
vfl_fact_init (VflFact *self)
{
}

VflFact *
vfl_fact_new (const char *title, const char *value)
{
    VflFact *self = g_object_new (VFL_TYPE_FACT, NULL);

    self->title = g_strdup (title);
    self->value = g_strdup (value);
    return self;
}

const char *
vfl_fact_title (VflFact *self)
{
    return self->title;
}

const char *
vfl_fact_value (VflFact *self)
{
    return self->value;
}

void
vfl_fact_add (GListStore *facts, const char *title, const char *format, ...)
{
    g_autoptr (VflFact) fact = NULL;
    g_autofree char *value = NULL;
    va_list arguments;

    va_start (arguments, format);
    value = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    fact = vfl_fact_new (title, value);
    g_list_store_append (facts, fact);
}
