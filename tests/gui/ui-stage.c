/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the programs and folders of a story. */
#include "ui-stage.h"

#include "fake-polkit.h"
#include "fake-setup.h"
#include "fake-tree.h"
#include "ui-notifications.h"
#include "ui-registry.h"

#include <atspi/atspi.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

/* For all stories of this program. */
static UiDisplay *display;
static const char *build;

struct _UiStage {
    FakeDaemon *daemon;
    GSubprocess *setup; /* or NULL */
    GThread *polkit;
    GMainLoop *polkit_loop;
    UiNotifications *notifications;
    char *home;
    char *vms;
    char *font;
    char **variables; /* the app's, as NAME=VALUE */
    guint n_vms;
    GSubprocess *app;
    GSubprocess *command; /* that was begun */
    Ui *ui;
};

void
ui_stage_prepare (int *argc, char ***argv)
{
    setlocale (LC_ALL, "C.UTF-8");
    g_test_init (argc, argv, NULL);
    /* What libatspi warns of when an app is just starting comes right by itself. */
    g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
    g_assert_cmpint (*argc, ==, 2);
    build = (*argv)[1];
    display = ui_display_new ();
    g_setenv ("DISPLAY", ui_display_name (display), TRUE);
    g_setenv ("DBUS_SESSION_BUS_ADDRESS", ui_display_session_bus (display), TRUE);
    g_unsetenv ("AT_SPI_BUS_ADDRESS");
    ui_registry_start (ui_display_session_bus (display));
    g_assert_cmpint (atspi_init (), <=, 1);
    g_assert_nonnull (atspi_get_desktop (0));
}

void
ui_stage_clear (void)
{
    atspi_exit ();
    ui_display_free (display);
}

/* polkit answers while a story waits for something else. */
static gpointer
play_polkit (gpointer data)
{
    UiStage *self = data;
    GMainContext *context = g_main_loop_get_context (self->polkit_loop);
    GDBusConnection *polkit;

    g_main_context_push_thread_default (context);
    polkit = fake_polkit_play (fake_daemon_bus (self->daemon));
    g_main_loop_run (self->polkit_loop);
    g_dbus_connection_close_sync (polkit, NULL, NULL);
    g_object_unref (polkit);
    g_main_context_pop_thread_default (context);
    return NULL;
}

static void
write_node (UiStage *self)
{
    g_autoptr (GString) node = g_string_new ("<node>");
    g_autoptr (GDir) folder = g_dir_open (self->vms, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name (folder)) != NULL) {
        if (g_str_has_suffix (name, ".xml") && strcmp (name, "node.xml") != 0)
            g_string_append_printf (node, "<domain file='%s'/>", name);
    }
    g_string_append (node, "</node>");
    fake_tree_write (self->vms, "node.xml", node->str);
}

UiStage *
ui_stage_new_without_daemon (const char *machine, const char *config)
{
    UiStage *self = g_new0 (UiStage, 1);
    g_autofree char *programs = g_build_filename (build, "tests/fake", NULL);
    g_autoptr (GMainContext) context = g_main_context_new ();

    self->daemon = fake_daemon_new (machine, programs, config);
    self->home = fake_tree_new_folder ();
    self->vms = fake_tree_new_folder ();
    self->font = g_strdup ("Cantarell 11");
    self->variables = g_new0 (char *, 1);
    write_node (self);
    self->polkit_loop = g_main_loop_new (context, FALSE);
    self->polkit = g_thread_new ("polkit", play_polkit, self);
    self->notifications = ui_notifications_play (ui_display_session_bus (display));
    return self;
}

UiStage *
ui_stage_new (const char *machine)
{
    UiStage *self = ui_stage_new_without_daemon (machine, NULL);

    fake_daemon_start (self->daemon);
    return self;
}

void
ui_stage_start_setup (UiStage *self)
{
    g_autofree char *programs = g_build_filename (build, "tests/fake", NULL);

    self->setup = fake_setup_start (self->daemon, programs);
}

/* GTK 4.8 asked about a dialog that is just going away. A warning of it costs nobody anything, and
 * is the only thing that the app may complain of. */
static const char *const known_complaints[] = {
    "g_variant_is_object_path: assertion 'string != NULL' failed",
};

static gboolean
is_complaint (const char *line)
{
    if (strstr (line, "-WARNING **") == NULL && strstr (line, "-CRITICAL **") == NULL)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS (known_complaints); i++) {
        if (strstr (line, known_complaints[i]) != NULL)
            return FALSE;
    }
    return TRUE;
}

/* G_DEBUG=fatal-criticals knows no exceptions. */
static void
assert_no_complaints (UiStage *self)
{
    g_autofree char *path = g_build_filename (self->home, "output", NULL);
    g_autofree char *output = NULL;
    g_auto (GStrv) lines = NULL;

    g_assert_true (g_file_get_contents (path, &output, NULL, NULL));
    lines = g_strsplit (output, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (is_complaint (lines[i]))
            ui_fail (self->ui, "the app complains: %s", lines[i]);
    }
}

