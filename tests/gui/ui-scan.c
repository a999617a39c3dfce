/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a scan comes by its tree: an app tells all it has told of before in one answer; what is
 * new there, or has become hidden, shows in that the children of a thing do not add up. */
#include "ui-scan.h"

#include <atspi/atspi.h>

/* What does not answer is going away. In milliseconds. */
#define PATIENCE 20000

/* What still does not add up then changes faster than it can be looked at. */
#define ROUNDS 4

typedef struct {
    const char *path; /* these three belong to the answer */
    const char *parent;
    const char *name;
    int index;
    int n_children;
    guint role;
} Item;

typedef struct {
    const Item *item;
    guint parent; /* index of the thing */
    guint index;
} Thing;

struct _UiScan {
    GDBusConnection *bus;
    char *owner;
    char *window;
    GVariant *answer;
    GHashTable *items;    /* path to Item */
    GHashTable *families; /* path to a GPtrArray of the Items that say it is their parent */
    GHashTable *children; /* path to a strv, of those that were asked */
    GPtrArray *doubtful;  /* paths of those that are to be asked */
    GPtrArray *strangers; /* paths of those whose parent told of them first */
    GArray *things;
    guint n_awaited;
};

static void
take_item (UiScan *self, GVariant *described)
{
    Item *item = g_new0 (Item, 1);
    g_autoptr (GVariant) states = NULL;
    guint32 first_states = 0;
    GPtrArray *family;

    g_variant_get (described, "((&s&o)(&s&o)(&s&o)ii@as&su&s@au)", NULL, &item->path, NULL, NULL,
                   NULL, &item->parent, &item->index, &item->n_children, NULL, &item->name,
                   &item->role, NULL, &states);
    if (g_variant_n_children (states) > 0)
        g_variant_get_child (states, 0, "u", &first_states);
    family = g_hash_table_lookup (self->families, item->parent);
    if (family == NULL) {
        family = g_ptr_array_new ();
        g_hash_table_insert (self->families, (gpointer) item->parent, family);
    }
    /* What is hidden still has the index that it had. */
    if (first_states & (1u << ATSPI_STATE_VISIBLE))
        g_ptr_array_add (family, item);
    g_hash_table_insert (self->items, (gpointer) item->path, item);
}

static void
ask_for_items (UiScan *self)
{
    g_autoptr (GVariant) list = NULL;
    GVariant *answer = g_dbus_connection_call_sync (self->bus, self->owner, "/org/a11y/atspi/cache",
                                                    "org.a11y.atspi.Cache", "GetItems", NULL, NULL,
                                                    G_DBUS_CALL_FLAGS_NONE, PATIENCE, NULL, NULL);

    g_hash_table_remove_all (self->families);
    g_hash_table_remove_all (self->items);
    g_clear_pointer (&self->answer, g_variant_unref);
    self->answer = answer;
    if (answer == NULL)
        return;
    list = g_variant_get_child_value (answer, 0);
    for (gsize i = 0; i < g_variant_n_children (list); i++) {
        g_autoptr (GVariant) described = g_variant_get_child_value (list, i);

        take_item (self, described);
    }
}

typedef struct {
    UiScan *scan;
    const char *path;
} Question;

static void
on_children (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autofree Question *question = data;
    g_autoptr (GVariant) answer =
        g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
    g_autoptr (GVariantIter) children = NULL;
    g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
    const char *path;

    question->scan->n_awaited--;
    if (answer != NULL) {
        g_variant_get (answer, "(a(so))", &children);
        while (g_variant_iter_next (children, "(&s&o)", NULL, &path)) {
            g_strv_builder_add (paths, path);
            if (!g_hash_table_contains (question->scan->items, path))
                g_ptr_array_add (question->scan->strangers, g_strdup (path));
        }
    }
    g_hash_table_insert (question->scan->children, g_strdup (question->path),
                         g_strv_builder_end (paths));
}

static void
ask_all (UiScan *self, const GPtrArray *paths, GMainContext *context)
{
    for (guint i = 0; i < paths->len; i++) {
        Question question = { self, g_ptr_array_index (paths, i) };

        self->n_awaited++;
        g_dbus_connection_call (self->bus, self->owner, question.path, "org.a11y.atspi.Accessible",
                                "GetChildren", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, PATIENCE, NULL,
                                on_children, g_memdup2 (&question, sizeof question));
    }
    while (self->n_awaited > 0)
        g_main_context_iteration (context, TRUE);
}

