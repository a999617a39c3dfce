/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rows that describe a GPU. */
#include "vfl-inspection.h"

#include "vf-text.h"
#include "vf-translation.h"
#include "vfl-fact.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _VflInspection {
    GObject parent;
    VflDaemon *daemon;
    VflGpu *gpu;
    GVariant *answer; /* the last one of Inspect; NULL at first */
    GListStore *facts;
    GListStore *moves;
    GListStore *holders;
    GListStore *reasons;
};
G_DEFINE_FINAL_TYPE (VflInspection, vfl_inspection, G_TYPE_OBJECT)

/* Whose card it is now, or may be. */
static void
add_owner (VflInspection *self, GPtrArray *shown)
{
    const VfPairing *pairing =
        vfl_daemon_find_pairing_of_gpu (self->daemon, vfl_gpu_address (self->gpu));
    g_autoptr (VfClaim) claim = vfl_gpu_claim (self->gpu);

    if (claim->kind != VF_CLAIM_NONE)
        vfl_fact_add (shown, _ ("Reserved for"), "%s", claim->label);
    if (pairing != NULL)
        vfl_fact_add (shown, _ ("Belongs to the machine"), "%s", pairing->name);
}

static void
add_power (VflInspection *self, GPtrArray *shown)
{
    g_autoptr (GVariant) facts =
        self->answer != NULL ? g_variant_get_child_value (self->answer, 0) : NULL;
    const char *power = NULL;
    const char *reset = NULL;
    const char *monitor = NULL;

    if (facts == NULL)
        return;
    g_variant_lookup (facts, "power", "&s", &power);
    g_variant_lookup (facts, "reset-methods", "&s", &reset);
    if (g_strcmp0 (power, "suspended") == 0)
        vfl_fact_add (shown, _ ("Power"), "%s", _ ("asleep"));
    else if (g_strcmp0 (power, "active") == 0)
        vfl_fact_add (shown, _ ("Power"), "%s", _ ("awake"));
    if (g_variant_lookup (facts, "monitor", "&s", &monitor))
        vfl_fact_add (shown, _ ("Monitor"), "%s",
                      *monitor != '\0' ? monitor : _ ("none is plugged in"));
    if (reset != NULL && *reset != '\0')
        vfl_fact_add (shown, _ ("Ways to reset it"), "%s", reset);
}

static void
show_facts (VflInspection *self)
{
    g_autoptr (GPtrArray) shown = vfl_facts_new ();
    VflFunction display;

    add_owner (self, shown);
    if (vfl_gpu_is_host_display (self->gpu))
        vfl_fact_add (shown, _ ("Host’s picture"), "%s", _ ("comes from this card"));
    vfl_fact_add (shown, _ ("Address"), "%s", vfl_gpu_address (self->gpu));
    if (vfl_gpu_n_functions (self->gpu) == 0) {
        vfl_facts_show (self->facts, shown);
        return;
    }
    display = vfl_gpu_function (self->gpu, 0);
    vfl_fact_add (shown, _ ("Driver"), "%s", *display.driver != '\0' ? display.driver : _ ("none"));
    if (display.iommu_group != VF_NO_IOMMU_GROUP)
        vfl_fact_add (shown, _ ("IOMMU group"), "%d", display.iommu_group);
    vfl_fact_add (shown, _ ("Vendor and device"), "%s", display.ids);
    add_power (self, shown);
    vfl_facts_show (self->facts, shown);
}

static void
show_moves (VflInspection *self)
{
    g_autoptr (GPtrArray) shown = vfl_facts_new ();

    for (guint i = 1; i < vfl_gpu_n_functions (self->gpu); i++) {
        VflFunction function = vfl_gpu_function (self->gpu, i);

        vfl_fact_add (shown, function.name, "%s · %s · %s",
                      vf_pci_function_kind_words (function.kind), function.address,
                      *function.driver != '\0' ? function.driver : _ ("no driver"));
    }
    vfl_facts_show (self->moves, shown);
}

