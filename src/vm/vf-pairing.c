/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of a pairing on the bus. */
#include "vf-pairing.h"

#include <string.h>

void
vf_pairing_free (VfPairing *pairing)
{
    g_free (pairing->uuid);
    g_free (pairing->name);
    g_free (pairing->gpu);
    g_free (pairing->profile);
    g_free (pairing);
}

VfPairing *
vf_pairing_copy (const VfPairing *pairing)
{
    VfPairing *copy = g_memdup2 (pairing, sizeof *pairing);

    copy->uuid = g_strdup (pairing->uuid);
    copy->name = g_strdup (pairing->name);
    copy->gpu = g_strdup (pairing->gpu);
    copy->profile = g_strdup (pairing->profile);
    return copy;
}

static char *
take_text (GVariant *dictionary, const char *key)
{
    const char *text = "";

    g_variant_lookup (dictionary, key, "&s", &text);
    return g_strdup (text);
}

static gboolean
take_flag (GVariant *dictionary, const char *key)
{
    gboolean flag = FALSE;

    g_variant_lookup (dictionary, key, "b", &flag);
    return flag;
}

static VfPairing *
pairing_from_variant (GVariant *dictionary)
{
    VfPairing *pairing = g_new0 (VfPairing, 1);

    pairing->uuid = take_text (dictionary, "uuid");
    pairing->name = take_text (dictionary, "name");
    pairing->gpu = take_text (dictionary, "gpu");
    pairing->profile = take_text (dictionary, "profile");
    pairing->on_start = take_flag (dictionary, "on-start");
    pairing->pending = take_flag (dictionary, "pending");
    pairing->present = take_flag (dictionary, "present");
    return pairing;
}

GPtrArray *
vf_pairings_from_variant (GVariant *list)
{
    GPtrArray *pairings = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_pairing_free);

    for (gsize i = 0; i < g_variant_n_children (list); i++) {
        g_autoptr (GVariant) dictionary = g_variant_get_child_value (list, i);

        g_ptr_array_add (pairings, pairing_from_variant (dictionary));
    }
    return pairings;
}

GPtrArray *
vf_pairing_list (VfClient *client, GError **error)
{
    g_autoptr (GVariant) list = vf_client_list_pairings (client, error);

    return list != NULL ? vf_pairings_from_variant (list) : NULL;
}

const VfPairing *
vf_pairing_find (const GPtrArray *pairings, const char *uuid)
{
    for (guint i = 0; i < pairings->len; i++) {
        const VfPairing *pairing = g_ptr_array_index (pairings, i);

        if (g_ascii_strcasecmp (pairing->uuid, uuid) == 0)
            return pairing;
    }
    return NULL;
}

const VfPairing *
vf_pairing_find_name (const GPtrArray *pairings, const char *name)
{
    const VfPairing *found = NULL;

    for (guint i = 0; i < pairings->len; i++) {
        const VfPairing *pairing = g_ptr_array_index (pairings, i);

        if (strcmp (pairing->name, name) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = pairing;
    }
    return found;
}
