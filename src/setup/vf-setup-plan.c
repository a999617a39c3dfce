/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what set-up puts right, and when. */
#include "vf-setup-plan.h"

#include "vf-boot-words.h"
#include "vf-setup-desktop.h"
#include "vf-setup-modprobe.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define HOOK "etc/libvirt/hooks/qemu.d/50-virtflow"
#define HOOK_PROGRAM "/usr/lib/libvirt/virtflow-hook"
#define GROUP "libvirt"

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

/* The words of the command line by which somebody has reserved a GPU for VMs, which belong to the
 * facts; and what is to stand there in their place, for other devices. */
static void
find_reserving_words (const VfSetupScene *scene, GPtrArray *unwanted, GPtrArray *wanted)
{
    const GPtrArray *reservations = scene->host->reservations;

    for (guint i = 0; i < reservations->len; i++) {
        const VfSetting *setting = reservations->pdata[i];
        char *rest;

        if (*setting->place == '/' || !vf_gpu_any_named_in (setting->text, scene->machine))
            continue;
        g_ptr_array_add (unwanted, g_strdup (setting->text));
        rest = vf_setup_modprobe_without_gpus (setting->text, scene->machine);
        if (rest != NULL)
            g_ptr_array_add (wanted, rest);
    }
}

/* Those of @words that the kernel that runs has, or has not; they belong to @words. The caller owns
 * the array, which ends with NULL. */
static GPtrArray *
select_words (const VfHostFacts *host, const GPtrArray *words, gboolean has)
{
    GPtrArray *selected = g_ptr_array_new ();

    for (guint i = 0; words->pdata[i] != NULL; i++) {
        if (vf_host_facts_has_word (host, words->pdata[i]) == has)
            g_ptr_array_add (selected, words->pdata[i]);
    }
    g_ptr_array_add (selected, NULL);
    return selected;
}

static VfBootWords
boot_words (const GPtrArray *wanted, const GPtrArray *unwanted)
{
    return (VfBootWords){ (const char *const *) wanted->pdata,
                          (const char *const *) unwanted->pdata };
}

/* What no file of the host can put right; or NULL. */
static const char *
advice_besides (const VfHostFacts *host, const VfSetupItem *item, const VfBootWords *lacking)
{
    if (host->firmware_iommu == VF_ANSWER_NO
        || (*lacking->wanted == NULL && *lacking->unwanted == NULL))
        return is_intel (host) ? _ ("Turn on VT-d in the firmware.")
                               : _ ("Turn on IOMMU (AMD-Vi) in the firmware; where it says 'Auto', "
                                    "choose 'Enabled'.");
    return item->amendments->len == 0 ? _ (
               "The boot loader has the right words already: restart the host. If you have, it "
               "was started by another boot loader or entry, which lacks them.")
                                      : NULL;
}

/* AMD's IOMMU needs no word: the kernel uses what the firmware describes (amd_iommu_init). With
 * iommu=pt the devices of the host itself are not slowed down by it. */
static void
plan_command_line (const VfSetupScene *scene, GPtrArray *items)
{
    static const char *const intel[] = { "intel_iommu=on", "iommu=pt" };
    static const char *const off[] = { "intel_iommu=off", "amd_iommu=off", "iommu=off" };
    g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GPtrArray) unwanted = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GPtrArray) missing = NULL;
    g_autoptr (GPtrArray) present = NULL;
    gboolean lacks_iommu = !vf_snapshot_has_iommu (scene->machine);
    VfBootWords words, lacking;
    VfSetupItem *item;

    find_reserving_words (scene, unwanted, wanted);
    if (!lacks_iommu && unwanted->len == 0)
        return;
    for (guint i = 0; i < G_N_ELEMENTS (off) && lacks_iommu; i++)
        g_ptr_array_add (unwanted, g_strdup (off[i]));
    for (guint i = 0; i < G_N_ELEMENTS (intel) && lacks_iommu && is_intel (scene->host); i++)
        g_ptr_array_add (wanted, g_strdup (intel[i]));
    g_ptr_array_add (unwanted, NULL);
    g_ptr_array_add (wanted, NULL);
    item = vf_setup_item_new (
        "command-line", VF_EFFECT_RESTART,
        g_strdup (lacks_iommu
                      ? _ ("The kernel uses the IOMMU, without which no device can be given "
                           "to a VM.")
                      : _ ("No GPU is reserved for VMs when the host starts: it is lent when "
                           "a VM needs it.")));
    missing = select_words (scene->host, wanted, FALSE);
    present = select_words (scene->host, unwanted, TRUE);
    words = boot_words (wanted, unwanted);
    lacking = boot_words (missing, present);
    vf_boot_words_put_right (item, scene->files, &words, &lacking);
    if (item->by_hand == NULL && lacks_iommu)
        item->by_hand = g_strdup (advice_besides (scene->host, item, &lacking));
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