void
ui_stage_end_session (UiStage *self)
{
    assert_no_complaints (self);
    g_subprocess_force_exit (self->app);
    g_subprocess_wait (self->app, NULL, NULL);
    g_clear_object (&self->app);
    g_clear_pointer (&self->ui, ui_free);
}

void
ui_stage_free (UiStage *self)
{
    if (self->app != NULL)
        ui_stage_end_session (self);
    g_main_loop_quit (self->polkit_loop);
    g_thread_join (self->polkit);
    g_main_loop_unref (self->polkit_loop);
    ui_notifications_free (self->notifications);
    g_clear_pointer (&self->setup, fake_setup_stop);
    fake_daemon_free (self->daemon);
    fake_tree_remove (self->home);
    fake_tree_remove (self->vms);
    g_free (self->home);
    g_free (self->vms);
    g_free (self->font);
    g_strfreev (self->variables);
    g_free (self);
}

void
ui_stage_add_vm (UiStage *self, const char *name, const char *state, const char *agent)
{
    g_autofree char *file = g_strconcat (name, ".xml", NULL);
    g_autofree char *agent_file = g_strconcat (name, ".agent", NULL);
    g_autofree char *text = g_strdup_printf (
        "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>"
        "<test:runstate>%d</test:runstate>"
        "<name>%s</name><uuid>6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c%04x</uuid>"
        "<memory unit='KiB'>4194304</memory><vcpu>4</vcpu>"
        "<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>"
        "<controller type='pci' index='0' model='pcie-root'/>"
        "<controller type='pci' index='1' model='pcie-root-port'>"
        "<address type='pci' domain='0' bus='0' slot='2' function='0'/></controller>"
        "<disk type='file' device='disk'><source file='/var/lib/libvirt/images/%s.qcow2'/>"
        "<target dev='vda' bus='virtio'/></disk>"
        "<interface type='network'><mac address='52:54:00:11:22:33'/>"
        "<source network='default'/><model type='virtio'/></interface>"
        "%s<graphics type='vnc' port='-1' autoport='yes'/>"
        "<video><model type='vga' vram='16384' heads='1' primary='yes'/></video>"
        "</devices></domain>",
        strcmp (state, "running") == 0  ? 1
        : strcmp (state, "paused") == 0 ? 3
                                        : 5,
        name, ++self->n_vms, name,
        agent != NULL ? "<channel type='unix'><target type='virtio' "
                        "name='org.qemu.guest_agent.0'/></channel>"
                      : "");

    fake_tree_write (self->vms, file, text);
    if (agent != NULL)
        fake_tree_write (self->vms, agent_file, agent);
    write_node (self);
}

void
ui_stage_remove_vm (UiStage *self, const char *name)
{
    g_autofree char *path = g_strdup_printf ("%s/%s.xml", self->vms, name);

    fake_tree_remove (path);
    write_node (self);
}

void
ui_stage_set_libvirt (UiStage *self, const char *word)
{
    fake_tree_write (self->vms, "connect", word);
}

void
ui_stage_set (UiStage *self, const char *variable, const char *value)
{
    self->variables = g_environ_setenv (self->variables, variable, value, TRUE);
}

void
ui_stage_set_font (UiStage *self, const char *font)
{
    g_free (self->font);
    self->font = g_strdup (font);
}

/* The last part of the path of the test: what its pictures are called. */
static const char *
story_name (void)
{
    return strrchr (g_test_get_path (), '/') + 1;
}

static Ui *
start (UiStage *self, const char *const *options)
{
    g_autofree char *settings =
        g_strdup_printf ("[Settings]\ngtk-enable-animations=false\ngtk-font-name=%s\n", self->font);
    g_autofree char *program = g_build_filename (build, "tests/gui/virtflow-gtk-staged", NULL);
    g_autofree char *output = g_build_filename (self->home, "output", NULL);
    g_autofree char *pictures = g_build_filename (build, "tests/gui/pictures", NULL);
    g_autoptr (GPtrArray) command = g_ptr_array_new ();
    char **environment = ui_display_environment (display, self->home, settings);

    g_ptr_array_add (command, program);
    g_ptr_array_add (command, (gpointer) "--bus");
    g_ptr_array_add (command, (gpointer) fake_daemon_bus (self->daemon));
    for (; *options != NULL; options++)
        g_ptr_array_add (command, (gpointer) *options);
    g_ptr_array_add (command, NULL);
    environment = g_environ_setenv (environment, "STAGED_VMS", self->vms, TRUE);
    environment = g_environ_setenv (environment, "G_DEBUG", "fatal-criticals", TRUE);
    for (char **variable = self->variables; *variable != NULL; variable++) {
        g_auto (GStrv) parts = g_strsplit (*variable, "=", 2);

        environment = g_environ_setenv (environment, parts[0], parts[1], TRUE);
    }
    self->app = ui_display_spawn (environment, output, (const char *const *) command->pdata);
    g_strfreev (environment);
    self->ui = ui_new (display, self->app, output, pictures, story_name ());
    return self->ui;
}

