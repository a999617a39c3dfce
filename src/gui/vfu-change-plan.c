/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the page that a change begins with. */
#include "vfu-change-plan.h"

#include "vfl-fact.h"
#include "vfl-forecast.h"
#include "vfu-facts.h"

#include <glib/gi18n.h>

struct _VfuChangePlan {
    GtkWidget parent;
    VflHost *host;
    VflChange *change;
    GListStore *consequence_facts;
    GListStore *reason_facts;
    GListStore *advice_facts;
    gboolean inputs_shown;
    GtkWidget *page;
    GtkWidget *choices;
    AdwComboRow *gpu;
    AdwComboRow *when;
    AdwExpanderRow *inputs;
    GtkListBox *reasons;
    GtkListBox *consequences;
    GtkListBox *advice;
    GtkWidget *reasons_group;
    GtkWidget *pin;
    GtkWidget *consequences_group;
    GtkWidget *advice_group;
    GtkWidget *details_group;
    GtkLabel *details;
};
G_DEFINE_FINAL_TYPE (VfuChangePlan, vfu_change_plan, GTK_TYPE_WIDGET)

static void
on_gpu (VfuChangePlan *self)
{
    if (self->change != NULL)
        vfl_change_set_gpu (self->change, adw_combo_row_get_selected_item (self->gpu));
}

static void
on_when (VfuChangePlan *self)
{
    if (self->change != NULL)
        vfl_change_set_on_start (self->change, adw_combo_row_get_selected (self->when) == 1);
}

static void
on_input (GtkCheckButton *check, GParamSpec *property, gpointer data)
{
    VfuChangePlan *self = data;
    const VfInput *input = g_object_get_data (G_OBJECT (check), "input");

    vfl_change_set_input (self->change, input, gtk_check_button_get_active (check));
}

static void
add_input (VfuChangePlan *self, const VfInputChoice *choice)
{
    GtkWidget *row = adw_action_row_new ();
    GtkWidget *check = gtk_check_button_new ();

    g_object_set (row, "use-markup", FALSE, "title", choice->name, "title-lines", 0, "subtitle",
                  choice->input->kind == VF_INPUT_USB
                      ? _ ("USB device: the machine alone has it while it runs")
                      : _ ("Shared: both Ctrl keys together switch between host and machine"),
                  "subtitle-lines", 0, "activatable-widget", check, NULL);
    gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
    gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    choice->name, -1);
    gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                                 vfl_change_wants_input (self->change, choice->input));
    g_object_set_data (G_OBJECT (check), "input", choice->input);
    g_signal_connect (check, "notify::active", G_CALLBACK (on_input), self);
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
    adw_expander_row_add_row (self->inputs, row);
}

static void
show_inputs (VfuChangePlan *self)
{
    const GPtrArray *choices = vfl_change_input_choices (self->change);

    if (self->inputs_shown || choices == NULL)
        return;
    for (guint i = 0; i < choices->len; i++)
        add_input (self, g_ptr_array_index (choices, i));
    if (choices->len == 0) {
        adw_expander_row_set_subtitle (self->inputs,
                                       _ ("This host shows none that could be given"));
        adw_expander_row_set_enable_expansion (self->inputs, FALSE);
    }
    self->inputs_shown = TRUE;
}

static void show_gpus (VfuChangePlan *self, VflGpu *best);

static void
update (VfuChangePlan *self)
{
    g_autofree char *details = vfl_forecast_details (self->change);

    if (vfl_change_is_activation (self->change) && vfl_change_gpu (self->change) != NULL
        && !gtk_widget_get_visible (GTK_WIDGET (self->gpu)))
        show_gpus (self, vfl_change_gpu (self->change));

    vfl_forecast_show_consequences (self->change, vfl_host_daemon (self->host),
                                    self->consequence_facts);
    vfl_forecast_show_reasons (self->change, self->reason_facts);
    vfl_forecast_show_advice (self->change, self->advice_facts);
    gtk_widget_set_visible (self->pin, vfl_change_desktop (self->change) != NULL);
    gtk_label_set_label (self->details, details);
    gtk_widget_set_visible (self->details_group, *details != '\0');
    gtk_widget_set_visible (self->consequences_group,
                            vfl_change_phase (self->change) != VFL_CHANGE_REFUSED);
    if (vfl_change_is_activation (self->change))
        show_inputs (self);
}

