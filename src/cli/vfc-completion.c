/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what could come next on a command line. */
#include "vfc-completion.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE 2 /* seconds */

/* What the words before the last one say of it. */
typedef struct {
    const VfcProgram *program;
    const GOptionEntry *common_options;
    const VfcCommandRow *row; /* NULL as long as no command is named */
    GPtrArray *given;         /* GOptionEntry pointers */
    const GOptionEntry *open; /* the last word is its value; or NULL */
    guint n_arguments;
    gboolean options_ended; /* by "--" */
} Line;

static gboolean
takes_value (const GOptionEntry *option)
{
    return option->arg != G_OPTION_ARG_NONE;
}

static gboolean
is_named (const GOptionEntry *option, const char *word)
{
    gsize length = strcspn (word, "=");

    return g_str_has_prefix (word, "--") && strlen (option->long_name) == length - 2
           && strncmp (option->long_name, word + 2, length - 2) == 0;
}

/* The tables in which options of @line are; NULL where there is none. */
static void
option_tables (const Line *line, const GOptionEntry *tables[2])
{
    tables[0] = line->row != NULL ? line->row->command->options : NULL;
    tables[1] = line->common_options;
}

static const GOptionEntry *
find_option (const Line *line, const char *word)
{
    const GOptionEntry *tables[2];

    option_tables (line, tables);
    for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
        for (const GOptionEntry *option = tables[i]; option != NULL && option->long_name != NULL;
             option++) {
            if (is_named (option, word))
                return option;
        }
    }
    return NULL;
}

static void
read_option (Line *line, const char *word)
{
    const GOptionEntry *option = find_option (line, word);

    if (option == NULL)
        return;
    g_ptr_array_add (line->given, (gpointer) option);
    if (takes_value (option) && strchr (word, '=') == NULL)
        line->open = option;
}

/* FALSE when there is no such command, so that nothing can be said of what follows. */
static gboolean
read_command (Line *line, const char *word)
{
    for (const VfcCommandRow *row = line->program->rows; row->name != NULL; row++) {
        if (strcmp (row->name, word) == 0)
            line->row = row;
    }
    return line->row != NULL;
}

/* Reads all but the last word. Stops at a command that the other program has. */
static gboolean
read_line (Line *line, char **words, guint n_words)
{
    for (guint i = 0; i + 1 < n_words; i++) {
        if (line->open != NULL)
            line->open = NULL;
        else if (!line->options_ended && strcmp (words[i], "--") == 0)
            line->options_ended = TRUE;
        else if (!line->options_ended && words[i][0] == '-')
            read_option (line, words[i]);
        else if (line->row != NULL)
            line->n_arguments++;
        else if (!read_command (line, words[i]))
            return FALSE;
        else if (line->row->command == NULL)
            return TRUE;
    }
    return TRUE;
}

static void
offer_commands (const Line *line, const VfcCandidates *candidates)
{
    for (const VfcCommandRow *row = line->program->rows; row->name != NULL; row++) {
        if (row->summary != NULL)
            vfc_candidates_add (candidates, row->name, row->summary);
    }
}

static void
offer_options (const Line *line, const VfcCandidates *candidates)
{
    const GOptionEntry *tables[2];

    option_tables (line, tables);
    for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
        for (const GOptionEntry *option = tables[i]; option != NULL && option->long_name != NULL;
             option++) {
            g_autofree char *name = g_strconcat ("--", option->long_name, NULL);

            if (option->arg == G_OPTION_ARG_STRING_ARRAY
                || !g_ptr_array_find (line->given, option, NULL))
                vfc_candidates_add (candidates, name, option->description);
        }
    }
    vfc_candidates_add (candidates, "--help", "Show help options");
}

static void
ask_sources (const VfcCandidateSource *sources,
             const char *const *wanted,
             const VfcCandidates *candidates)
{
    for (; sources != NULL && sources->word != NULL; sources++) {
        if (g_strv_contains (wanted, sources->word))
            sources->add (candidates);
        /* The next one may have to wait for libvirt longer than anybody waits for it. */
        fflush (candidates->output);
    }
}

static void
offer_words (const Line *line, const char *const *wanted, const VfcCandidates *candidates)
{
    ask_sources (vfc_candidates_of_host, wanted, candidates);
    ask_sources (line->program->sources, wanted, candidates);
}

static void
offer_values (const Line *line, const GOptionEntry *option, const VfcCandidates *candidates)
{
    const char *const wanted[] = { option->arg_description, NULL };

    offer_words (line, wanted, candidates);
}

/* "[VM] [GPU]": who leaves out an argument gives the next one in its place. */
static void
offer_arguments (const Line *line, const VfcCandidates *candidates)
{
    g_auto (GStrv) places = g_strsplit (line->row->command->arguments, " ", -1);
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    g_auto (GStrv) wanted = NULL;
    guint n_places = g_strv_length (places);

    for (guint i = line->n_arguments; i < n_places; i++) {
        g_auto (GStrv) alternatives = g_strsplit_set (places[i], "[|]", -1);

        g_strv_builder_addv (builder, (const char **) alternatives);
        if (places[i][0] != '[')
            break;
    }
    wanted = g_strv_builder_end (builder);
    offer_words (line, (const char *const *) wanted, candidates);
}

static void
offer (const Line *line, VfcCandidates *candidates)
{
    const char *last = candidates->typed;
    const char *equals = strchr (last, '=');

    if (line->open != NULL)
        offer_values (line, line->open, candidates);
    else if (!line->options_ended && last[0] == '-' && equals != NULL) {
        const GOptionEntry *option = find_option (line, last);
        g_autofree char *before = g_strndup (last, (gsize) (equals + 1 - last));

        candidates->before = before;
        candidates->typed = equals + 1;
        if (option != NULL && takes_value (option))
            offer_values (line, option, candidates);
    } else if (!line->options_ended && last[0] == '-')
        offer_options (line, candidates);
    else if (line->row == NULL)
        offer_commands (line, candidates);
    else
        offer_arguments (line, candidates);
}

gboolean
vfc_completion_write (const VfcProgram *program,
                      const GOptionEntry *common_options,
                      const VfSysfs *root,
                      char **words,
                      FILE *output)
{
    g_autoptr (GPtrArray) given = g_ptr_array_new ();
    Line line = { .program = program, .common_options = common_options, .given = given };
    guint n_words = g_strv_length (words);
    VfcCandidates candidates = {
        .root = root,
        .typed = n_words > 0 ? words[n_words - 1] : "",
        .before = "",
        .output = output,
    };

    if (!read_line (&line, words, n_words))
        return TRUE;
    if (line.row != NULL && line.row->command == NULL)
        return FALSE;
    offer (&line, &candidates);
    fflush (output);
    return TRUE;
}

/* What was found until then is out, and is better than nothing. */
static void
end (int number)
{
    _exit (0);
}

void
vfc_completion_run (const VfcProgram *program,
                    const GOptionEntry *common_options,
                    char **argv,
                    char **words)
{
    g_autoptr (VfSysfs) root = vf_sysfs_new (open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC));

    signal (SIGALRM, end);
    alarm (PATIENCE);
    if (!vfc_completion_write (program, common_options, root, words, stdout)
        && program->elsewhere != NULL)
        program->elsewhere (argv, NULL);
}
