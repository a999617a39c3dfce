/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the walk through the accessible tree and its pitfalls. */
#include "ui-tree.h"

#include <string.h>

struct _UiTree {
    guint pid;
    AtspiAccessible *app; /* NULL before it is there */
    GHashTable *known;    /* all that was seen, by path: what it is does not change */
};

/* Newer versions of at-spi2-core and GTK have other roles for some. */
static const struct {
    const char *words;
    AtspiRole roles[3];
} kinds[] = {
    [UI_TEXT] = { "text", { ATSPI_ROLE_LABEL } },
    [UI_BUTTON] = { "button", { ATSPI_ROLE_PUSH_BUTTON, ATSPI_ROLE_TOGGLE_BUTTON } },
    [UI_SWITCH] = { "switch", { ATSPI_ROLE_TOGGLE_BUTTON, ATSPI_ROLE_CHECK_BOX } },
    [UI_ENTRY] = { "entry", { ATSPI_ROLE_ENTRY, ATSPI_ROLE_TEXT } },
    [UI_ROW] = { "row", { ATSPI_ROLE_LIST_ITEM } },
    [UI_LIST] = { "list", { ATSPI_ROLE_LIST, ATSPI_ROLE_LIST_BOX } },
    [UI_PROGRESS] = { "progress bar", { ATSPI_ROLE_PROGRESS_BAR } },
    [UI_MENU_ITEM] = { "menu item", { ATSPI_ROLE_MENU_ITEM } },
    [UI_WINDOW] = { "window", { ATSPI_ROLE_FRAME, ATSPI_ROLE_WINDOW } },
};

const char *
ui_kind_words (UiKind kind)
{
    return kinds[kind].words;
}

UiTree *
ui_tree_new (guint pid)
{
    UiTree *self = g_new0 (UiTree, 1);

    self->pid = pid;
    self->known = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
    return self;
}

void
ui_tree_free (UiTree *self)
{
    g_hash_table_unref (self->known);
    g_clear_object (&self->app);
    g_free (self);
}

static void
find_app (UiTree *self)
{
    g_autoptr (AtspiAccessible) desktop = atspi_get_desktop (0);
    int n_apps;

    atspi_accessible_set_cache_mask (desktop, ATSPI_CACHE_NONE);
    n_apps = atspi_accessible_get_child_count (desktop, NULL);
    for (int i = 0; i < n_apps && self->app == NULL; i++) {
        g_autoptr (AtspiAccessible) app = atspi_accessible_get_child_at_index (desktop, i, NULL);

        if (app != NULL && atspi_accessible_get_process_id (app, NULL) == self->pid)
            self->app = g_steal_pointer (&app);
    }
    /* What can change and is remembered here lags behind what the app shows. */
    if (self->app != NULL)
        atspi_accessible_set_cache_mask (self->app, ATSPI_CACHE_ROLE | ATSPI_CACHE_INTERFACES);
}

static gboolean
is_of_kind (AtspiAccessible *thing, UiKind kind)
{
    AtspiRole role = atspi_accessible_get_role (thing, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS (kinds[kind].roles); i++) {
        if (kinds[kind].roles[i] == role && role != ATSPI_ROLE_INVALID)
            return TRUE;
    }
    return FALSE;
}

/* A menu button has a second one inside, which is the one that can be pressed. */
static gboolean
can_be_pressed (AtspiAccessible *thing)
{
    g_autoptr (AtspiAction) action = atspi_accessible_get_action_iface (thing);

    return action != NULL && atspi_action_get_n_actions (action, NULL) > 0;
}

static char *
name_of (AtspiAccessible *thing)
{
    char *name = atspi_accessible_get_name (thing, NULL);

    return name != NULL ? name : g_strdup ("");
}

static gboolean
is_called (AtspiAccessible *thing, UiKind kind, const char *name, const char *words)
{
    g_autofree char *whole = name_of (thing);
    g_auto (GStrv) parts = g_strsplit (whole, ", ", -1);

    if (strstr (whole, words) == NULL)
        return FALSE;
    if (kind == UI_TEXT)
        return strstr (whole, name) != NULL;
    if (kind == UI_ROW)
        return g_strv_contains ((const char *const *) parts, name);
    return strcmp (whole, name) == 0;
}