Ui *
ui_stage_start (UiStage *self)
{
    static const char *const none[] = { NULL };

    return start (self, none);
}

/* The command of the one entry for the start of a session; NULL when there is none. */
static char *
read_entry (UiStage *self)
{
    g_autofree char *path = g_build_filename (self->home, "config/autostart", NULL);
    g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
    const char *name = folder != NULL ? g_dir_read_name (folder) : NULL;
    g_autoptr (GKeyFile) entry = g_key_file_new ();
    g_autofree char *file = NULL;
    g_autofree char *type = NULL;

    if (name == NULL)
        return NULL;
    g_assert_true (g_str_has_suffix (name, ".desktop"));
    g_assert_null (g_dir_read_name (folder));
    file = g_build_filename (path, name, NULL);
    g_assert_true (g_key_file_load_from_file (entry, file, G_KEY_FILE_NONE, NULL));
    type =
        g_key_file_get_string (entry, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE, NULL);
    g_assert_cmpstr (type, ==, G_KEY_FILE_DESKTOP_TYPE_APPLICATION);
    return g_key_file_get_string (entry, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC,
                                  NULL);
}

Ui *
ui_stage_start_by_session (UiStage *self)
{
    g_autofree char *command = read_entry (self);
    g_auto (GStrv) words = NULL;

    g_assert_nonnull (command);
    g_assert_true (g_shell_parse_argv (command, NULL, &words, NULL));
    g_assert_cmpstr (words[0], ==, "virtflow-gtk");
    return start (self, (const char *const *) words + 1);
}

void
ui_stage_lose_state (UiStage *self)
{
    g_autofree char *folder = g_build_filename (self->home, "state", NULL);

    fake_tree_remove (folder);
}

void
ui_stage_assert_no_entry (UiStage *self)
{
    g_autofree char *command = read_entry (self);

    g_assert_null (command);
}

void
ui_stage_change_vms (UiStage *self)
{
    g_subprocess_send_signal (self->app, SIGUSR2);
}

void
ui_stage_end_libvirt (UiStage *self)
{
    g_subprocess_send_signal (self->app, SIGUSR1);
}

void
ui_stage_begin (UiStage *self, const char *command, ...)
{
    g_autofree char *program = g_build_filename (build, "src/cli/virtflow", NULL);
    g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
    va_list more;

    g_ptr_array_add (arguments, program);
    g_ptr_array_add (arguments, (gpointer) "--bus");
    g_ptr_array_add (arguments, (gpointer) fake_daemon_bus (self->daemon));
    va_start (more, command);
    for (; command != NULL; command = va_arg (more, const char *))
        g_ptr_array_add (arguments, (gpointer) command);
    va_end (more);
    g_ptr_array_add (arguments, NULL);
    self->command = ui_display_spawn (NULL, NULL, (const char *const *) arguments->pdata);
}

void
ui_stage_finish (UiStage *self)
{
    if (!g_subprocess_wait_check (self->command, NULL, NULL))
        ui_fail (self->ui, "virtflow did not do it");
    g_clear_object (&self->command);
}

void
ui_stage_await_file (UiStage *self, const char *name)
{
    g_autofree char *path = g_build_filename (self->vms, name, NULL);

    for (int i = 0; !g_file_test (path, G_FILE_TEST_EXISTS); i++) {
        if (i > 1000)
            ui_fail (self->ui, "libvirt was not asked: there is no file %s", name);
        g_usleep (20 * 1000);
    }
}

void
ui_stage_press_notification (UiStage *self, const char *address)
{
    g_autoptr (GDBusConnection) session = g_dbus_connection_new_for_address_sync (
        ui_display_session_bus (display),
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, NULL);
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        session, "org.virtflow.VirtFlow", "/org/virtflow/VirtFlow", "org.gtk.Actions", "Activate",
        g_variant_new_parsed ("('show-gpu', [<%s>], @a{sv} {})", address), NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

    if (answer == NULL)
        ui_fail (self->ui, "the app does not answer the notification");
}

void
ui_stage_await_notification (UiStage *self, const char *text)
{
    for (int i = 0; !ui_notifications_have (self->notifications, text); i++) {
        if (i > 1000)
            ui_fail (self->ui, "no notification said “%s”", text);
        g_usleep (20 * 1000);
    }
}

const char *
ui_stage_session_bus (UiStage *self)
{
    return ui_display_session_bus (display);
}

FakeDaemon *
ui_stage_daemon (UiStage *self)
{
    return self->daemon;
}