static void
vfu_change_plan_dispose (GObject *object)
{
    VfuChangePlan *self = VFU_CHANGE_PLAN (object);

    g_clear_object (&self->change);
    g_clear_object (&self->host);
    g_clear_pointer (&self->page, gtk_widget_unparent);
    G_OBJECT_CLASS (vfu_change_plan_parent_class)->dispose (object);
}

static void
vfu_change_plan_finalize (GObject *object)
{
    VfuChangePlan *self = VFU_CHANGE_PLAN (object);

    g_object_unref (self->consequence_facts);
    g_object_unref (self->reason_facts);
    g_object_unref (self->advice_facts);
    G_OBJECT_CLASS (vfu_change_plan_parent_class)->finalize (object);
}

static void
vfu_change_plan_class_init (VfuChangePlanClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

    G_OBJECT_CLASS (class)->dispose = vfu_change_plan_dispose;
    G_OBJECT_CLASS (class)->finalize = vfu_change_plan_finalize;
    gtk_widget_class_set_template_from_resource (widget_class,
                                                 "/org/virtflow/VirtFlow/vfu-change-plan.ui");
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, page);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, choices);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, gpu);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, when);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, inputs);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, reasons);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, consequences);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, advice);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, reasons_group);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, pin);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, consequences_group);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, advice_group);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, details_group);
    gtk_widget_class_bind_template_child (widget_class, VfuChangePlan, details);
    gtk_widget_class_bind_template_callback (widget_class, on_gpu);
    gtk_widget_class_bind_template_callback (widget_class, on_when);
}

static void
vfu_change_plan_init (VfuChangePlan *self)
{
    self->consequence_facts = g_list_store_new (VFL_TYPE_FACT);
    self->reason_facts = g_list_store_new (VFL_TYPE_FACT);
    self->advice_facts = g_list_store_new (VFL_TYPE_FACT);
    gtk_widget_init_template (GTK_WIDGET (self));
    vfu_facts_bind (self->consequences, G_LIST_MODEL (self->consequence_facts), NULL);
    vfu_facts_bind (self->reasons, G_LIST_MODEL (self->reason_facts), self->reasons_group);
    vfu_facts_bind (self->advice, G_LIST_MODEL (self->advice_facts), self->advice_group);
}

/* The host's own display is no card to choose. */
static gboolean
could_be_chosen (gpointer item, gpointer data)
{
    return !vfl_gpu_is_host_display (item);
}

static char *
describe_gpu (gpointer item)
{
    return g_strdup_printf ("%s (%s)", vfl_gpu_name (item), vfl_gpu_address (item));
}

static void
show_gpus (VfuChangePlan *self, VflGpu *best)
{
    GListModel *gpus = vfl_daemon_gpus (vfl_host_daemon (self->host));
    GtkFilter *filter = GTK_FILTER (gtk_custom_filter_new (could_be_chosen, NULL, NULL));
    g_autoptr (GListModel) choices =
        G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (gpus), filter));
    g_autoptr (GtkExpression) words = gtk_cclosure_expression_new (
        G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (describe_gpu), NULL, NULL);

    gtk_widget_set_visible (GTK_WIDGET (self->gpu), TRUE);
    adw_combo_row_set_expression (self->gpu, words);
    adw_combo_row_set_model (self->gpu, choices);
    for (guint i = 0; i < g_list_model_get_n_items (choices); i++) {
        g_autoptr (VflGpu) gpu = g_list_model_get_item (choices, i);

        if (gpu == best)
            adw_combo_row_set_selected (self->gpu, i);
    }
}

void
vfu_change_plan_show (VfuChangePlan *self, VflHost *host, VflChange *change)
{
    VflGpu *best = vfl_change_gpu (change);

    self->host = g_object_ref (host);
    gtk_widget_set_visible (self->choices, vfl_change_is_activation (change));
    if (vfl_change_is_activation (change) && best != NULL)
        show_gpus (self, best);
    self->change = g_object_ref (change);
    gtk_widget_set_visible (GTK_WIDGET (self->gpu), best != NULL);
    g_signal_connect_object (change, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    update (self);
}