static GPtrArray *
new_paths (void)
{
    return g_ptr_array_new_with_free_func (g_free);
}

/* And whoever comes to light by that: to ask for the items is what takes long. */
static void
ask_the_doubtful (UiScan *self, GMainContext *context)
{
    while (self->doubtful->len > 0) {
        self->strangers = new_paths ();
        ask_all (self, self->doubtful, context);
        g_ptr_array_unref (self->doubtful);
        self->doubtful = g_steal_pointer (&self->strangers);
    }
}

/* The child at @index as the items tell; NULL when not exactly one says that it is there. */
static const Item *
child_at (const GPtrArray *family, int index)
{
    const Item *child = NULL;

    for (guint i = 0; family != NULL && i < family->len; i++) {
        const Item *item = g_ptr_array_index (family, i);

        if (item->index == index && child != NULL)
            return NULL;
        if (item->index == index)
            child = item;
    }
    return child;
}

static gboolean
adds_up (const GPtrArray *family, const Item *item)
{
    if (family == NULL || (int) family->len != item->n_children)
        return item->n_children == 0 && (family == NULL || family->len == 0);
    for (int i = 0; i < item->n_children; i++) {
        if (child_at (family, i) == NULL)
            return FALSE;
    }
    return TRUE;
}

static void take_thing (UiScan *self, const char *path, guint parent, guint index);

static void
take_children (UiScan *self, const Item *item, guint thing)
{
    const GPtrArray *family = g_hash_table_lookup (self->families, item->path);
    char **asked = g_hash_table_lookup (self->children, item->path);

    if (asked != NULL) {
        for (guint i = 0; asked[i] != NULL; i++)
            take_thing (self, asked[i], thing, i);
    } else if (adds_up (family, item)) {
        for (int i = 0; i < item->n_children; i++)
            take_thing (self, child_at (family, i)->path, thing, (guint) i);
    } else {
        g_ptr_array_add (self->doubtful, g_strdup (item->path));
    }
}

static void
take_thing (UiScan *self, const char *path, guint parent, guint index)
{
    Thing thing = { g_hash_table_lookup (self->items, path), parent, index };

    if (thing.item == NULL)
        return;
    g_array_append_val (self->things, thing);
    take_children (self, thing.item, self->things->len - 1);
}

UiScan *
ui_scan_new (GDBusConnection *bus, const char *owner, const char *window)
{
    UiScan *self = g_new0 (UiScan, 1);
    g_autoptr (GMainContext) context = g_main_context_new ();

    self->bus = g_object_ref (bus);
    self->owner = g_strdup (owner);
    self->window = g_strdup (window);
    self->items = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
    self->families =
        g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
    self->children =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
    self->doubtful = new_paths ();
    self->things = g_array_new (FALSE, FALSE, sizeof (Thing));
    g_main_context_push_thread_default (context);
    for (guint round = 0; round == 0 || (self->doubtful->len > 0 && round < ROUNDS); round++) {
        ask_the_doubtful (self, context);
        ask_for_items (self);
        g_array_set_size (self->things, 0);
        take_thing (self, self->window, 0, 0);
    }
    g_main_context_pop_thread_default (context);
    return self;
}

void
ui_scan_free (UiScan *self)
{
    g_hash_table_unref (self->families);
    g_hash_table_unref (self->items);
    g_hash_table_unref (self->children);
    g_clear_pointer (&self->answer, g_variant_unref);
    g_ptr_array_unref (self->doubtful);
    g_array_unref (self->things);
    g_object_unref (self->bus);
    g_free (self->window);
    g_free (self->owner);
    g_free (self);
}

static const Thing *
thing_at (const UiScan *self, guint index)
{
    return &g_array_index (self->things, Thing, index);
}

guint
ui_scan_n_things (const UiScan *self)
{
    return self->things->len;
}

guint
ui_scan_role (const UiScan *self, guint index)
{
    return thing_at (self, index)->item->role;
}

const char *
ui_scan_name (const UiScan *self, guint index)
{
    return thing_at (self, index)->item->name;
}

const char *
ui_scan_path (const UiScan *self, guint index)
{
    return thing_at (self, index)->item->path;
}

GArray *
ui_scan_way (const UiScan *self, guint index)
{
    GArray *way = g_array_new (FALSE, FALSE, sizeof (guint));

    for (; index > 0; index = thing_at (self, index)->parent)
        g_array_prepend_val (way, thing_at (self, index)->index);
    return way;
}
