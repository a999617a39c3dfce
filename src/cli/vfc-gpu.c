/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how GPUs look in tables and in JSON. */
#include "vfc-gpu.h"

#include "vf-pci-function.h"
#include "vf-text.h"

#include <string.h>

static void
function_free (gpointer data)
{
    VfcFunction *function = data;

    g_free (function->address);
    g_free (function->kind);
    g_free (function->ids);
    g_free (function->driver);
    g_free (function->name);
    g_free (function);
}

VfcGpu *
vfc_gpu_new (const char *address, const char *name, const char *state)
{
    VfcGpu *gpu = g_new0 (VfcGpu, 1);

    gpu->address = g_strdup (address);
    gpu->name = g_strdup (name);
    gpu->state = g_strdup (state);
    gpu->functions = g_ptr_array_new_with_free_func (function_free);
    return gpu;
}

void
vfc_gpu_free (VfcGpu *gpu)
{
    g_free (gpu->address);
    g_free (gpu->name);
    g_free (gpu->state);
    g_clear_pointer (&gpu->claim, vf_claim_free);
    g_ptr_array_unref (gpu->functions);
    g_clear_pointer (&gpu->blockers, g_ptr_array_unref);
    g_free (gpu);
}

void
vfc_gpu_add_function (VfcGpu *gpu, VfcFunction function)
{
    VfcFunction *copy = g_new (VfcFunction, 1);

    *copy = (VfcFunction){
        .address = g_strdup (function.address),
        .kind = g_strdup (function.kind),
        .ids = g_strdup (function.ids),
        .driver = g_strdup (function.driver),
        .name = g_strdup (function.name),
        .iommu_group = function.iommu_group,
    };
    g_ptr_array_add (gpu->functions, copy);
}

VfcGpu *
vfc_gpu_from_client (VfClientGpu *source)
{
    VfcGpu *gpu = vfc_gpu_new (vf_dbus_gpu_get_address (source), vf_dbus_gpu_get_name (source),
                               vf_dbus_gpu_get_state (source));
    GVariant *claimant = vf_dbus_gpu_get_claimant (source);
    GVariant *blockers = vf_dbus_gpu_get_blockers (source);
    GVariantIter functions;
    VfcFunction function;

    gpu->host_display = vf_dbus_gpu_get_host_display (source);
    gpu->claim = claimant != NULL ? vf_claim_from_variant (claimant) : NULL;
    gpu->blockers = blockers != NULL ? vf_blockers_from_variant (blockers) : NULL;
    if (vf_dbus_gpu_get_functions (source) == NULL)
        return gpu;
    g_variant_iter_init (&functions, vf_dbus_gpu_get_functions (source));
    while (g_variant_iter_next (&functions, "(&s&s&s&s&si)", &function.address, &function.kind,
                                &function.ids, &function.driver, &function.name,
                                &function.iommu_group))
        vfc_gpu_add_function (gpu, function);
    return gpu;
}

gboolean
vfc_gpu_is_of_vm (VfClientGpu *gpu, const char *uuid)
{
    GVariant *claimant = vf_dbus_gpu_get_claimant (gpu);
    g_autoptr (VfClaim) claim = claimant != NULL ? vf_claim_from_variant (claimant) : NULL;

    return claim != NULL && claim->kind == VF_CLAIM_VM && strcmp (claim->id, uuid) == 0;
}

GPtrArray *
vfc_gpu_list_from_client (VfClient *client)
{
    g_autoptr (GPtrArray) sources = vf_client_list_gpus (client);
    GPtrArray *gpus = g_ptr_array_new_with_free_func ((GDestroyNotify) vfc_gpu_free);

    for (guint i = 0; i < sources->len; i++)
        g_ptr_array_add (gpus, vfc_gpu_from_client (g_ptr_array_index (sources, i)));
    return gpus;
}

static const struct {
    const char *state;
    const char *color;
} colors[] = {
    { "host", "green" },    { "lending", "yellow" },   { "lent", "yellow" },
    { "in-use", "yellow" }, { "returning", "yellow" }, { "mixed", "red" },
    { "wedged", "red" },    { "foreign", "gray" },
};

char *
vfc_gpu_describe_state (const VfcGpu *gpu)
{
    return vf_text_gpu_state (gpu->state, gpu->claim, gpu->host_display);
}

