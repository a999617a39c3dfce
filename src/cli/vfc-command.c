/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the grammar of the command line: common options, the command, its own options. */
#include "vfc-command.h"

#include "vf-nearest.h"
#include "vfc-color.h"
#include "vfc-completion.h"
#include "vfc-interrupt.h"
#include "vfc-json.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static gboolean option_json;
static gboolean option_no_ask_password;
static gboolean option_version;
static char *option_color;
static char *option_bus;
static char *option_connect;

static const GOptionEntry common_options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &option_json, "Answer in JSON", NULL },
    { "color", 0, 0, G_OPTION_ARG_STRING, &option_color, "Colour: auto, always or never", "WHEN" },
    { "no-ask-password", 0, 0, G_OPTION_ARG_NONE, &option_no_ask_password,
      "Do not ask for a password", NULL },
    { "connect", 0, 0, G_OPTION_ARG_STRING, &option_connect,
      "The libvirt to use; only qemu:///system can be used", "URI" },
    { "bus", 0, 0, G_OPTION_ARG_STRING, &option_bus, "Use another bus than the system bus",
      "ADDRESS" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, "Print the version", NULL },
    { 0 },
};

/* GOption prints what --help asks for by itself and ends the program. */
static GOptionContext *
context_new (const char *arguments, const char *summary, const char *description)
{
    GOptionContext *context = g_option_context_new (arguments);
    GOptionGroup *group = g_option_group_new ("common", "", "", NULL, NULL);

    g_option_context_set_summary (context, summary);
    g_option_context_set_description (context, description);
    g_option_group_add_entries (group, common_options);
    g_option_context_set_main_group (context, group);
    return context;
}

static gboolean
parse (GOptionContext *context, const char *whose_help, int *argc, char ***argv, GError **error)
{
    g_autoptr (GError) failure = NULL;

    if (g_option_context_parse (context, argc, argv, &failure))
        return TRUE;
    vf_error_set (error, VF_REASON_INVALID_OPTION, "%s. \"%s --help\" says what it takes.",
                  failure->message, whose_help);
    return FALSE;
}

static char *
describe_commands (const VfcCommandRow *rows)
{
    GString *text = g_string_new ("Commands:\n");

    for (; rows->name != NULL; rows++)
        g_string_append_printf (text, "  %-12s %s\n", rows->name, rows->summary);
    g_string_append (text, "\n\"virtflow COMMAND --help\" describes a command. Without a command "
                           "virtflow does what\n\"virtflow status\" does.");
    return g_string_free (text, FALSE);
}

/* Ends with NULL. */
static GPtrArray *
list_names (const VfcCommandRow *rows)
{
    GPtrArray *names = g_ptr_array_new ();

    for (; rows->name != NULL; rows++)
        g_ptr_array_add (names, (gpointer) rows->name);
    g_ptr_array_add (names, NULL);
    return names;
}

static const VfcCommandRow *
find_row (const VfcCommandRow *rows, const char *name, GError **error)
{
    g_autoptr (GPtrArray) names = list_names (rows);
    g_autofree char *nearest = NULL;

    for (const VfcCommandRow *row = rows; row->name != NULL; row++) {
        if (strcmp (row->name, name) == 0)
            return row;
    }
    nearest = vf_nearest (name, (const char *const *) names->pdata, names->len - 1);
    vf_error_set (error, VF_REASON_INVALID_OPTION,
                  "There is no command '%s'.%s%s%s \"virtflow --help\" lists them.", name,
                  nearest != NULL ? _ (" Did you mean ") : "", nearest != NULL ? nearest : "",
                  nearest != NULL ? "?" : "");
    return NULL;
}

static gboolean
check_count (const VfcCommand *command, char **arguments, GError **error)
{
    guint count = g_strv_length (arguments);

    if (count >= command->fewest && count <= command->most)
        return TRUE;
    if (count > command->most)
        vf_error_set (error, VF_REASON_INVALID_OPTION,
                      "'%s' is one argument too many. \"virtflow %s --help\" says what it takes.",
                      arguments[command->most], command->name);
    else
        vf_error_set (error, VF_REASON_INVALID_OPTION,
                      "The command %s needs: %s. \"virtflow %s --help\" says more.", command->name,
                      command->arguments, command->name);
    return FALSE;
}

/* FALSE when nobody has asked for it. */
static gboolean
print_version (void)
{
    if (option_version)
        puts ("virtflow " VFC_VERSION);
    return option_version;
}

