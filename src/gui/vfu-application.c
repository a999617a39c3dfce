/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the app's life: options, windows, menu, shortcuts. */
#include "vfu-application.h"

#include "vfl-continuation.h"
#include "vfu-change-dialog.h"
#include "vfu-window.h"

#include <glib/gi18n.h>

#define APPLICATION_ID "org.virtflow.VirtFlow"

struct _VfuApplication {
    AdwApplication parent;
    VflHost *host;
    VflContinuation *continuation;
    char *bus;
    gboolean after_login; /* the session has started it */
    gboolean held;        /* it lives on without a window */
};
G_DEFINE_FINAL_TYPE (VfuApplication, vfu_application, ADW_TYPE_APPLICATION)

static void
open_window (VfuApplication *self)
{
    GtkWidget *window = vfu_window_new (GTK_APPLICATION (self), self->host);

    gtk_window_present (GTK_WINDOW (window));
}

static void
on_vigil (VfuApplication *self)
{
    gboolean needed = vfl_vigil_is_needed (vfl_host_vigil (self->host));

    if (needed == self->held)
        return;
    self->held = needed;
    needed ? g_application_hold (G_APPLICATION (self))
           : g_application_release (G_APPLICATION (self));
}

static void
on_news (VflVigil *vigil,
         const char *address,
         const char *title,
         const char *sentence,
         gboolean bad,
         gpointer data)
{
    g_autoptr (GNotification) notification = g_notification_new (title);
    g_autofree char *id = g_strconcat ("gpu-", address, NULL);

    g_notification_set_body (notification, sentence);
    g_notification_set_default_action_and_target (notification, "app.show-gpu", "s", address);
    if (bad)
        g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
    g_application_send_notification (data, id, notification);
}

/* The one that was used last; a dialog has no pages. */
static GtkWidget *
window_with_pages (VfuApplication *self)
{
    GList *window = gtk_application_get_windows (GTK_APPLICATION (self));

    while (window != NULL && !VFU_IS_WINDOW (window->data))
        window = window->next;
    return window != NULL ? window->data : NULL;
}

static void
on_due (VflContinuation *continuation, VflChange *change, gpointer data)
{
    VfuApplication *self = data;
    GtkWidget *window;

    g_application_activate (data);
    window = window_with_pages (self);
    gtk_widget_activate_action (window, "win.show-machine", "s",
                                vfl_machine_uuid (vfl_change_machine (change)));
    gtk_window_present (
        GTK_WINDOW (vfu_change_dialog_new (GTK_WINDOW (window), self->host, change)));
}

static void
on_gone (VflContinuation *continuation, const char *sentence, gpointer data)
{
    g_application_activate (data);
    vfu_window_tell (VFU_WINDOW (window_with_pages (data)), sentence);
}

static void
vfu_application_startup (GApplication *application)
{
    VfuApplication *self = VFU_APPLICATION (application);

    /* libvirt and the daemon answer while the toolkit is started. */
    self->host = vfl_host_new (self->bus);
    vfl_host_connect (self->host);
    G_APPLICATION_CLASS (vfu_application_parent_class)->startup (application);
    gtk_window_set_default_icon_name (APPLICATION_ID);
    g_signal_connect_object (vfl_host_vigil (self->host), "notify::needed", G_CALLBACK (on_vigil),
                             self, G_CONNECT_SWAPPED);
    g_signal_connect_object (vfl_host_vigil (self->host), "news", G_CALLBACK (on_news), self, 0);
    self->continuation = vfl_continuation_new (self->host, self->after_login);
    g_signal_connect_object (self->continuation, "due", G_CALLBACK (on_due), self, 0);
    g_signal_connect_object (self->continuation, "gone", G_CALLBACK (on_gone), self, 0);
}

static void
vfu_application_activate (GApplication *application)
{
    GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

    if (window != NULL)
        gtk_window_present (window);
    else
        open_window (VFU_APPLICATION (application));
}