static const char *
state_color (const char *state)
{
    for (gsize i = 0; i < G_N_ELEMENTS (colors); i++)
        if (strcmp (colors[i].state, state) == 0)
            return colors[i].color;
    return NULL;
}

static void
add_claim (const VfClaim *claim, JsonBuilder *builder)
{
    json_builder_set_member_name (builder, "claimant");
    if (claim == NULL || claim->kind == VF_CLAIM_NONE) {
        json_builder_add_null_value (builder);
        return;
    }
    json_builder_begin_object (builder);
    vfc_json_text (builder, "kind", vf_claim_kind_id (claim->kind));
    vfc_json_text (builder, "id", claim->id);
    vfc_json_text (builder, "label", claim->label);
    json_builder_end_object (builder);
}

static void
add_function (const VfcFunction *function, JsonBuilder *builder)
{
    json_builder_begin_object (builder);
    vfc_json_text (builder, "address", function->address);
    vfc_json_text (builder, "kind", function->kind);
    vfc_json_text (builder, "ids", function->ids);
    vfc_json_text (builder, "name", function->name);
    vfc_json_text (builder, "driver", *function->driver != '\0' ? function->driver : NULL);
    json_builder_set_member_name (builder, "iommu_group");
    if (function->iommu_group == VF_NO_IOMMU_GROUP)
        json_builder_add_null_value (builder);
    else
        json_builder_add_int_value (builder, function->iommu_group);
    json_builder_end_object (builder);
}

void
vfc_gpu_add_json_members (const VfcGpu *gpu, JsonBuilder *builder)
{
    vfc_json_text (builder, "address", gpu->address);
    vfc_json_text (builder, "name", gpu->name);
    vfc_json_text (builder, "state", gpu->state);
    vfc_json_flag (builder, "host_display", gpu->host_display);
    add_claim (gpu->claim, builder);
    json_builder_set_member_name (builder, "functions");
    json_builder_begin_array (builder);
    for (guint i = 0; i < gpu->functions->len; i++)
        add_function (g_ptr_array_index (gpu->functions, i), builder);
    json_builder_end_array (builder);
    vfc_json_blockers (builder, gpu->blockers);
}

void
vfc_gpu_add_json (const VfcGpu *gpu, JsonBuilder *builder)
{
    json_builder_set_member_name (builder, "gpu");
    json_builder_begin_object (builder);
    vfc_gpu_add_json_members (gpu, builder);
    json_builder_end_object (builder);
}

void
vfc_gpu_add_json_list (const GPtrArray *gpus, JsonBuilder *builder)
{
    json_builder_set_member_name (builder, "gpus");
    json_builder_begin_array (builder);
    for (guint i = 0; i < gpus->len; i++) {
        json_builder_begin_object (builder);
        vfc_gpu_add_json_members (g_ptr_array_index (gpus, i), builder);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}

static void
add_rows (VfcTable *table, const VfcGpu *gpu)
{
    g_autofree char *state = vfc_gpu_describe_state (gpu);

    for (guint i = 0; i < gpu->functions->len; i++) {
        const VfcFunction *function = g_ptr_array_index (gpu->functions, i);
        g_autofree char *group = function->iommu_group != VF_NO_IOMMU_GROUP
                                     ? g_strdup_printf ("%d", function->iommu_group)
                                     : g_strdup ("-");
        const char *cells[] = {
            function->address,
            function->kind,
            i == 0 ? gpu->name : function->name,
            *function->driver != '\0' ? function->driver : "-",
            group,
            i == 0 ? state : NULL,
        };

        vfc_table_add (table, cells);
        vfc_table_color (table, 5, i == 0 ? state_color (gpu->state) : NULL);
    }
}

void
vfc_gpu_print_table (const VfcRun *run, const GPtrArray *gpus)
{
    static const char *const titles[] = { "ADDRESS", "KIND",  "MODEL", "DRIVER",
                                          "GROUP",   "STATE", NULL };
    g_autoptr (VfcTable) table = vfc_table_new (run, titles);

    for (guint i = 0; i < gpus->len; i++)
        add_rows (table, g_ptr_array_index (gpus, i));
    vfc_table_print (table);
}