/* @argv begins with the command's name. */
static gboolean
run_command (VfcRun *run, const VfcCommand *command, int argc, char **argv, GError **error)
{
    g_autofree char *name = g_strconcat ("virtflow ", command->name, NULL);
    g_autofree char *example = g_strconcat ("Example:\n", command->example, NULL);
    g_autoptr (GOptionContext) context =
        context_new (command->arguments, command->description, example);

    g_set_prgname (name);
    if (command->options != NULL)
        g_option_context_add_main_entries (context, command->options, NULL);
    if (!parse (context, name, &argc, &argv, error)
        || !vfc_color_decide (option_color, &run->color, error))
        return FALSE;
    if (print_version ())
        return TRUE;
    /* A "--" in front of the arguments stays where it is. */
    if (argc > 1 && strcmp (argv[1], "--") == 0)
        argv++;
    run->json = option_json;
    run->may_ask = !option_no_ask_password;
    run->bus = g_strdup (option_bus);
    run->libvirt_uri = g_strdup (option_connect);
    return check_count (command, argv + 1, error) && command->run (run, argv + 1, error);
}

/* Whether @line is "help COMMAND". */
static gboolean
is_help_of_command (const VfcRun *run, char **line)
{
    return strcmp (line[0], "help") == 0 && line[1] != NULL && line[2] == NULL
           && g_strv_contains (run->commands, line[1]);
}

static gboolean
run_line (VfcRun *run, const VfcProgram *program, char **whole, GError **error)
{
    g_autofree char *commands = describe_commands (program->rows);
    g_autoptr (GOptionContext) context =
        context_new ("COMMAND ...", "Lends this host's GPUs to its virtual machines.", commands);
    g_autofree char **argv = g_memdup2 (whole, sizeof (char *) * (g_strv_length (whole) + 1));
    char *first[] = { (char *) program->rows->name, NULL };
    char **rest = argv;
    int argc = (int) g_strv_length (whole);
    const VfcCommandRow *row;

    g_option_context_set_strict_posix (context, TRUE);
    if (!parse (context, "virtflow", &argc, &rest, error))
        return FALSE;
    if (print_version ())
        return TRUE;
    if (argc > 1)
        rest++, argc--;
    else
        rest = first;
    if (strcmp (rest[0], VFC_COMPLETION_COMMAND) == 0) {
        vfc_completion_run (program, common_options, whole, rest + 1);
        return TRUE;
    }
    if (is_help_of_command (run, rest)) {
        char *line[] = { whole[0], rest[1], (char *) "--help", NULL };

        return run_line (run, program, line, error);
    }
    row = find_row (program->rows, rest[0], error);
    if (row == NULL)
        return FALSE;
    if (row->command != NULL)
        return run_command (run, row->command, argc, rest, error);
    program->elsewhere (whole, error);
    return FALSE;
}

static void
report (const VfcRun *run, const GError *error)
{
    vfc_say ("virtflow: %s", error->message);
    if (option_json && !run->answered)
        vfc_json_print_error (error);
}

static void
speak_language (void)
{
    setlocale (LC_ALL, "");
    /* A program that reads the answer finds in it what it would find elsewhere. */
    if (option_json)
        setlocale (LC_MESSAGES, "C");
    bindtextdomain (GETTEXT_PACKAGE, VF_LOCALE_FOLDER);
    bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
    textdomain (GETTEXT_PACKAGE);
}

int
vfc_command_main (const VfcProgram *program, int argc, char **argv)
{
    g_autoptr (GPtrArray) names = list_names (program->rows);
    VfcRun run = { .commands = (const char *const *) names->pdata };
    g_autoptr (GError) error = NULL;
    gboolean done;

    g_set_prgname ("virtflow");
    /* An option that cannot be read is an error that has to come in the form that was asked for. */
    option_json = g_strv_contains ((const char *const *) argv, "--json");
    speak_language ();
    done = run_line (&run, program, argv, &error);
    if (!done)
        report (&run, error);
    vfc_run_clear (&run);
    if (fflush (stdout) != 0)
        return vf_error_code_exit_status (VF_ERROR_FAILED);
    if (vf_error_is (error, VF_REASON_CANCELLED))
        return VFC_INTERRUPT_EXIT_STATUS;
    return done ? run.status : vf_error_code_exit_status (vf_error_code (error));
}
