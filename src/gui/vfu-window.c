/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what a window shows of the host, and the way between list and page. */
#include "vfu-window.h"

#include "vfu-checkup-dialog.h"
#include "vfu-condition-page.h"
#include "vfu-gpu-actions.h"
#include "vfu-gpu-page.h"
#include "vfu-gpu-row.h"
#include "vfu-machine-actions.h"
#include "vfu-machine-page.h"
#include "vfu-machine-row.h"
#include "vfu-pages.h"
#include "vfu-window-state.h"

#include <string.h>

struct _VfuWindow {
    AdwApplicationWindow parent;
    VflHost *host;
    VfuMachineActions *machine_actions;
    VfuGpuActions *gpu_actions;
    char *shown;  /* UUID, address or id of what the page shows; or NULL */
    char *search; /* folded to lower case */
    GtkFilterListModel *found;
    AdwToastOverlay *toasts;
    AdwLeaflet *leaflet;
    GtkWidget *sidebar;
    GtkWidget *content;
    GtkStack *pages;
    AdwWindowTitle *title;
    GtkSearchBar *search_bar;
    GtkEditable *search_entry;
    GtkListBox *condition_list;
    GtkListBox *gpu_list;
    GtkListBox *machine_list;
    GtkWidget *gpu_heading;
    GtkWidget *machine_heading;
    GtkWidget *nothing_found;
    VfuMachinePage *machine_page;
    VfuGpuPage *gpu_page;
    VfuConditionPage *condition_page;
};
G_DEFINE_FINAL_TYPE (VfuWindow, vfu_window, ADW_TYPE_APPLICATION_WINDOW)

/* One row is chosen in all the lists together. */
static void
unselect_others (VfuWindow *self, const char *page)
{
    if (strcmp (page, "machine") != 0)
        gtk_list_box_unselect_all (self->machine_list);
    if (strcmp (page, "gpu") != 0)
        gtk_list_box_unselect_all (self->gpu_list);
    if (strcmp (page, "condition") != 0)
        gtk_list_box_unselect_all (self->condition_list);
}

/* Shows the page @name; the one before it looks at nothing any more. */
static void
show_page (VfuWindow *self, const char *name, const char *title, const char *shown)
{
    g_autofree char *now = g_strdup (shown);

    if (strcmp (name, "machine") != 0) {
        vfu_machine_page_show (self->machine_page, NULL, NULL);
        vfu_machine_actions_set_machine (self->machine_actions, NULL);
    }
    if (strcmp (name, "gpu") != 0) {
        vfu_gpu_page_show (self->gpu_page, NULL, NULL);
        vfu_gpu_actions_set_gpu (self->gpu_actions, NULL);
    }
    adw_window_title_set_title (self->title, title);
    vfu_pages_turn_to (self->pages, name);
    unselect_others (self, name);
    g_free (self->shown);
    self->shown = g_steal_pointer (&now);
}

static void
show_machine (VfuWindow *self, VflMachine *machine)
{
    show_page (self, "machine", vfl_machine_name (machine), vfl_machine_uuid (machine));
    vfu_machine_actions_set_machine (self->machine_actions, machine);
    vfu_machine_page_show (self->machine_page, vfl_host_libvirt (self->host), machine);
}

static void
show_gpu (VfuWindow *self, VflGpu *gpu)
{
    show_page (self, "gpu", vfl_gpu_address (gpu), vfl_gpu_address (gpu));
    vfu_gpu_actions_set_gpu (self->gpu_actions, gpu);
    vfu_gpu_page_show (self->gpu_page, vfl_host_daemon (self->host), gpu);
}

static void
show_condition (VfuWindow *self, VflCondition *condition)
{
    show_page (self, "condition", "", vfl_condition_id (condition));
    vfu_condition_page_show (self->condition_page, condition);
}

static void
show_nothing (VfuWindow *self)
{
    g_autoptr (VflCondition) first = g_list_model_get_item (vfl_host_conditions (self->host), 0);

    if (first != NULL)
        show_condition (self, first);
    else
        show_page (self, "nothing", "", NULL);
}

static void
go_to_content (VfuWindow *self)
{
    adw_leaflet_set_visible_child (self->leaflet, self->content);
}

static void
on_show_machine (GtkWidget *widget, const char *action, GVariant *uuid)
{
    VfuWindow *self = VFU_WINDOW (widget);
    VflMachine *machine =
        vfl_machines_find (vfl_host_machines (self->host), g_variant_get_string (uuid, NULL));

    if (machine == NULL)
        return;
    show_machine (self, machine);
    go_to_content (self);
}

