/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the grammar of PCI addresses. */
#include "vf-pci-address.h"

#include "vf-error.h"

#include <string.h>

/* Reads @minimum to @maximum lower-case hexadecimal digits; returns what follows, or NULL. */
static const char *
read_hex (const char *text, guint minimum, guint maximum, guint32 *value)
{
    guint digits = 0;

    *value = 0;
    for (; digits < maximum && (g_ascii_isdigit (*text) || (*text >= 'a' && *text <= 'f'));
         digits++, text++)
        *value = (*value << 4) | (guint32) g_ascii_xdigit_value (*text);
    return digits >= minimum ? text : NULL;
}

static gboolean
parse (const char *text, VfPciAddress *address)
{
    guint32 domain, bus, slot, function;

    if ((text = read_hex (text, 4, 8, &domain)) == NULL || *text++ != ':')
        return FALSE;
    if ((text = read_hex (text, 2, 2, &bus)) == NULL || *text++ != ':')
        return FALSE;
    if ((text = read_hex (text, 2, 2, &slot)) == NULL || *text++ != '.')
        return FALSE;
    if ((text = read_hex (text, 1, 1, &function)) == NULL || *text != '\0')
        return FALSE;
    if (slot > 31 || function > 7)
        return FALSE;
    *address = (VfPciAddress){ domain, (guint8) bus, (guint8) slot, (guint8) function };
    return TRUE;
}

static void
refuse (const char *text, GError **error)
{
    g_autofree char *shown = g_strescape (text, NULL);

    vf_error_set (error, VF_REASON_INVALID_ADDRESS,
                  "'%.40s' is not a PCI address. It has the form 0000:01:00.0; 'virtflow gpus' "
                  "lists the ones of this machine.",
                  shown);
}

gboolean
vf_pci_address_parse (const char *text, VfPciAddress *address, GError **error)
{
    if (parse (text, address))
        return TRUE;
    refuse (text, error);
    return FALSE;
}

gboolean
vf_pci_address_parse_lenient (const char *text, VfPciAddress *address, GError **error)
{
    g_autofree char *lower = g_strstrip (g_ascii_strdown (text, -1));
    g_autofree char *full = g_strconcat ("0000:", lower, NULL);

    if (parse (lower, address) || parse (full, address))
        return TRUE;
    refuse (text, error);
    return FALSE;
}

VfPciAddressText
vf_pci_address_format (VfPciAddress address)
{
    VfPciAddressText result;

    g_snprintf (result.text, sizeof result.text, "%04x:%02x:%02x.%x", address.domain, address.bus,
                address.slot, address.function);
    return result;
}

int
vf_pci_address_compare (VfPciAddress a, VfPciAddress b)
{
    guint32 low_a = (guint32) (a.bus << 8 | a.slot << 3 | a.function);
    guint32 low_b = (guint32) (b.bus << 8 | b.slot << 3 | b.function);

    if (a.domain != b.domain)
        return a.domain < b.domain ? -1 : 1;
    return (low_a > low_b) - (low_a < low_b);
}

gboolean
vf_pci_address_equal (VfPciAddress a, VfPciAddress b)
{
    return vf_pci_address_compare (a, b) == 0;
}

gboolean
vf_pci_address_same_slot (VfPciAddress a, VfPciAddress b)
{
    a.function = b.function = 0;
    return vf_pci_address_equal (a, b);
}