/* Each question takes a moment, and a look is a question for each thing. */
static gboolean
has_nothing_inside (AtspiAccessible *thing)
{
    static const AtspiRole leaves[] = { ATSPI_ROLE_LABEL, ATSPI_ROLE_IMAGE, ATSPI_ROLE_SCROLL_BAR,
                                        ATSPI_ROLE_SEPARATOR };
    AtspiRole role = atspi_accessible_get_role (thing, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS (leaves); i++) {
        if (leaves[i] == role)
            return TRUE;
    }
    return FALSE;
}

typedef gboolean (*Visit) (AtspiAccessible *thing, guint depth, gpointer data);

/* libatspi has not been told that it is gone. */
static gboolean
is_there (AtspiAccessible *thing)
{
    return ATSPI_OBJECT (thing)->app != NULL;
}

/* The answer of the app to one question, where libatspi would ask for each child apart. */
static DBusMessage *
ask_for_children (AtspiAccessible *thing)
{
    const AtspiObject *object = ATSPI_OBJECT (thing);
    DBusMessage *question = dbus_message_new_method_call (
        object->app->bus_name, object->path, ATSPI_DBUS_INTERFACE_ACCESSIBLE, "GetChildren");
    DBusMessage *answer = dbus_connection_send_with_reply_and_block (
        object->app->bus, question, DBUS_TIMEOUT_USE_DEFAULT, NULL);

    dbus_message_unref (question);
    return answer;
}

/* The paths of what is inside; empty for what has just gone. */
static GPtrArray *
list_children (AtspiAccessible *thing)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
    DBusMessage *answer = is_there (thing) ? ask_for_children (thing) : NULL;
    DBusMessageIter whole, references, reference;

    if (answer == NULL)
        return paths;
    if (dbus_message_has_signature (answer, "a(so)")) {
        dbus_message_iter_init (answer, &whole);
        dbus_message_iter_recurse (&whole, &references);
        while (dbus_message_iter_get_arg_type (&references) == DBUS_TYPE_STRUCT) {
            const char *path;

            dbus_message_iter_recurse (&references, &reference);
            dbus_message_iter_next (&reference);
            dbus_message_iter_get_basic (&reference, &path);
            g_ptr_array_add (paths, g_strdup (path));
            dbus_message_iter_next (&references);
        }
    }
    dbus_message_unref (answer);
    return paths;
}

/* The child at that place, which is the tree's; NULL when it has just gone. */
static AtspiAccessible *
get_child (UiTree *self, AtspiAccessible *thing, guint index, const char *path)
{
    AtspiAccessible *child = g_hash_table_lookup (self->known, path);

    if (child != NULL && is_there (child))
        return child;
    child = atspi_accessible_get_child_at_index (thing, (int) index, NULL);
    if (child != NULL)
        g_hash_table_replace (self->known, ATSPI_OBJECT (child)->path, child);
    return child;
}

/* Until @visit says that it is enough; then the thing, which the caller owns. */
static AtspiAccessible *
walk (UiTree *self, AtspiAccessible *thing, guint depth, Visit visit, gpointer data)
{
    g_autoptr (GPtrArray) paths = NULL;

    if (visit (thing, depth, data))
        return g_object_ref (thing);
    if (has_nothing_inside (thing))
        return NULL;
    paths = list_children (thing);
    for (guint i = 0; i < paths->len; i++) {
        AtspiAccessible *child = get_child (self, thing, i, paths->pdata[i]);
        AtspiAccessible *found = child != NULL ? walk (self, child, depth + 1, visit, data) : NULL;

        if (found != NULL)
            return found;
    }
    return NULL;
}

typedef struct {
    UiKind kind;
    const char *name;
    const char *words;
} Wanted;

static gboolean
is_wanted (AtspiAccessible *thing, guint depth, gpointer data)
{
    const Wanted *wanted = data;

    return is_of_kind (thing, wanted->kind)
           && is_called (thing, wanted->kind, wanted->name, wanted->words)
           && (wanted->kind != UI_BUTTON || can_be_pressed (thing));
}

