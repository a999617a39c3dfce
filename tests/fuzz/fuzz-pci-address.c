/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PCI addresses: what is one is printed as one, and what the kernel's form is the person's form. */
#include "fuzz.h"
#include "vf-error.h"
#include "vf-pci-address.h"

static void
check_round_trip (VfPciAddress address)
{
    VfPciAddressText text = vf_pci_address_format (address);
    VfPciAddress again;

    FUZZ_ASSERT (vf_pci_address_parse (text.text, &again, NULL));
    FUZZ_ASSERT (vf_pci_address_equal (address, again));
    FUZZ_ASSERT (vf_pci_address_compare (address, again) == 0);
    FUZZ_ASSERT (vf_pci_address_same_slot (address, again));
    FUZZ_ASSERT (address.slot < 32 && address.function < 8);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup ((const char *) data, size);
    const VfPciAddress untouched = { 0xdeadbeef, 0xde, 0xad, 0xbe };
    VfPciAddress strict = untouched, lenient = untouched;
    g_autoptr (GError) error = NULL;
    gboolean is_strict = vf_pci_address_parse (text, &strict, &error);
    gboolean is_lenient = vf_pci_address_parse_lenient (text, &lenient, NULL);

    FUZZ_ASSERT (is_strict == (error == NULL));
    if (!is_strict) {
        FUZZ_ASSERT (vf_pci_address_compare (strict, untouched) == 0);
        FUZZ_ASSERT (vf_error_is (error, VF_REASON_INVALID_ADDRESS));
        FUZZ_ASSERT (g_utf8_validate (error->message, -1, NULL));
    } else {
        check_round_trip (strict);
        FUZZ_ASSERT (is_lenient && vf_pci_address_equal (strict, lenient));
    }
    if (is_lenient)
        check_round_trip (lenient);
    return 0;
}
