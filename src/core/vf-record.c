/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the record of a GPU's host state and its stored form. */
#include "vf-record.h"

#define FUNCTION_TYPE "(susssss)"

static void
add_function (VfRecord *record, const VfPciFunction *function)
{
    const char *control = function->power_control;
    const char *d3cold = function->d3cold_allowed;

    record->functions[record->n_functions++] = (VfFunctionRecord){
        .address = function->address,
        .ids = vf_pci_function_ids (function),
        .driver = g_strdup (function->driver != NULL ? function->driver : ""),
        .power_control = g_strdup (control != NULL ? control : ""),
        .d3cold_allowed = g_strdup (d3cold != NULL ? d3cold : ""),
        .registers = g_strdup (""),
        .fence = g_strdup (""),
    };
}

VfRecord *
vf_record_new (const VfGpu *gpu)
{
    VfRecord *record = g_new0 (VfRecord, 1);

    record->identity = vf_gpu_identity (gpu);
    record->address = gpu->address;
    record->services = g_strdup ("");
    record->modules = g_strdup ("");
    for (guint i = 0; i < gpu->n_functions; i++)
        add_function (record, gpu->functions[i]);
    return record;
}

void
vf_record_add_missing (VfRecord *record, const VfGpu *gpu)
{
    for (guint i = 0; i < gpu->n_functions && record->n_functions < VF_GPU_MAX_FUNCTIONS; i++) {
        const VfPciFunction *function = gpu->functions[i];

        if (vf_record_find (record, function->address) == NULL
            && !vf_pci_function_on_vfio (function))
            add_function (record, function);
    }
}

void
vf_record_free (VfRecord *record)
{
    if (record == NULL)
        return;
    for (guint i = 0; i < record->n_functions; i++) {
        g_free (record->functions[i].driver);
        g_free (record->functions[i].power_control);
        g_free (record->functions[i].d3cold_allowed);
        g_free (record->functions[i].registers);
        g_free (record->functions[i].fence);
    }
    g_free (record->identity);
    g_free (record->services);
    g_free (record->modules);
    g_free (record);
}

const VfFunctionRecord *
vf_record_find (const VfRecord *record, VfPciAddress address)
{
    for (guint i = 0; i < record->n_functions; i++) {
        if (vf_pci_address_equal (record->functions[i].address, address))
            return &record->functions[i];
    }
    return NULL;
}

gboolean
vf_record_is_of (const VfRecord *record, const VfGpu *gpu)
{
    g_autofree char *identity = vf_gpu_identity (gpu);

    return g_str_equal (identity, record->identity);
}

gboolean
vf_record_is_at_home (const VfRecord *record, const VfPciFunction *function)
{
    const VfFunctionRecord *home =
        record != NULL ? vf_record_find (record, function->address) : NULL;

    return home != NULL
               ? g_str_equal (home->driver, function->driver != NULL ? function->driver : "")
               : !vf_pci_function_on_vfio (function);
}

void
vf_record_set_registers (VfRecord *record, VfPciAddress address, const char *registers)
{
    VfFunctionRecord *function = (VfFunctionRecord *) vf_record_find (record, address);

    if (function == NULL)
        return;
    g_free (function->registers);
    function->registers = g_strdup (registers);
}

void
vf_record_set_fence (VfRecord *record, VfPciAddress address, const char *fence)
{
    VfFunctionRecord *function = (VfFunctionRecord *) vf_record_find (record, address);

    if (function == NULL)
        return;
    g_free (function->fence);
    function->fence = g_strdup (fence);
}

static void
set_text (char **field, const char *text)
{
    char *copy = g_strdup (text);

    g_free (*field);
    *field = copy;
}

void
vf_record_set_services (VfRecord *record, const char *services)
{
    set_text (&record->services, services);
}

void
vf_record_set_modules (VfRecord *record, const char *modules)
{
    set_text (&record->modules, modules);
}

GVariant *
vf_record_to_variant (const VfRecord *record)
{
    GVariantBuilder functions;

    g_variant_builder_init (&functions, G_VARIANT_TYPE ("a" FUNCTION_TYPE));
    for (guint i = 0; i < record->n_functions; i++) {
        const VfFunctionRecord *function = &record->functions[i];

        g_variant_builder_add (&functions, FUNCTION_TYPE,
                               vf_pci_address_format (function->address).text, function->ids,
                               function->driver, function->power_control, function->d3cold_allowed,
                               function->registers, function->fence);
    }
    return g_variant_new (VF_RECORD_VARIANT_TYPE, record->identity,
                          vf_pci_address_format (record->address).text, &functions,
                          record->services, record->modules);
}

VfRecord *
vf_record_from_variant (GVariant *variant)
{
    g_autoptr (VfRecord) record = g_new0 (VfRecord, 1);
    g_autoptr (GVariantIter) functions = NULL;
    const char *address;
    VfFunctionRecord next;

    if (g_variant_is_of_type (variant, G_VARIANT_TYPE (VF_RECORD_VARIANT_TYPE))) {
        g_variant_get (variant, "(s&sa" FUNCTION_TYPE "ss)", &record->identity, &address,
                       &functions, &record->services, &record->modules);
    } else if (g_variant_is_of_type (variant, G_VARIANT_TYPE (VF_RECORD_VARIANT_TYPE_1))) {
        g_variant_get (variant, "(s&sa" FUNCTION_TYPE ")", &record->identity, &address, &functions);
        record->services = g_strdup ("");
        record->modules = g_strdup ("");
    } else {
        return NULL;
    }
    if (!vf_pci_address_parse (address, &record->address, NULL)
        || g_variant_iter_n_children (functions) > VF_GPU_MAX_FUNCTIONS)
        return NULL;
    while (g_variant_iter_next (functions, "(&susssss)", &address, &next.ids, &next.driver,
                                &next.power_control, &next.d3cold_allowed, &next.registers,
                                &next.fence)) {
        gboolean valid = vf_pci_address_parse (address, &next.address, NULL);

        record->functions[record->n_functions++] = next;
        if (!valid)
            return NULL;
    }
    return g_steal_pointer (&record);
}