/* What useradd(8) takes, and a directory's names with a dot. */
static gboolean
is_plain_name (const char *name)
{
    return *name != '\0'
           && strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
                  == strlen (name);
}

static void
plan_group (const VfSetupScene *scene, const char *user, GPtrArray *items)
{
    static const char *const paths[] = { "etc/group", "etc/gshadow" };
    VfSetupItem *item;

    if (user == NULL || !is_plain_name (user))
        return;
    item = vf_setup_item_new (
        "group", VF_EFFECT_LOGIN,
        g_strdup_printf (_ ("The user %s may use VMs without a password, as a member of the group "
                            "%s. That is as much as being root."),
                         user, GROUP));
    for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
        const char *text = vf_setup_facts_text (scene->files, paths[i]);
        g_autofree char *member = g_strconcat (GROUP ":", user, NULL);
        VfAmendment *amendment = vf_amendment_new (VF_AMENDMENT_MEMBER, paths[i], NULL, member);
        g_autofree char *amended = vf_amendment_apply (amendment, text, NULL);

        if (amended != NULL && strcmp (amended, text) != 0)
            vf_setup_item_add (item, amendment);
        else
            vf_amendment_free (amendment);
    }
    keep_if_useful (items, item);
}

/* What is configured elsewhere would be written over, or not be read. */
static void
leave_to_configuration (GPtrArray *items)
{
    for (guint i = 0; i < items->len; i++) {
        VfSetupItem *item = items->pdata[i];

        if (item->amendments->len == 0)
            continue;
        g_ptr_array_set_size (item->amendments, 0);
        item->follow_ups = 0;
        g_free (item->by_hand);
        item->by_hand = g_strdup (_ ("This system makes its files from a configuration of its own: "
                                     "have them made by that. 'virtflow help nixos' says what is "
                                     "needed."));
    }
}

/* The files are right, and who reads them may not know. */
static void
plan_unfinished (const VfSetupScene *scene, GPtrArray *items)
{
    VfSetupItem *item;

    if (scene->pending == 0)
        return;
    item = vf_setup_item_new (
        "unfinished", VF_EFFECT_RESTART,
        g_strdup (
            _ ("An earlier set-up was interrupted, or its last part failed: what reads the files "
               "that it changed is told once more.")));
    item->follow_ups = scene->pending;
    g_ptr_array_add (items, item);
}

GPtrArray *
vf_setup_plan (const VfSetupScene *scene, const VfSetupWish *wish)
{
    GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_setup_item_free);

    plan_unfinished (scene, items);
    plan_command_line (scene, items);
    keep_if_useful (items, vf_setup_modprobe_free_gpus (scene));
    keep_if_useful (items, vf_setup_modprobe_lift_bans (scene));
    plan_hook (scene, items);
    plan_group (scene, wish->user, items);
    keep_if_useful (items, vf_setup_desktop_pin (scene, wish->gpu));
    if (scene->files->system == VF_SYSTEM_NIXOS)
        leave_to_configuration (items);
    return items;
}
