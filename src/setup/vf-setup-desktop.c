/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which GPU the desktop leaves alone, and when a person has to say. */
#include "vf-setup-desktop.h"

#include "vf-desktop-pin.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Which cards a desktop could use, and which it could leave alone. */
typedef struct {
    GArray *gpus;   /* VfGpu */
    GArray *shown;  /* VfGpu: the host's picture comes from it */
    GArray *spares; /* VfGpu: the other ones */
} Cards;

static void
cards_clear (Cards *cards)
{
    g_array_unref (cards->gpus);
    g_array_unref (cards->shown);
    g_array_unref (cards->spares);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cards, cards_clear)

static Cards
sort_cards (const VfSnapshot *machine)
{
    Cards cards = { vf_gpu_list (machine), g_array_new (FALSE, FALSE, sizeof (VfGpu)),
                    g_array_new (FALSE, FALSE, sizeof (VfGpu)) };

    for (guint i = 0; i < cards.gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (cards.gpus, VfGpu, i);
        g_autofree char *evidence = vf_gpu_host_display_evidence (gpu, machine);

        g_array_append_val (evidence != NULL ? cards.shown : cards.spares, *gpu);
    }
    return cards;
}

static const VfGpu *
find_card (const GArray *gpus, VfPciAddress address)
{
    for (guint i = 0; i < gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);

        if (vf_pci_address_same_slot (gpu->address, address))
            return gpu;
    }
    return NULL;
}

static GPtrArray *
pin_files (const VfSetupScene *scene, const VfGpu *spare, const VfGpu *shown)
{
    return vf_desktop_pin_files (vf_gpu_display (spare), vf_gpu_display (shown),
                                 scene->files->xorg);
}

/* The card that set-up has kept the desktop off already; NULL for none. */
static const VfGpu *
find_pinned (const VfSetupScene *scene, const Cards *cards, const VfGpu *shown)
{
    for (guint i = 0; i < cards->spares->len; i++) {
        const VfGpu *spare = &g_array_index (cards->spares, VfGpu, i);
        g_autoptr (GPtrArray) files = pin_files (scene, spare, shown);
        const VfAmendment *rules = files->pdata[0];

        if (g_strcmp0 (vf_setup_facts_text (scene->files, rules->path), rules->after) == 0)
            return spare;
    }
    return NULL;
}

static void
add_missing (VfSetupItem *item, const VfSetupFacts *files, GPtrArray *wanted)
{
    while (wanted->len > 0) {
        VfAmendment *amendment = g_ptr_array_steal_index (wanted, 0);

        /* What somebody has made of such a file is his. */
        if (vf_setup_facts_text (files, amendment->path) == NULL)
            vf_setup_item_add (item, amendment);
        else
            vf_amendment_free (amendment);
    }
}

/* logind takes the card from a session that runs as soon as udev has applied the rule
 * (manager_process_seat_device in src/login/logind-core.c). */
static VfSetupItem *
pin (const VfSetupScene *scene, const VfGpu *spare, const VfGpu *shown)
{
    g_autoptr (GPtrArray) files = pin_files (scene, spare, shown);
    const char *lit = vf_gpu_display (spare)->enabled_connector;
    VfPciAddressText left = vf_pci_address_format (spare->address);
    VfPciAddressText used = vf_pci_address_format (shown->address);
    VfSetupItem *item = vf_setup_item_new (
        "desktop", VF_EFFECT_LOGIN,
        lit != NULL ? g_strdup_printf (_ ("The desktop uses %s and leaves %s to VMs. What is shown "
                                          "at its connector %s now may "
                                          "stop at once: save your work before."),
                                       used.text, left.text, lit)
                    : g_strdup_printf (
                        _ ("The desktop uses %s and leaves %s to VMs: a monitor at that card shows "
                           "no desktop any more."),
                        used.text, left.text));

    add_missing (item, scene->files, files);
    item->follow_ups = VF_FOLLOW_UP_UDEV;
    return item;
}

/* Why an earlier set-up does not fit any more: a card was moved, and with it the addresses, or the
 * host shows its picture on the very card. NULL when there was none, or it fits. */