AtspiAccessible *
ui_tree_find (UiTree *self, UiKind kind, const char *name, const char *words)
{
    Wanted wanted = { kind, name, words };

    AtspiAccessible *found = NULL;

    if (self->app == NULL)
        find_app (self);
    if (self->app == NULL)
        return NULL;
    for (int i = ui_tree_n_windows (self) - 1; i >= 0 && found == NULL; i--) {
        g_autoptr (AtspiAccessible) window =
            atspi_accessible_get_child_at_index (self->app, i, NULL);

        if (window != NULL)
            found = walk (self, window, 0, is_wanted, &wanted);
    }
    return found;
}

gboolean
ui_tree_is (AtspiAccessible *thing, AtspiStateType state)
{
    AtspiStateSet *states = atspi_accessible_get_state_set (thing);
    gboolean is = atspi_state_set_contains (states, state);

    g_object_unref (states);
    return is;
}

int
ui_tree_n_windows (UiTree *self)
{
    return atspi_accessible_get_child_count (self->app, NULL);
}

void
ui_tree_ask_for_too_much (UiTree *self)
{
    AtspiAccessible *window =
        atspi_accessible_get_child_at_index (self->app, ui_tree_n_windows (self), NULL);

    g_clear_object (&window);
}

AtspiRect
ui_tree_place (AtspiAccessible *thing)
{
    AtspiComponent *component = thing != NULL ? atspi_accessible_get_component_iface (thing) : NULL;
    AtspiRect place = { 0 };
    AtspiRect *answer = component != NULL
                            ? atspi_component_get_extents (component, ATSPI_COORD_TYPE_WINDOW, NULL)
                            : NULL;

    if (answer != NULL)
        place = *answer;
    g_free (answer);
    g_clear_object (&component);
    return place;
}

AtspiAccessible *
ui_tree_window_of (AtspiAccessible *thing)
{
    static const AtspiRole windows[] = { ATSPI_ROLE_FRAME, ATSPI_ROLE_WINDOW, ATSPI_ROLE_DIALOG,
                                         ATSPI_ROLE_MENU, ATSPI_ROLE_POPUP_MENU };
    AtspiAccessible *window = g_object_ref (thing);

    while (window != NULL) {
        AtspiRole role = atspi_accessible_get_role (window, NULL);
        AtspiAccessible *parent;

        for (gsize i = 0; i < G_N_ELEMENTS (windows); i++) {
            if (windows[i] == role)
                return window;
        }
        parent = atspi_accessible_get_parent (window, NULL);
        g_object_unref (window);
        window = parent;
    }
    return NULL;
}

static void
append_line (AtspiAccessible *thing, guint depth, GString *text)
{
    g_autofree char *role = atspi_accessible_get_role_name (thing, NULL);
    g_autofree char *name = name_of (thing);
    AtspiRect place = ui_tree_place (thing);

    g_string_append_printf (text, "%*s%s “%s” %d,%d %dx%d\n", (int) depth * 2, "", role, name,
                            place.x, place.y, place.width, place.height);
}

static gboolean
print (AtspiAccessible *thing, guint depth, gpointer data)
{
    append_line (thing, depth, data);
    return FALSE;
}

char *
ui_tree_print (UiTree *self)
{
    g_autoptr (GString) text = g_string_new (NULL);

    if (self->app != NULL)
        walk (self, self->app, 0, print, text);
    return g_strdup (text->str);
}

typedef struct {
    GString *text;
    guint n_named;
} Names;

static gboolean
check_name (AtspiAccessible *thing, guint depth, gpointer data)
{
    Names *names = data;
    g_autofree char *name = NULL;

    for (UiKind kind = UI_BUTTON; kind < UI_WINDOW; kind++) {
        if (!is_of_kind (thing, kind))
            continue;
        name = name_of (thing);
        if (*name == '\0' || g_str_has_prefix (name, "Gtk") || g_str_has_prefix (name, "Adw")
            || g_str_has_prefix (name, "Vfu") || *name == '_')
            append_line (thing, 0, names->text);
        else
            names->n_named++;
        return FALSE;
    }
    return FALSE;
}

char *
ui_tree_nameless (UiTree *self, guint *n_named)
{
    g_autoptr (GString) text = g_string_new (NULL);
    Names names = { text, 0 };

    if (self->app != NULL)
        walk (self, self->app, 0, check_name, &names);
    *n_named = names.n_named;
    return g_strdup (text->str);
}