static void
on_show_gpu (GtkWidget *widget, const char *action, GVariant *address)
{
    VfuWindow *self = VFU_WINDOW (widget);
    VflGpu *gpu =
        vfl_daemon_find_gpu (vfl_host_daemon (self->host), g_variant_get_string (address, NULL));

    if (gpu == NULL)
        return;
    show_gpu (self, gpu);
    go_to_content (self);
}

static void
on_show_condition (GtkWidget *widget, const char *action, GVariant *id)
{
    VfuWindow *self = VFU_WINDOW (widget);
    VflCondition *condition =
        vfl_conditions_find (vfl_host_conditions (self->host), g_variant_get_string (id, NULL));

    if (condition == NULL)
        return;
    show_condition (self, condition);
    go_to_content (self);
}

static void
on_back (GtkWidget *widget, const char *action, GVariant *parameter)
{
    adw_leaflet_navigate (VFU_WINDOW (widget)->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
on_search_asked (GtkWidget *widget, const char *action, GVariant *parameter)
{
    VfuWindow *self = VFU_WINDOW (widget);

    adw_leaflet_set_visible_child (self->leaflet, self->sidebar);
    gtk_search_bar_set_search_mode (self->search_bar, TRUE);
    gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
on_try_again (GtkWidget *widget, const char *action, GVariant *parameter)
{
    vfl_host_connect (VFU_WINDOW (widget)->host);
}

/* GTK makes one for each window by itself, and hides it; but 4.8 ends the app when a screen reader
 * asks for a window too many and the last one has not been shown yet. */
static void
on_show_shortcuts (GtkWidget *widget, const char *action, GVariant *parameter)
{
    g_autoptr (GtkBuilder) builder =
        gtk_builder_new_from_resource ("/org/virtflow/VirtFlow/vfu-shortcuts.ui");
    GtkWindow *shortcuts = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

    gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (widget),
                                             GTK_SHORTCUTS_WINDOW (shortcuts));
    gtk_window_set_hide_on_close (shortcuts, FALSE);
    gtk_window_present (shortcuts);
}

static void
on_check_host (GtkWidget *widget, const char *action, GVariant *parameter)
{
    vfu_checkup_dialog_open (GTK_WINDOW (widget), VFU_WINDOW (widget)->host);
}

static gboolean
is_found (gpointer machine, gpointer data)
{
    return vfl_machine_matches (machine, VFU_WINDOW (data)->search);
}

static void
update_headings (VfuWindow *self)
{
    GListModel *machines = vfl_machines_list (vfl_host_machines (self->host));
    guint n_machines = g_list_model_get_n_items (machines);
    guint n_found = g_list_model_get_n_items (G_LIST_MODEL (self->found));

    gtk_widget_set_visible (self->machine_heading, n_machines > 0);
    gtk_widget_set_visible (self->nothing_found, n_machines > 0 && n_found == 0);
    gtk_widget_set_visible (
        self->gpu_heading,
        g_list_model_get_n_items (vfl_daemon_gpus (vfl_host_daemon (self->host))) > 0);
    gtk_widget_set_visible (GTK_WIDGET (self->condition_list),
                            g_list_model_get_n_items (vfl_host_conditions (self->host)) > 0);
}

static void
on_search (VfuWindow *self)
{
    g_free (self->search);
    self->search = g_utf8_casefold (gtk_editable_get_text (self->search_entry), -1);
    gtk_filter_changed (gtk_filter_list_model_get_filter (self->found),
                        GTK_FILTER_CHANGE_DIFFERENT);
    update_headings (self);
}

/* What the page shows may have gone, or have become another object. */
static void
on_list_changed (VfuWindow *self)
{
    const char *page = gtk_stack_get_visible_child_name (self->pages);
    g_autofree char *shown = g_strdup (self->shown);
    VflMachine *machine;
    VflGpu *gpu;
    VflCondition *condition;

    update_headings (self);
    if (shown == NULL) {
        show_nothing (self);
    } else if (strcmp (page, "machine") == 0) {
        machine = vfl_machines_find (vfl_host_machines (self->host), shown);
        machine != NULL ? show_machine (self, machine) : show_nothing (self);
    } else if (strcmp (page, "gpu") == 0) {
        gpu = vfl_daemon_find_gpu (vfl_host_daemon (self->host), shown);
        gpu != NULL ? show_gpu (self, gpu) : show_nothing (self);
    } else {
        condition = vfl_conditions_find (vfl_host_conditions (self->host), shown);
        condition != NULL ? show_condition (self, condition) : show_nothing (self);
    }
}

static GtkWidget *
create_machine_row (gpointer item, gpointer data)
{
    return vfu_machine_row_new (item);
}

static GtkWidget *
create_gpu_row (gpointer item, gpointer data)
{
    return vfu_gpu_row_new (item);
}

static GtkWidget *
create_condition_row (gpointer item, gpointer data)
{
    GtkWidget *row = adw_action_row_new ();
    GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");

    g_object_set (row, "use-markup", FALSE, "title", vfl_condition_title (item), "activatable",
                  TRUE, "title-lines", 0, NULL);
    gtk_widget_add_css_class (icon, "warning");
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.show-condition");
    gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", vfl_condition_id (item));
    return row;
}

static void
vfu_window_dispose (GObject *object)
{
    VfuWindow *self = VFU_WINDOW (object);

    g_clear_object (&self->machine_actions);
    g_clear_object (&self->gpu_actions);
    G_OBJECT_CLASS (vfu_window_parent_class)->dispose (object);
    g_clear_object (&self->found);
    g_clear_object (&self->host);
}

static void
vfu_window_finalize (GObject *object)
{
    VfuWindow *self = VFU_WINDOW (object);

    g_free (self->shown);
    g_free (self->search);
    G_OBJECT_CLASS (vfu_window_parent_class)->finalize (object);
}

static void
vfu_window_class_init (VfuWindowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    g_type_ensure (VFU_TYPE_MACHINE_PAGE);
    g_type_ensure (VFU_TYPE_GPU_PAGE);
    g_type_ensure (VFU_TYPE_CONDITION_PAGE);
    G_OBJECT_CLASS (class)->dispose = vfu_window_dispose;
    G_OBJECT_CLASS (class)->finalize = vfu_window_finalize;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-window.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, toasts);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, leaflet);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, sidebar);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, content);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, pages);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, title);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, search_bar);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, search_entry);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, condition_list);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, gpu_list);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, machine_list);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, gpu_heading);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, machine_heading);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, nothing_found);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, machine_page);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, gpu_page);
    gtk_widget_class_bind_template_child (widget_class, VfuWindow, condition_page);
    gtk_widget_class_bind_template_callback (widget_class, on_search);
    gtk_widget_class_install_action (widget_class, "win.show-machine", "s", on_show_machine);
    gtk_widget_class_install_action (widget_class, "win.show-gpu", "s", on_show_gpu);
    gtk_widget_class_install_action (widget_class, "win.show-condition", "s", on_show_condition);
    gtk_widget_class_install_action (widget_class, "win.back", NULL, on_back);
    gtk_widget_class_install_action (widget_class, "win.search", NULL, on_search_asked);
    gtk_widget_class_install_action (widget_class, "win.try-again", NULL, on_try_again);
    gtk_widget_class_install_action (widget_class, "win.check-host", NULL, on_check_host);
    gtk_widget_class_install_action (widget_class, "win.show-help-overlay", NULL,
                                     on_show_shortcuts);
}