static void
show_reasons (VflInspection *self)
{
    g_autoptr (GPtrArray) blockers = vfl_gpu_blockers (self->gpu);
    g_autoptr (GPtrArray) shown = vfl_facts_new ();
    static const char *const states[] = { "host", "foreign", "wedged", NULL };
    gboolean counts = g_strv_contains (states, vfl_gpu_state (self->gpu));

    for (guint i = 0; counts && i < blockers->len; i++) {
        const VfBlocker *blocker = g_ptr_array_index (blockers, i);
        g_autofree char *subject = vf_translation_of (blocker->subject);

        vfl_fact_add (shown, subject, "%s", blocker->sentence);
    }
    vfl_facts_show (self->reasons, shown);
}

static void
show_holders (VflInspection *self)
{
    g_autoptr (GVariant) processes =
        self->answer != NULL ? g_variant_get_child_value (self->answer, 1) : NULL;
    g_autoptr (GPtrArray) holders = processes != NULL ? vf_holders_from_variant (processes) : NULL;
    g_autoptr (GPtrArray) shown = vfl_facts_new ();

    for (guint i = 0; holders != NULL && i < holders->len; i++) {
        const VfHolder *holder = g_ptr_array_index (holders, i);
        g_autofree char *title =
            g_strdup_printf (_ ("%s (process %u)"), holder->command, holder->pid);

        if (*holder->unit != '\0')
            vfl_fact_add (shown, title, _ ("user %s · %s · %s"), holder->user, holder->unit,
                          holder->node);
        else
            vfl_fact_add (shown, title, _ ("user %s · %s"), holder->user, holder->node);
    }
    vfl_facts_show (self->holders, shown);
}

static void
show (VflInspection *self)
{
    show_facts (self);
    show_moves (self);
    show_reasons (self);
    show_holders (self);
}

static void
on_inspected (GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr (VflInspection) self = data;
    GVariant *answer = vfl_daemon_answer (result, NULL);

    if (answer == NULL)
        return;
    g_clear_pointer (&self->answer, g_variant_unref);
    self->answer = answer;
    show (self);
}

static void
look (VflInspection *self)
{
    show (self);
    /* Each switch asks who holds the card by itself. */
    if (!vfl_gpu_is_switching (self->gpu))
        vfl_daemon_inspect (self->daemon, self->gpu, on_inspected, g_object_ref (self));
}

GListModel *
vfl_inspection_facts (VflInspection *self)
{
    return G_LIST_MODEL (self->facts);
}

GListModel *
vfl_inspection_moves (VflInspection *self)
{
    return G_LIST_MODEL (self->moves);
}

GListModel *
vfl_inspection_holders (VflInspection *self)
{
    return G_LIST_MODEL (self->holders);
}

GListModel *
vfl_inspection_reasons (VflInspection *self)
{
    return G_LIST_MODEL (self->reasons);
}

static void
vfl_inspection_finalize (GObject *object)
{
    VflInspection *self = VFL_INSPECTION (object);

    g_clear_pointer (&self->answer, g_variant_unref);
    g_object_unref (self->daemon);
    g_object_unref (self->gpu);
    g_object_unref (self->facts);
    g_object_unref (self->moves);
    g_object_unref (self->holders);
    g_object_unref (self->reasons);
    G_OBJECT_CLASS (vfl_inspection_parent_class)->finalize (object);
}

static void
vfl_inspection_class_init (VflInspectionClass *class)
{
    G_OBJECT_CLASS (class)->finalize = vfl_inspection_finalize;
}

static void
vfl_inspection_init (VflInspection *self)
{
    self->facts = g_list_store_new (VFL_TYPE_FACT);
    self->moves = g_list_store_new (VFL_TYPE_FACT);
    self->holders = g_list_store_new (VFL_TYPE_FACT);
    self->reasons = g_list_store_new (VFL_TYPE_FACT);
}

VflInspection *
vfl_inspection_new (VflDaemon *daemon, VflGpu *gpu)
{
    VflInspection *self = g_object_new (VFL_TYPE_INSPECTION, NULL);

    self->daemon = g_object_ref (daemon);
    self->gpu = g_object_ref (gpu);
    g_signal_connect_object (gpu, "changed", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (daemon, "pairings", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    look (self);
    return self;
}
