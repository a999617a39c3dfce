/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what set-up puts right, and when. */
#include "vf-setup-plan.h"

#include "vf-boot-words.h"
#include "vf-desktop-pin.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#define HOOK "etc/libvirt/hooks/qemu.d/50-virtflow"
#define HOOK_PROGRAM "/usr/lib/libvirt/virtflow-hook"
#define GROUP "libvirt"

const char *const vf_setup_ids[] = { "command-line", "reservations", "hook",
                                     "group",        "desktop",      NULL };

static void
keep_if_useful (GPtrArray *items, VfSetupItem *item)
{
    if (item->amendments->len > 0 || item->by_hand != NULL)
        g_ptr_array_add (items, item);
    else
        vf_setup_item_free (item);
}

static gboolean
is_intel (const VfHostFacts *host)
{
    return g_strcmp0 (host->cpu_vendor, "GenuineIntel") == 0;
}

/* The words of the command line by which somebody has reserved a GPU for VMs; belong to the facts.
 */
static GPtrArray *
reserving_words (const VfSetupScene *scene)
{
    GPtrArray *words = g_ptr_array_new ();
    const GPtrArray *reservations = scene->host->reservations;

    for (guint i = 0; i < reservations->len; i++) {
        const VfSetting *setting = reservations->pdata[i];

        if (*setting->place != '/' && vf_gpu_any_named_in (setting->text, scene->machine))
            g_ptr_array_add (words, setting->text);
    }
    return words;
}

/* Whether the kernel that runs was told what the boot loader says. */
static gboolean
counts_already (const VfHostFacts *host, const VfBootWords *words)
{
    for (const char *const *word = words->wanted; *word != NULL; word++) {
        if (!vf_host_facts_has_word (host, *word))
            return FALSE;
    }
    for (const char *const *word = words->unwanted; *word != NULL; word++) {
        if (vf_host_facts_has_word (host, *word))
            return FALSE;
    }
    return TRUE;
}

/* What no file of the host can put right; or NULL. */
static const char *
advice_besides (const VfHostFacts *host, const VfSetupItem *item, const VfBootWords *words)
{
    if (host->firmware_iommu == VF_ANSWER_NO || counts_already (host, words))
        return is_intel (host) ? _ ("Turn on VT-d in the firmware.")
                               : _ ("Turn on IOMMU (AMD-Vi) in the firmware; where it says 'Auto', "
                                    "choose 'Enabled'.");
    return item->amendments->len == 0
               ? _ ("The boot loader has the right words already: restart the host.")
               : NULL;
}

/* AMD's IOMMU needs no word: the kernel uses what the firmware describes (amd_iommu_init). With
 * iommu=pt the devices of the host itself are not slowed down by it. */
static void
plan_command_line (const VfSetupScene *scene, GPtrArray *items)
{
    static const char *const intel[] = { "intel_iommu=on", "iommu=pt", NULL };
    static const char *const nothing[] = { NULL };
    static const char *const off[] = { "intel_iommu=off", "amd_iommu=off", "iommu=off" };
    g_autoptr (GPtrArray) unwanted = reserving_words (scene);
    gboolean lacks_iommu = !vf_snapshot_has_iommu (scene->machine);
    VfBootWords words;
    VfSetupItem *item;

    if (!lacks_iommu && unwanted->len == 0)
        return;
    for (guint i = 0; i < G_N_ELEMENTS (off) && lacks_iommu; i++)
        g_ptr_array_add (unwanted, (gpointer) off[i]);
    g_ptr_array_add (unwanted, NULL);
    item = vf_setup_item_new (
        "command-line", VF_EFFECT_RESTART,
        g_strdup (lacks_iommu
                      ? _ ("The kernel uses the IOMMU, without which no device can be given "
                           "to a VM.")
                      : _ ("No GPU is reserved for VMs when the host starts: it is lent when "
                           "a VM needs it.")));
    words = (VfBootWords){ lacks_iommu && is_intel (scene->host) ? intel : nothing,
                           (const char *const *) unwanted->pdata };
    vf_boot_words_put_right (item, scene->files, &words);
    if (item->by_hand == NULL && lacks_iommu)
        item->by_hand = g_strdup (advice_besides (scene->host, item, &words));
    keep_if_useful (items, item);
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

static void
comment_out (VfSetupItem *item, const VfSetupFacts *files, const char *place)
{
    g_autofree char *path = NULL;
    g_autofree char *line = line_at (files, place, &path);
    g_autofree char *comment = g_strconcat ("# ", line, NULL);

    if (line == NULL)
        return;
    vf_setup_item_add (item, vf_amendment_new (VF_AMENDMENT_LINE, path, line, comment));
    item->follow_ups |= VF_FOLLOW_UP_INITRAMFS;
}

static void
plan_reservations (const VfSetupScene *scene, GPtrArray *items)
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
            comment_out (item, scene->files, setting->place);
    }
    keep_if_useful (items, item);
}

