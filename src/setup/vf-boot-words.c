/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the knowledge of where each boot loader keeps the kernel's command line. */
#include "vf-boot-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define GRUB "etc/default/grub"
#define GRUB_DEFAULT "GRUB_CMDLINE_LINUX_DEFAULT"
#define GRUB_ALWAYS "GRUB_CMDLINE_LINUX"
#define KERNEL_LINE "etc/kernel/cmdline"

static const char *const none[] = { NULL };

static void
amend (VfSetupItem *item, const char *path, const char *before, const char *after)
{
    if (g_strcmp0 (before, after) != 0)
        vf_setup_item_add (item, vf_amendment_new (VF_AMENDMENT_LINE, path, before, after));
}

/* The last line of @text that sets @variable, as the shell has it; NULL for none. */
static char *
find_setting (const char *text, const char *variable)
{
    g_autofree char *pattern = g_strdup_printf ("^\\s*(?:export\\s+)?%s=", variable);
    g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    const char *found = NULL;

    for (char **line = lines; *line != NULL; line++) {
        if (g_regex_match (regex, *line, 0, NULL))
            found = *line;
    }
    return g_strdup (found);
}

static gboolean
has_any (const char *line, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strstr (line, *words) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* FALSE when the line is one that nobody but a shell understands. */
static gboolean
amend_setting (VfSetupItem *item, const char *text, const char *variable, const VfBootWords *words)
{
    g_autofree char *line = find_setting (text, variable);
    g_autofree char *amended = NULL;

    if (line == NULL) {
        g_autofree char *value = vf_boot_line_amend ("", words);

        amended = g_strdup_printf ("%s=\"%s\"", variable, value);
        if (*value != '\0')
            amend (item, GRUB, NULL, amended);
        return TRUE;
    }
    amended = vf_boot_line_amend_grub (line, variable, words);
    if (amended != NULL)
        amend (item, GRUB, line, amended);
    return amended != NULL || (*words->wanted == NULL && !has_any (line, words->unwanted));
}

static gboolean
is_set (const char *text, const char *variable)
{
    g_autofree char *line = find_setting (text, variable);

    return line != NULL;
}

/* What nobody wants may stand in both settings; what is wanted goes into the one that does not
 * count for the rescue entry, unless only the other one is in use. */
static gboolean
amend_grub (VfSetupItem *item, const char *text, const VfBootWords *words)
{
    const VfBootWords removal = { none, words->unwanted };
    gboolean only_always = is_set (text, GRUB_ALWAYS) && !is_set (text, GRUB_DEFAULT);

    return amend_setting (item, text, GRUB_DEFAULT, only_always ? &removal : words)
           && amend_setting (item, text, GRUB_ALWAYS, only_always ? words : &removal);
}

/* FALSE for what is no kernel with options. */
static gboolean
amend_entry (VfSetupItem *item, const VfHostFile *entry, const VfBootWords *words)
{
    g_auto (GStrv) lines = g_strsplit (entry->text, "\n", -1);
    gboolean is_linux = FALSE;

    for (char **line = lines; *line != NULL; line++)
        is_linux =
            is_linux || g_str_has_prefix (*line, "linux ") || g_str_has_prefix (*line, "linux\t");
    for (char **line = lines; *line != NULL && is_linux; line++) {
        g_autofree char *amended = vf_boot_line_amend_entry (*line, words);

        if (amended == NULL)
            continue;
        amend (item, entry->path, *line, amended);
        return TRUE;
    }
    return FALSE;
}

/* TRUE when there was an entry. */
static gboolean
amend_entries (VfSetupItem *item, const VfSetupFacts *facts, const VfBootWords *words)
{
    gboolean any = FALSE;

    for (guint i = 0; i < facts->files->len; i++) {
        const VfHostFile *file = facts->files->pdata[i];

        if (strstr (file->path, "loader/entries/") == NULL)
            continue;
        any = amend_entry (item, file, words) || any;
    }
    return any;
}

/* Of the entries that are made for kernels to come. */
static void
amend_kernel_line (VfSetupItem *item, const char *text, const VfBootWords *words)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *amended = NULL;

        if (**line == '\0' || **line == '#')
            continue;
        amended = vf_boot_line_amend (*line, words);
        amend (item, KERNEL_LINE, *line, amended);
        return;
    }
}

/* Whether @text sets @variable to something else, and does not only add to what it was, as packages
 * do: GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=512M". */
