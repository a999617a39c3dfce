/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns one fact. */
#include "vfl-fact.h"

#include <string.h>

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
vfl_fact_add (GPtrArray *facts, const char *title, const char *format, ...)
{
    g_autofree char *value = NULL;
    va_list arguments;

    va_start (arguments, format);
    value = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    g_ptr_array_add (facts, vfl_fact_new (title, value));
}

GPtrArray *
vfl_facts_new (void)
{
    return g_ptr_array_new_with_free_func (g_object_unref);
}

static gboolean
says_the_same (GListStore *store, guint position, const GPtrArray *facts, guint index)
{
    g_autoptr (VflFact) shown = g_list_model_get_item (G_LIST_MODEL (store), position);
    const VflFact *fact = g_ptr_array_index (facts, index);

    return strcmp (shown->title, fact->title) == 0 && strcmp (shown->value, fact->value) == 0;
}

void
vfl_facts_show (GListStore *store, const GPtrArray *facts)
{
    guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (store));
    guint n_same = MIN (n_shown, facts->len);
    guint first = 0;
    guint last = 0;

    while (first < n_same && says_the_same (store, first, facts, first))
        first++;
    while (last < n_same - first
           && says_the_same (store, n_shown - 1 - last, facts, facts->len - 1 - last))
        last++;
    if (first + last < MAX (n_shown, facts->len))
        g_list_store_splice (store, first, n_shown - first - last, facts->pdata + first,
                             facts->len - first - last);
}