static void
plan_hook (const VfSetupScene *scene, GPtrArray *items)
{
    VfSetupItem *item;

    if (scene->files->hook_link || !scene->files->hook_program)
        return;
    item = vf_setup_item_new ("hook", VF_EFFECT_NOW,
                              g_strdup (_ ("libvirt tells VirtFlow when a VM starts and stops. VMs "
                                           "that run are not disturbed.")));
    vf_setup_item_add (item, vf_amendment_new (VF_AMENDMENT_LINK, HOOK, NULL, HOOK_PROGRAM));
    item->follow_ups = VF_FOLLOW_UP_LIBVIRT;
    keep_if_useful (items, item);
}

/* The line of the group in a text of the form of group(5) and gshadow(5), and that line with @user
 * among its members; FALSE when there is no such line, or he is a member. */
static gboolean
add_member (const char *text, const char *user, char **before, char **after)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    g_auto (GStrv) fields = NULL;
    g_auto (GStrv) members = NULL;
    char **line = lines;

    while (*line != NULL && !g_str_has_prefix (*line, GROUP ":"))
        line++;
    if (*line == NULL)
        return FALSE;
    fields = g_strsplit (*line, ":", -1);
    if (g_strv_length (fields) != 4)
        return FALSE;
    members = g_strsplit (fields[3], ",", -1);
    if (g_strv_contains ((const char *const *) members, user))
        return FALSE;
    *before = g_strdup (*line);
    *after = g_strconcat (*line, *fields[3] != '\0' ? "," : "", user, NULL);
    return TRUE;
}

static void
plan_group (const VfSetupScene *scene, const char *user, GPtrArray *items)
{
    static const char *const paths[] = { "etc/group", "etc/gshadow" };
    VfSetupItem *item;

    if (user == NULL)
        return;
    item = vf_setup_item_new (
        "group", VF_EFFECT_LOGIN,
        g_strdup_printf (_ ("The user %s may use VMs without a password, as a member of the group "
                            "%s. That is as much as being root."),
                         user, GROUP));
    for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
        const char *text = vf_setup_facts_text (scene->files, paths[i]);
        g_autofree char *before = NULL;
        g_autofree char *after = NULL;

        if (text != NULL && add_member (text, user, &before, &after))
            vf_setup_item_add (item, vf_amendment_new (VF_AMENDMENT_LINE, paths[i], before, after));
    }
    keep_if_useful (items, item);
}

/* The card that shows the host's picture, and the one that can be spared: that at @wanted, or the
 * only one there is. How many can be. */
static guint
choose (const VfSnapshot *machine, const VfPciAddress *wanted, VfGpu *shown, VfGpu *spare)
{
    g_autoptr (GArray) gpus = vf_gpu_list (machine);
    gboolean anyone_shows = FALSE;
    guint n_spare = 0;

    for (guint i = 0; i < gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);
        g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, machine);

        if (evidence != NULL) {
            *shown = *gpu;
            anyone_shows = TRUE;
        } else if (wanted == NULL || vf_pci_address_same_slot (*wanted, gpu->address)) {
            *spare = *gpu;
            n_spare++;
        }
    }
    return anyone_shows ? n_spare : 0;
}

static void
add_missing (VfSetupItem *item, const VfSetupFacts *files, GPtrArray *wanted)
{
    while (wanted->len > 0) {
        VfAmendment *amendment = g_ptr_array_steal_index (wanted, 0);
        const char *text = vf_setup_facts_text (files, amendment->path);

        if (g_strcmp0 (text, amendment->after) != 0)
            vf_setup_item_add (item, amendment);
        else
            vf_amendment_free (amendment);
    }
}

static void
plan_desktop (const VfSetupScene *scene, const VfPciAddress *wanted, GPtrArray *items)
{
    VfGpu shown, spare;
    guint n_spare = choose (scene->machine, wanted, &shown, &spare);
    g_autoptr (GPtrArray) files = NULL;
    VfSetupItem *item;

    if (n_spare == 0)
        return;
    if (n_spare > 1) {
        item = vf_setup_item_new ("desktop", VF_EFFECT_LOGIN,
                                  g_strdup (_ ("The desktop leaves a GPU to VMs.")));
        item->by_hand =
            g_strdup (_ ("Several GPUs can be spared: name one, as in 'virtflow setup 01:00.0'."));
        g_ptr_array_add (items, item);
        return;
    }
    item = vf_setup_item_new (
        "desktop", VF_EFFECT_LOGIN,
        g_strdup_printf (
            _ ("The desktop uses %s and leaves %s to VMs: a monitor at that card shows "
               "no desktop any more."),
            vf_pci_address_format (shown.address).text,
            vf_pci_address_format (spare.address).text));
    files = vf_desktop_pin_files (vf_gpu_display (&spare)->address,
                                  vf_gpu_display (&shown)->address, scene->files->xorg);
    add_missing (item, scene->files, files);
    item->follow_ups = VF_FOLLOW_UP_UDEV;
    keep_if_useful (items, item);
}

GPtrArray *
vf_setup_plan (const VfSetupScene *scene, const VfSetupWish *wish)
{
    GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_setup_item_free);

    plan_command_line (scene, items);
    plan_reservations (scene, items);
    plan_hook (scene, items);
    plan_group (scene, wish->user, items);
    plan_desktop (scene, wish->gpu, items);
    return items;
}
