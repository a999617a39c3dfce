/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What could come next on a command line, on a machine with two GPUs and a keyboard. */
#include "vfc-completion.h"

#include "fake-tree.h"

#include <string.h>

static gboolean flag;
static char *text;
static char **list;

static const GOptionEntry common_options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &flag, "In JSON", NULL },
    { "color", 0, 0, G_OPTION_ARG_STRING, &text, "Colour", "WHEN" },
    { 0 },
};

static const GOptionEntry own_options[] = {
    { "evdev", 0, 0, G_OPTION_ARG_STRING_ARRAY, &list, "A keyboard", "PATH" },
    { "time", 0, 0, G_OPTION_ARG_INT, &flag, "A time", "SECONDS" },
    { 0 },
};

static const VfcCommand give = { .name = "give", .arguments = "VM [GPU]", .options = own_options };
static const VfcCommand look = { .name = "look", .arguments = "[VM] [GPU]" };
static const VfcCommand drop = { .name = "drop", .arguments = "VM|--all" };
static const VfcCommand show = { .name = "show", .arguments = "VM|GPU" };
static const VfcCommand list_all = { .name = "list", .arguments = "" };

static const VfcCommandRow rows[] = {
    { "give", "gives", &give },         { "look", "looks", &look },
    { "drop", "drops", &drop },         { "show", "shows", &show },
    { "list", "lists all", &list_all }, { "far", "elsewhere", NULL },
    { "hidden", NULL, &look },          { 0 },
};

static char *written;
static gsize n_written;
static char *early; /* what was out when VMs were asked for */

static void
add_vms (const VfcCandidates *candidates)
{
    g_free (early);
    early = g_strdup (written != NULL ? written : "");
    vfc_candidates_add (candidates, "win 11", "off");
    vfc_candidates_add (candidates, "a\tb", "breaks the line");
    vfc_candidates_add (candidates, "a\nb", "breaks it as well");
    vfc_candidates_add (candidates, "a\033[31mb", "turns the terminal red");
    vfc_candidates_add (candidates, "a\xff", "is no text");
    vfc_candidates_add (candidates, "it's", "a\tb");
}

static const VfcCandidateSource sources[] = { { "VM", add_vms }, { 0 } };

static const VfcProgram program = { .rows = rows, .sources = sources };

#define ALL_OPTIONS "--json\tIn JSON\n--color\tColour\n--help\tShow help options\n"
#define OWN_OPTIONS "--evdev\tA keyboard\n--time\tA time\n"
#define COLORS "auto\t\nalways\t\nnever\t\n"
#define VMS "win 11\toff\nit's\ta\\x09b\n"
#define KEYBOARD "/dev/input/by-id/usb-A_B-event-kbd\tA B\n"
/* Models are what the hardware database of the machine that runs the test says. */
#define GPUS "0000:00:01.0\t*\n0000:01:00.0\t*\n"

static const struct {
    const char *line; /* words with a comma between each */
    const char *answer;
} cases[] = {
    { "", "give\tgives\nlook\tlooks\ndrop\tdrops\nshow\tshows\nlist\tlists all\nfar\telsewhere\n" },
    { "-", ALL_OPTIONS },
    { "--json,-", "--color\tColour\n--help\tShow help options\n" },
    { "--color,", COLORS },
    { "--color=", "--color=auto\t\n--color=always\t\n--color=never\t\n" },
    { "--color=al", "--color=auto\t\n--color=always\t\n--color=never\t\n" },
    { "--colo=", "" },
    { "--json=", "" },
    { "nonsense,", "" },
    { "list,", "" },
    { "give,-", OWN_OPTIONS ALL_OPTIONS },
    { "give,--evdev,x,--time=3,--", "--evdev\tA keyboard\n" ALL_OPTIONS },
    { "--json,give,", VMS },
    { "--color,give,give,", VMS },
    { "give,--json,", VMS },
    { "give,win 11,", GPUS },
    { "give,--,", VMS },
    { "give,--,-", VMS },
    { "give,win 11,01:00.0,", "" },
    { "give,win 11,01:", "0000:00:01.0\t*\n01:00.0\t*\n" },
    { "give,win 11,0000:", GPUS },
    { "give,--evdev,", KEYBOARD },
    { "give,x,--evdev=/dev", "--evdev=" KEYBOARD },
    { "give,--time,", "" },
    { "give,--time,3,", VMS },
    { "look,", GPUS VMS },
    { "look,x,", GPUS },
    { "drop,", VMS },
    { "show,", GPUS VMS },
};

/* What stands after the address of a GPU is not compared. */
static char *
without_models (const char *answer)
{
    g_autoptr (GRegex) model = g_regex_new ("^([0-9a-f:]*[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]\t).*$",
                                            G_REGEX_MULTILINE, 0, NULL);

    return g_regex_replace (model, answer, -1, 0, "\\1*", 0, NULL);
}

static gboolean
answer_of (const VfSysfs *root, const char *line, char **answer)
{
    g_auto (GStrv) words = g_strsplit (line, ",", -1);
    FILE *output = open_memstream (&written, &n_written);
    gboolean answered = vfc_completion_write (&program, common_options, root, words, output);

    fclose (output);
    *answer = without_models (written);
    g_clear_pointer (&written, free);
    return answered;
}

static void
test_lines (void)
{
    g_autofree char *folder = fake_tree_build_named ("lab", NULL);
    g_autoptr (VfSysfs) root = vf_sysfs_new (fake_tree_open (folder));

    fake_tree_write (folder, "dev/input/by-id/usb-A_B-event-kbd", "");
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *answer = NULL;

        g_test_message ("'%s'", cases[i].line);
        g_assert_true (answer_of (root, cases[i].line, &answer));
        g_assert_cmpstr (answer, ==, cases[i].answer);
    }
    fake_tree_remove (folder);
}

static void
test_other_program (void)
{
    g_autofree char *answer = NULL;

    g_assert_false (answer_of (NULL, "--json,far,-", &answer));
    g_assert_cmpstr (answer, ==, "");
}

/* Whoever asks libvirt may not get so far as to say what came before. */
static void
test_not_held_back (void)
{
    g_autofree char *folder = fake_tree_build_named ("lab", NULL);
    g_autoptr (VfSysfs) root = vf_sysfs_new (fake_tree_open (folder));
    g_autofree char *answer = NULL;

    g_assert_true (answer_of (root, "show,", &answer));
    g_assert_nonnull (strstr (early, "0000:01:00.0"));
    g_clear_pointer (&early, g_free);
    fake_tree_remove (folder);
}

/* A machine on which nothing can be read is one that has nothing. */
static void
test_nothing_there (void)
{
    g_autofree char *folder = fake_tree_new_folder ();
    g_autoptr (VfSysfs) root = vf_sysfs_new (fake_tree_open (folder));
    g_autofree char *gpus = NULL;
    g_autofree char *nodes = NULL;

    g_assert_true (answer_of (root, "give,x,", &gpus));
    g_assert_cmpstr (gpus, ==, "");
    g_assert_true (answer_of (root, "give,--evdev,", &nodes));
    g_assert_cmpstr (nodes, ==, "");
    fake_tree_remove (folder);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/completion/lines", test_lines);
    g_test_add_func ("/completion/other-program", test_other_program);
    g_test_add_func ("/completion/not-held-back", test_not_held_back);
    g_test_add_func ("/completion/nothing-there", test_nothing_there);
    return g_test_run ();
}