static gboolean
sets_anew (const char *text, const char *variable, const VfBootWords *words)
{
    g_autofree char *pattern =
        g_strdup_printf ("^\\s*(?:export\\s+)?%s=(?!.*\\$\\{?%s\\b)", variable, variable);
    g_autofree char *line = find_setting (text, variable);

    return g_regex_match_simple (pattern, text, G_REGEX_MULTILINE, 0)
           || (line != NULL && has_any (line, words->unwanted));
}

/* By a file that is read behind the main one. */
static gboolean
is_overridden (const VfSetupFacts *facts, const VfBootWords *words)
{
    for (guint i = 0; i < facts->files->len; i++) {
        const VfHostFile *file = facts->files->pdata[i];

        if (g_str_has_prefix (file->path, "etc/default/grub.d/")
            && (sets_anew (file->text, GRUB_DEFAULT, words)
                || sets_anew (file->text, GRUB_ALWAYS, words)))
            return TRUE;
    }
    return FALSE;
}

/* Each word behind @prefix, with @between; the caller owns the text. */
static char *
list (const char *const *words, const char *prefix, const char *between)
{
    GString *text = g_string_new ("");

    for (; *words != NULL; words++)
        g_string_append_printf (text, "%s%s%s", text->len > 0 ? between : "", prefix, *words);
    return g_string_free (text, FALSE);
}

static char *
advice_for_ostree (const VfBootWords *words)
{
    g_autofree char *wanted = list (words->wanted, "--append-if-missing=", " ");
    g_autofree char *unwanted = list (words->unwanted, "--delete-if-present=", " ");
    g_autofree char *options =
        g_strjoin (*wanted != '\0' && *unwanted != '\0' ? " " : "", wanted, unwanted, NULL);

    return g_strdup_printf (_ ("The command line of this system is changed by rpm-ostree: run "
                               "'sudo rpm-ostree kargs %s', then restart the host."),
                            options);
}

static char *
advice_for_nixos (const VfBootWords *words)
{
    g_autofree char *wanted = list (words->wanted, "\"", "\" ");

    return g_strdup_printf (_ ("Set 'boot.kernelParams = [ %s\" ];' in the system's configuration, "
                               "run 'sudo nixos-rebuild boot', then restart the host."),
                            wanted);
}

static char *
advice_for_unknown (const VfBootWords *words)
{
    g_autofree char *wanted = list (words->wanted, "", " ");
    g_autofree char *unwanted = list (words->unwanted, "", " ");

    if (*wanted == '\0')
        return g_strdup_printf (_ ("Take '%s' off the kernel's command line in the boot loader, "
                                   "then restart the host."),
                                unwanted);
    if (*unwanted != '\0')
        return g_strdup_printf (_ ("Take '%s' off the kernel's command line in the boot loader, "
                                   "and add '%s' to it, then restart the host."),
                                unwanted, wanted);
    return g_strdup_printf (_ ("Add '%s' to the kernel's command line in the boot loader, then "
                               "restart the host."),
                            wanted);
}

static void
leave_to_person (VfSetupItem *item, VfSystem system, const VfBootWords *lacking)
{
    gboolean wants = *lacking->wanted != NULL;

    item->follow_ups = 0;
    g_ptr_array_set_size (item->amendments, 0);
    g_clear_pointer (&item->by_hand, g_free);
    if (!wants && *lacking->unwanted == NULL)
        return;
    item->by_hand = system == VF_SYSTEM_OSTREE           ? advice_for_ostree (lacking)
                    : system == VF_SYSTEM_NIXOS && wants ? advice_for_nixos (lacking)
                                                         : advice_for_unknown (lacking);
}

void
vf_boot_words_put_right (VfSetupItem *item,
                         const VfSetupFacts *facts,
                         const VfBootWords *words,
                         const VfBootWords *lacking)
{
    const char *grub = facts->grub_menu != NULL ? vf_setup_facts_text (facts, GRUB) : NULL;
    const char *kernel_line = vf_setup_facts_text (facts, KERNEL_LINE);
    gboolean known = FALSE;

    if (facts->system != VF_SYSTEM_ORDINARY) {
        leave_to_person (item, facts->system, lacking);
        return;
    }
    if (grub != NULL) {
        known = !is_overridden (facts, words) && amend_grub (item, grub, words);
        if (item->amendments->len > 0)
            item->follow_ups |= VF_FOLLOW_UP_GRUB;
    }
    if (grub == NULL || known)
        known = amend_entries (item, facts, words) || known;
    if (!known)
        leave_to_person (item, facts->system, lacking);
    else if (kernel_line != NULL)
        amend_kernel_line (item, kernel_line, words);
}
