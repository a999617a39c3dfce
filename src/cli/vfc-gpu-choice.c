/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rule by which a name means a GPU. */
#include "vfc-gpu-choice.h"

#include "vf-text.h"

#include <string.h>

gboolean
vfc_gpu_fits_lending (const VfcGpu *gpu)
{
    return strcmp (gpu->state, "host") == 0 && (gpu->blockers == NULL || gpu->blockers->len == 0);
}

gboolean
vfc_gpu_fits_return (const VfcGpu *gpu)
{
    return strcmp (gpu->state, "host") != 0 && strcmp (gpu->state, "foreign") != 0;
}

/* In the name, or in the ids, which are the name of a model that the hardware database does not
 * know. */
static gboolean
model_has (const VfcGpu *gpu, const char *part)
{
    g_autofree char *whole = g_utf8_casefold (gpu->name, -1);
    g_autofree char *folded = g_utf8_casefold (part, -1);

    for (guint i = 0; i < gpu->functions->len; i++) {
        const VfcFunction *function = g_ptr_array_index (gpu->functions, i);

        if (strcmp (function->kind, "display") == 0 && strstr (function->ids, folded) != NULL)
            return TRUE;
    }
    return strstr (whole, folded) != NULL;
}

/* The indices of the GPUs that @name, or without one @fits, lets through. */
static GArray *
select_gpus (const GPtrArray *gpus, const char *name, VfcGpuFits fits)
{
    GArray *selected = g_array_new (FALSE, FALSE, sizeof (guint));

    for (guint i = 0; i < gpus->len; i++) {
        const VfcGpu *gpu = g_ptr_array_index (gpus, i);

        if (name != NULL ? model_has (gpu, name) : fits (gpu))
            g_array_append_val (selected, i);
    }
    return selected;
}

static void
refuse_ambiguous (const GPtrArray *gpus, const GArray *selected, const char *name, GError **error)
{
    g_autoptr (GString) list = g_string_new (NULL);

    for (guint i = 0; i < selected->len; i++) {
        const VfcGpu *gpu = g_ptr_array_index (gpus, g_array_index (selected, guint, i));

        g_string_append_printf (list, "%s%s (%s)", i > 0 ? ", " : "", gpu->address, gpu->name);
    }
    if (name != NULL)
        vf_error_set (error, VF_REASON_AMBIGUOUS_GPU,
                      "'%s' may mean any of these GPUs: %s. Name the one by its address.", name,
                      list->str);
    else
        vf_error_set (error, VF_REASON_AMBIGUOUS_GPU,
                      "More than one GPU fits: %s. Say which one by its address.", list->str);
}

/* Nothing was named and nothing fits. Why a GPU cannot be lent is more useful than that. */
static void
refuse_all (const GPtrArray *gpus, VfcGpuFits fits, GError **error)
{
    g_autoptr (GPtrArray) blockers = g_ptr_array_new ();

    if (fits == vfc_gpu_fits_return) {
        vf_error_set (error, VF_REASON_NO_SUCH_GPU,
                      "No GPU is away from the host, so there is none to return.");
        return;
    }
    for (guint i = 0; i < gpus->len; i++) {
        const VfcGpu *gpu = g_ptr_array_index (gpus, i);

        for (guint j = 0; gpu->blockers != NULL && j < gpu->blockers->len; j++)
            g_ptr_array_add (blockers, g_ptr_array_index (gpu->blockers, j));
    }
    if (blockers->len > 0)
        g_propagate_error (error, vf_blockers_to_error (blockers));
    else
        vf_error_set (error, VF_REASON_NO_SUCH_GPU,
                      "No GPU of this host can be lent now. \"virtflow gpus\" lists them with "
                      "their states.");
}

VfClientGpu *
vfc_gpu_choose (VfClient *client, const char *name, VfcGpuFits fits, GError **error)
{
    g_autoptr (GPtrArray) gpus = vfc_gpu_list_from_client (client);
    g_autoptr (GPtrArray) sources = vf_client_list_gpus (client);
    g_autoptr (GArray) selected = NULL;
    VfPciAddress address;

    if (name != NULL && vf_pci_address_parse_lenient (name, &address, NULL))
        return vf_client_find_gpu (client, address, error);
    /* What has a colon was meant as an address. */
    if (name != NULL && strchr (name, ':') != NULL) {
        vf_pci_address_parse_lenient (name, &address, error);
        return NULL;
    }
    selected = select_gpus (gpus, name, fits);
    if (selected->len == 1)
        return g_object_ref (g_ptr_array_index (sources, g_array_index (selected, guint, 0)));
    if (selected->len > 1)
        refuse_ambiguous (gpus, selected, name, error);
    else if (name != NULL) {
        g_autofree char *sentence = vf_text_no_such_gpu (name);

        vf_error_set (error, VF_REASON_NO_SUCH_GPU, "%s", sentence);
    } else
        refuse_all (gpus, fits, error);
    return NULL;
}
