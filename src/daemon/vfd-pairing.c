/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what a pairing is, and its form on disk. */
#include "vfd-pairing.h"

#include <string.h>

void
vfd_pairing_free (VfdPairing *pairing)
{
    if (pairing == NULL)
        return;
    g_free (pairing->uuid);
    g_free (pairing->name);
    g_free (pairing->identity);
    g_free (pairing->profile);
    g_free (pairing->owner);
    g_free (pairing->opener);
    if (pairing->owner_watch != 0)
        g_bus_unwatch_name (pairing->owner_watch);
    g_clear_pointer (&pairing->before, g_bytes_unref);
    g_clear_pointer (&pairing->after, g_bytes_unref);
    g_free (pairing);
}

gboolean
vfd_pairing_is_uuid (const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    if (strlen (text) != strlen (form))
        return FALSE;
    for (gsize i = 0; form[i] != '\0'; i++) {
        gboolean digit = g_ascii_isdigit (text[i]) || (text[i] >= 'a' && text[i] <= 'f');

        if (form[i] == 'x' ? !digit : text[i] != '-')
            return FALSE;
    }
    return TRUE;
}

static GVariant *
bytes_to_variant (GBytes *bytes)
{
    return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

GVariant *
vfd_pairing_to_variant (const VfdPairing *pairing)
{
    return g_variant_new ("(sssssbb@ay@ay)", pairing->uuid, pairing->name,
                          vf_pci_address_format (pairing->gpu).text, pairing->identity,
                          pairing->profile, pairing->on_start, pairing->pending,
                          bytes_to_variant (pairing->before), bytes_to_variant (pairing->after));
}

static gboolean
is_text (GBytes *bytes)
{
    gsize size;
    const char *data = g_bytes_get_data (bytes, &size);

    return size > 0 && data[size - 1] == '\0';
}

VfdPairing *
vfd_pairing_from_variant (GVariant *variant)
{
    g_autoptr (VfdPairing) pairing = g_new0 (VfdPairing, 1);
    g_autoptr (GVariant) before = NULL;
    g_autoptr (GVariant) after = NULL;
    const char *gpu;

    g_variant_get (variant, "(ss&sssbb@ay@ay)", &pairing->uuid, &pairing->name, &gpu,
                   &pairing->identity, &pairing->profile, &pairing->on_start, &pairing->pending,
                   &before, &after);
    pairing->before = g_variant_get_data_as_bytes (before);
    pairing->after = g_variant_get_data_as_bytes (after);
    if (!vfd_pairing_is_uuid (pairing->uuid) || !vf_pci_address_parse (gpu, &pairing->gpu, NULL)
        || !is_text (pairing->before) || !is_text (pairing->after))
        return NULL;
    return g_steal_pointer (&pairing);
}
