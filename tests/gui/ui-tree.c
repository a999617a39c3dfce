/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the walk through the accessible tree and its pitfalls. */
#include "ui-tree.h"

#include <string.h>

struct _UiTree {
    guint pid;
    AtspiAccessible *app; /* NULL before it is there */
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
    return self;
}

void
ui_tree_free (UiTree *self)
{
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

/* Each question takes a moment. */
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

/* Until @visit says that it is enough; then the thing, which the caller owns. */
static AtspiAccessible *
walk (AtspiAccessible *thing, guint depth, Visit visit, gpointer data)
{
    int n_children;

    if (visit (thing, depth, data))
        return g_object_ref (thing);
    if (has_nothing_inside (thing))
        return NULL;
    n_children = atspi_accessible_get_child_count (thing, NULL);
    for (int i = 0; i < n_children; i++) {
        g_autoptr (AtspiAccessible) child = atspi_accessible_get_child_at_index (thing, i, NULL);
        AtspiAccessible *found = child != NULL ? walk (child, depth + 1, visit, data) : NULL;

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
            found = walk (window, 0, is_wanted, &wanted);
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
        walk (self->app, 0, print, text);
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
        walk (self->app, 0, check_name, &names);
    *n_named = names.n_named;
    return g_strdup (text->str);
}