static char *
outdated (const VfSetupScene *scene, const Cards *cards)
{
    const char *rules = vf_setup_facts_text (scene->files, VF_DESKTOP_PIN_RULES);
    VfPciAddress spare;

    if (rules == NULL || !vf_desktop_pin_read (rules, &spare))
        return NULL;
    if (find_card (cards->shown, spare) != NULL)
        return g_strdup_printf (
            _ ("An earlier set-up keeps the desktop off %s, on which the host shows its picture by "
               "now: run 'virtflow setup --undo', then 'virtflow setup' once more."),
            vf_pci_address_format (spare).text);
    return g_strdup (
        _ ("An earlier set-up has kept the desktop off a GPU, and cards have other addresses "
           "since: run 'virtflow setup --undo', then 'virtflow setup' once more."));
}

/* Why a desktop on @shown alone would be none, or @spare is hardly what VMs are to have; NULL for
 * neither. */
static char *
find_regret (const VfGpu *spare, const VfGpu *shown, gboolean named)
{
    const char *shown_monitor = vf_gpu_display (shown)->monitor;
    const char *spare_monitor = vf_gpu_display (spare)->monitor;
    VfPciAddressText left = vf_pci_address_format (spare->address);
    VfPciAddressText used = vf_pci_address_format (shown->address);

    if (!named && vf_gpu_is_built_in (spare) && !vf_gpu_is_built_in (shown))
        return g_strdup_printf (
            _ ("The host shows its picture on the card %s. To lend that, plug a monitor into the "
               "mainboard, choose the built-in graphics %s as the primary display in the firmware, "
               "restart the host, and run 'virtflow setup' again. To lend the built-in graphics, "
               "name them: 'virtflow setup %s'."),
            used.text, left.text, left.text);
    if (shown_monitor != NULL && *shown_monitor == '\0' && spare_monitor != NULL
        && *spare_monitor != '\0')
        return g_strdup_printf (
            _ ("No monitor is plugged into %s, which the desktop would use, and one is into %s: "
               "plug one into the first, then run 'virtflow setup' again."),
            used.text, left.text);
    return NULL;
}

/* Why nobody but a person can say which card the desktop is to leave alone; NULL when that is
 * clear: *@spare then, or none has to be. */
static char *
find_obstacle (const VfSetupScene *scene,
               const Cards *cards,
               const VfPciAddress *wanted,
               const VfGpu **spare)
{
    const VfGpu *shown = cards->shown->len > 0 ? &g_array_index (cards->shown, VfGpu, 0) : NULL;
    const VfGpu *pinned = shown != NULL ? find_pinned (scene, cards, shown) : NULL;
    char *obsolete = pinned == NULL ? outdated (scene, cards) : NULL;

    *spare = wanted != NULL ? find_card (cards->spares, *wanted) : pinned;
    if (obsolete != NULL)
        return obsolete;
    if (wanted != NULL && *spare == NULL)
        return g_strdup (_ ("The host shows its picture on that GPU: choose the other one as "
                            "primary display in the firmware, with the monitor on it."));
    if (cards->spares->len == 0 || cards->gpus->len < 2)
        return NULL;
    if (cards->shown->len != 1)
        return g_strdup (_ ("Which GPU shows the host's picture is not clear: tell your desktop by "
                            "its own means which one to use."));
    if (wanted == NULL && pinned == NULL && cards->spares->len > 1)
        return g_strdup (
            _ ("Several GPUs can be spared: name one, as in 'virtflow setup 01:00.0'."));
    if (pinned != NULL && *spare != pinned)
        return g_strdup (
            _ ("The desktop leaves another GPU alone already: run 'virtflow setup --undo' first."));
    if (*spare == NULL)
        *spare = &g_array_index (cards->spares, VfGpu, 0);
    return pinned == NULL ? find_regret (*spare, shown, wanted != NULL) : NULL;
}

VfSetupItem *
vf_setup_desktop_pin (const VfSetupScene *scene, const VfPciAddress *wanted)
{
    g_auto (Cards) cards = sort_cards (scene->machine);
    const VfGpu *spare = NULL;
    g_autofree char *obstacle = find_obstacle (scene, &cards, wanted, &spare);
    VfSetupItem *item;

    if (obstacle == NULL && spare != NULL)
        return pin (scene, spare, &g_array_index (cards.shown, VfGpu, 0));
    item = vf_setup_item_new ("desktop", VF_EFFECT_LOGIN,
                              g_strdup (_ ("The desktop leaves a GPU to VMs.")));
    item->by_hand = g_steal_pointer (&obstacle);
    return item;
}