static void
vfu_window_init (VfuWindow *self)
{
    self->search = g_strdup ("");
    gtk_widget_init_template (GTK_WIDGET (self));
}

static void
follow (VfuWindow *self, GListModel *list)
{
    g_signal_connect_object (list, "items-changed", G_CALLBACK (on_list_changed), self,
                             G_CONNECT_SWAPPED);
}

GtkWidget *
vfu_window_new (GtkApplication *application, VflHost *host)
{
    VfuWindow *self = g_object_new (VFU_TYPE_WINDOW, "application", application, NULL);
    GListModel *machines = vfl_machines_list (vfl_host_machines (host));
    GListModel *gpus = vfl_daemon_gpus (vfl_host_daemon (host));

    self->host = g_object_ref (host);
    self->machine_actions = vfu_machine_actions_new (GTK_WINDOW (self), host);
    self->gpu_actions = vfu_gpu_actions_new (GTK_WINDOW (self), host);
    gtk_list_box_bind_model (self->condition_list, vfl_host_conditions (host), create_condition_row,
                             NULL, NULL);
    gtk_list_box_bind_model (self->gpu_list, gpus, create_gpu_row, NULL, NULL);
    self->found = gtk_filter_list_model_new (
        g_object_ref (machines), GTK_FILTER (gtk_custom_filter_new (is_found, self, NULL)));
    gtk_list_box_bind_model (self->machine_list, G_LIST_MODEL (self->found), create_machine_row,
                             NULL, NULL);
    follow (self, machines);
    follow (self, gpus);
    follow (self, vfl_host_conditions (host));
    on_list_changed (self);
    vfu_window_state_follow (GTK_WINDOW (self));
    return GTK_WIDGET (self);
}

void
vfu_window_tell (VfuWindow *self, const char *sentence)
{
    /* Its title is markup. */
    g_autofree char *title = g_markup_escape_text (sentence, -1);
    AdwToast *toast = adw_toast_new (title);

    adw_toast_set_timeout (toast, 0);
    adw_toast_overlay_add_toast (self->toasts, toast);
}
