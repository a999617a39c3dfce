/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stored pairing: what is read of it is written alike, and its texts end. The first byte says
 * whether the rest is the file, or the value in it. */
#include "fuzz.h"

#include "vfd-pairing.h"
#include "vfd-sealed.h"

#include <string.h>

static GVariant *
read_value (const guint8 *data, gsize size)
{
    guint8 *copy;

    if (size > 0 && data[0] != 'v')
        return vfd_sealed_unwrap (data + 1, size - 1, VFD_PAIRING_VARIANT_TYPE, NULL, NULL);
    if (size == 0)
        return NULL;
    copy = g_memdup2 (data + 1, size - 1);
    return g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE (VFD_PAIRING_VARIANT_TYPE),
                                                        copy, size - 1, FALSE, g_free, copy));
}

static void
check_text (GBytes *bytes)
{
    gsize size;
    const char *text = g_bytes_get_data (bytes, &size);

    FUZZ_ASSERT (size > 0 && strlen (text) < size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autoptr (GVariant) value = read_value (data, size);
    g_autoptr (VfdPairing) pairing = value != NULL ? vfd_pairing_from_variant (value) : NULL;
    g_autoptr (VfdPairing) again = NULL;
    g_autoptr (GVariant) once = NULL;
    g_autoptr (GVariant) twice = NULL;

    if (pairing == NULL)
        return 0;
    FUZZ_ASSERT (vfd_pairing_is_uuid (pairing->uuid));
    check_text (pairing->before);
    check_text (pairing->after);
    once = g_variant_ref_sink (vfd_pairing_to_variant (pairing));
    again = vfd_pairing_from_variant (once);
    FUZZ_ASSERT (again != NULL);
    twice = g_variant_ref_sink (vfd_pairing_to_variant (again));
    FUZZ_ASSERT (g_variant_equal (once, twice));
    return 0;
}