static int
vfu_application_handle_local_options (GApplication *application, GVariantDict *options)
{
    VfuApplication *self = VFU_APPLICATION (application);

    if (g_variant_dict_contains (options, "version")) {
        g_print ("virtflow-gtk %s\n", VFU_VERSION);
        return 0;
    }
    g_variant_dict_lookup (options, "bus", "s", &self->bus);
    self->after_login = g_variant_dict_contains (options, "continue");
    return self->after_login && !vfl_continuation_is_wanted () ? 0 : -1;
}

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    open_window (data);
}

static void
on_show_gpu (GSimpleAction *action, GVariant *address, gpointer data)
{
    GtkWidget *window;

    g_application_activate (data);
    window = window_with_pages (data);
    if (window != NULL)
        gtk_widget_activate_action_variant (window, "win.show-gpu", address);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    GtkApplication *application = data;

    adw_show_about_window (gtk_application_get_active_window (application), "application-name",
                           "VirtFlow", "application-icon", APPLICATION_ID, "version", VFU_VERSION,
                           "developer-name", _ ("The VirtFlow developers"), "license-type",
                           GTK_LICENSE_GPL_3_0, "comments",
                           _ ("Gives a graphics card to a virtual machine, and back."), NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    /* A window takes its dialogs with it. */
    g_autolist (GtkWindow) windows = g_list_copy_deep (gtk_application_get_windows (data),
                                                       (GCopyFunc) (void *) g_object_ref, NULL);

    for (GList *window = windows; window != NULL; window = window->next)
        gtk_window_close (window->data);
}

static void
add_actions (VfuApplication *self)
{
    static const GActionEntry actions[] = {
        { "new-window", on_new_window },
        { "show-gpu", on_show_gpu, "s" },
        { "about", on_about },
        { "quit", on_quit },
    };
    static const struct {
        const char *action;
        const char *keys[3];
    } shortcuts[] = {
        { "app.new-window", { "<Control>n" } },
        { "app.quit", { "<Control>q" } },
        { "window.close", { "<Control>w" } },
        { "win.search", { "<Control>f" } },
        { "win.back", { "<Alt>Left" } },
        { "win.show-help-overlay", { "<Control>question", "F1" } },
        { "machine.start", { "<Control>Return" } },
        { "machine.stop", { "<Control>period" } },
        { "machine.activate-gpu", { "<Control>g" } },
        { "machine.console", { "<Control>o" } },
    };

    g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
    for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
        gtk_application_set_accels_for_action (GTK_APPLICATION (self), shortcuts[i].action,
                                               (const char *const *) shortcuts[i].keys);
}

static void
vfu_application_finalize (GObject *object)
{
    VfuApplication *self = VFU_APPLICATION (object);

    g_clear_object (&self->continuation);
    g_clear_object (&self->host);
    g_free (self->bus);
    G_OBJECT_CLASS (vfu_application_parent_class)->finalize (object);
}

static void
vfu_application_class_init (VfuApplicationClass *class)
{
    G_OBJECT_CLASS (class)->finalize = vfu_application_finalize;
    G_APPLICATION_CLASS (class)->startup = vfu_application_startup;
    G_APPLICATION_CLASS (class)->activate = vfu_application_activate;
    G_APPLICATION_CLASS (class)->handle_local_options = vfu_application_handle_local_options;
}

static void
vfu_application_init (VfuApplication *self)
{
    static const GOptionEntry options[] = {
        { "bus", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Use another bus than the system bus"),
          N_ ("ADDRESS") },
        { "continue", 0, 0, G_OPTION_ARG_NONE, NULL,
          N_ ("Go on with what was begun before the login, if there is anything"), NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
        { 0 },
    };

    g_application_add_main_option_entries (G_APPLICATION (self), options);
    add_actions (self);
}

VfuApplication *
vfu_application_new (void)
{
    return g_object_new (VFU_TYPE_APPLICATION, "application-id", APPLICATION_ID,
                         "resource-base-path", "/org/virtflow/VirtFlow", NULL);
}
