/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person in front of an app, on a display of its own: app-person FOLDER APP
 * Does what the lines of standard input say, one after another: a verb and its words, separated by
 * tabs. Each line is answered by one on standard output when it is done or seen, the start of the
 * app by its process id. What does not come ends the program. Pictures go to FOLDER. */
#include "ui-driver.h"
#include "ui-picture.h"
#include "ui-registry.h"

#include <atspi/atspi.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *screen;
static const char *folder;

static void
take_picture (Ui *ui, const char *name)
{
    g_autofree char *file = g_strconcat (name, ".png", NULL);
    g_autofree char *path = g_build_filename (folder, file, NULL);
    g_autoptr (GError) error = NULL;

    if (!ui_picture_save (screen, path, &error))
        ui_fail (ui, "no picture %s: %s", name, error->message);
}

static const struct {
    const char *name;
    void (*of_one) (Ui *ui, const char *word);
    void (*of_two) (Ui *ui, const char *word, const char *other);
} verbs[] = {
    { "see", ui_see, NULL },
    { "see-no", ui_see_no, NULL },
    { "see-row", NULL, ui_see_row },
    { "see-button", ui_see_button, NULL },
    { "see-no-button", ui_see_no_button, NULL },
    { "open", ui_open, NULL },
    { "press", ui_press, NULL },
    { "choose", NULL, ui_choose },
    { "picture", take_picture, NULL },
};

static gboolean
do_line (Ui *ui, char **words)
{
    guint n_words = g_strv_length (words);

    for (gsize i = 0; n_words > 0 && i < G_N_ELEMENTS (verbs); i++) {
        if (strcmp (verbs[i].name, words[0]) != 0)
            continue;
        if (verbs[i].of_one != NULL && n_words == 2)
            verbs[i].of_one (ui, words[1]);
        else if (verbs[i].of_two != NULL && n_words == 3)
            verbs[i].of_two (ui, words[1], words[2]);
        else
            return FALSE;
        return TRUE;
    }
    return FALSE;
}

static void
do_lines (Ui *ui)
{
    g_autofree char *line = NULL;
    size_t size = 0;

    while (getline (&line, &size, stdin) > 0) {
        g_auto (GStrv) words = g_strsplit (g_strchomp (line), "\t", -1);

        if (!do_line (ui, words)) {
            g_printerr ("app-person: nobody could do this: %s\n", line);
            exit (2);
        }
        puts ("done");
        fflush (stdout);
    }
    ui_close (ui);
}

/* Accessibility is asked for in the environment of this process. */
static void
look_at (const UiDisplay *display)
{
    g_setenv ("DISPLAY", ui_display_name (display), TRUE);
    g_setenv ("DBUS_SESSION_BUS_ADDRESS", ui_display_session_bus (display), TRUE);
    ui_registry_start (ui_display_session_bus (display));
    if (atspi_init () > 1)
        g_error ("nobody tells what an app shows");
}

int
main (int argc, char **argv)
{
    static const char settings[] =
        "[Settings]\ngtk-enable-animations=false\ngtk-font-name=Cantarell 11\n";
    g_autofree char *home = g_dir_make_tmp (NULL, NULL);
    g_autofree char *output = g_build_filename (home, "output", NULL);
    const char *app[] = { argc == 3 ? argv[2] : "", NULL };
    g_auto (GStrv) environment = NULL;
    g_autoptr (GSubprocess) process = NULL;
    UiDisplay *display;
    Ui *ui;

    if (argc != 3) {
        g_printerr ("usage: app-person FOLDER APP\n");
        return 2;
    }
    setlocale (LC_ALL, "C.UTF-8");
    folder = argv[1];
    display = ui_display_new ();
    look_at (display);
    screen = ui_display_name (display);
    ui_picture_promise (screen);
    environment = ui_display_environment (display, home, settings);
    process = ui_display_spawn (environment, output, app);
    puts (g_subprocess_get_identifier (process));
    fflush (stdout);
    ui = ui_new (display, process, output, folder, "app");
    do_lines (ui);
    ui_free (ui);
    atspi_exit ();
    ui_display_free (display);
    return EXIT_SUCCESS;
}
