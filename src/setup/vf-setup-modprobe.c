/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what set-up changes in modprobe's configuration. */
#include "vf-setup-modprobe.h"

#include <glib/gi18n-lib.h>
#include <string.h>

char *
vf_setup_modprobe_without_gpus (const char *text, const VfSnapshot *machine)
{
    const char *list = strchr (text, '=');
    g_autofree char *head = NULL;
    g_autofree char *rest = NULL;
    g_auto (GStrv) ids = NULL;
    g_autoptr (GPtrArray) kept = g_ptr_array_new ();

    if (list == NULL)
        return NULL;
    head = g_strndup (text, (gsize) (list + 1 - text));
    ids = g_strsplit (list + 1, ",", -1);
    for (char **id = ids; *id != NULL; id++)
        if (**id != '\0' && !vf_gpu_any_named_in (*id, machine))
            g_ptr_array_add (kept, *id);
    if (kept->len == 0)
        return NULL;
    g_ptr_array_add (kept, NULL);
    rest = g_strjoinv (",", (char **) kept->pdata);
    return g_strconcat (head, rest, NULL);
}

/* The line of "/etc/modprobe.d/vfio.conf:3"; NULL when that is no place that set-up may change. */
static char *
line_at (const VfSetupFacts *files, const char *place, char **path)
{
    const char *colon = strrchr (place, ':');
    g_auto (GStrv) lines = NULL;
    const char *text;
    guint64 number;

    if (*place != '/' || colon == NULL)
        return NULL;
    *path = g_strndup (place + 1, (gsize) (colon - place - 1));
    text = vf_setup_facts_text (files, *path);
    if (text == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT, &number, NULL))
        return NULL;
    lines = g_strsplit (text, "\n", -1);
    return number <= g_strv_length (lines) ? g_strdup (lines[number - 1]) : NULL;
}

/* @line as a comment; the caller owns it. */
static char *
taken_out (const char *line)
{
    return g_strconcat ("# taken out by virtflow setup: ", line, NULL);
}

/* @line of modprobe's configuration with the GPUs taken out of its list of ids; the caller owns it.
 */
static char *
without_gpus (const char *line, const VfSnapshot *machine)
{
    g_autoptr (GRegex) list = g_regex_new ("(?<=[ \\t])ids=[^ \\t]*", 0, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;
    g_autofree char *ids = NULL;
    g_autofree char *rest = NULL;
    int start, end;

    if (!g_regex_match (list, line, 0, &match))
        return taken_out (line);
    ids = g_match_info_fetch (match, 0);
    rest = vf_setup_modprobe_without_gpus (ids, machine);
    if (rest == NULL)
        return taken_out (line);
    g_match_info_fetch_pos (match, 0, &start, &end);
    return g_strdup_printf ("%.*s%s%s", start, line, rest, line + end);
}

/* Whether set-up changes @line of the file at @path to @after, an item of its plan then. */
static gboolean
amend_line (VfSetupItem *item,
            const VfSetupScene *scene,
            const char *path,
            const char *line,
            const char *after)
{
    g_autoptr (VfAmendment) amendment = vf_amendment_new (VF_AMENDMENT_LINE, path, line, after);
    g_autofree char *text = NULL;

    if (scene->files->system == VF_SYSTEM_ORDINARY)
        text = vf_amendment_apply (amendment, vf_setup_facts_text (scene->files, path), NULL);
    if (text == NULL)
        return FALSE;
    vf_setup_item_add (item, g_steal_pointer (&amendment));
    return TRUE;
}

static void
advise_initramfs (VfSetupItem *item)
{
    if (item->by_hand == NULL)
        item->by_hand = g_strdup (_ ("Make the initramfs anew by the means of your system, if it "
                                     "has one, then restart the host."));
}

static void
free_reserved (VfSetupItem *item, const VfSetupScene *scene, const VfSetting *setting)
{
    g_autofree char *path = NULL;
    g_autofree char *line = line_at (scene->files, setting->place, &path);
    g_autofree char *freed = line != NULL ? without_gpus (line, scene->machine) : NULL;

    if (*setting->place != '/')
        return; /* of the command line */
    if (freed != NULL && amend_line (item, scene, path, line, freed)) {
        if (scene->files->initramfs_tool != NULL)
            item->follow_ups |= VF_FOLLOW_UP_INITRAMFS;
        else
            advise_initramfs (item);
    } else if (item->by_hand == NULL) {
        item->by_hand = g_strdup_printf (_ ("Take the ids of the GPU out of '%s' in %s, make the "
                                            "initramfs anew, then restart the "
                                            "host."),
                                         setting->text, setting->place);
    }
}

VfSetupItem *
vf_setup_modprobe_free_gpus (const VfSetupScene *scene)
{
    const GPtrArray *reservations = scene->host->reservations;
    VfSetupItem *item = vf_setup_item_new (
        "reservations", VF_EFFECT_RESTART,
        g_strdup (
            _ ("No GPU is reserved for VMs when vfio-pci is loaded: it is lent when a VM needs "
               "it.")));

    for (guint i = 0; i < reservations->len; i++) {
        const VfSetting *setting = reservations->pdata[i];

        if (vf_gpu_any_named_in (setting->text, scene->machine))
            free_reserved (item, scene, setting);
    }
    return item;
}

static void
lift_ban (VfSetupItem *item, const VfSetupScene *scene, const VfSetting *ban)
{
    g_autofree char *path = NULL;
    g_autofree char *line = line_at (scene->files, ban->place, &path);
    g_autofree char *lifted = line != NULL ? taken_out (line) : NULL;

    if ((lifted == NULL || !amend_line (item, scene, path, line, lifted)) && item->by_hand == NULL)
        item->by_hand = g_strdup_printf (_ ("Take '%s' out of %s, then restart the host."),
                                         ban->text, ban->place);
}

VfSetupItem *
vf_setup_modprobe_lift_bans (const VfSetupScene *scene)
{
    const GPtrArray *bans = scene->host->bans;
    VfSetupItem *item =
        vf_setup_item_new ("modules", VF_EFFECT_NOW,
                           g_strdup (_ ("The kernel loads vfio's modules when a VM needs them.")));

    for (guint i = 0; i < bans->len; i++) {
        const VfSetting *ban = bans->pdata[i];

        if (vf_ban_find_vfio (ban->text) != NULL)
            lift_ban (item, scene, ban);
    }
    return item;
}
