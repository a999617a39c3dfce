/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests the grammar of PCI addresses, what comes back as text, and their order. */
#include "vf-error.h"
#include "vf-pci-address.h"

static const struct {
    const char *text;
    const char *strict;  /* what comes back; NULL when it is refused */
    const char *lenient; /* the same for what a person types */
} cases[] = {
    { "0000:01:00.0", "0000:01:00.0", "0000:01:00.0" },
    { "0000:ff:1f.7", "0000:ff:1f.7", "0000:ff:1f.7" },
    { "10000:e1:00.0", "10000:e1:00.0", "10000:e1:00.0" },
    { "c0de0001:00:00.0", "c0de0001:00:00.0", "c0de0001:00:00.0" },
    { "01:00.0", NULL, "0000:01:00.0" },
    { " 0000:AF:00.1\n", NULL, "0000:af:00.1" },
    { "", NULL, NULL },
    { "0000:01:00", NULL, NULL },
    { "0000:01:00.", NULL, NULL },
    { "0000:01:00.8", NULL, NULL },
    { "0000:01:20.0", NULL, NULL },
    { "0000:01:00.0 ", NULL, "0000:01:00.0" },
    { "0000:01:00.00", NULL, NULL },
    { "0000:1:00.0", NULL, NULL },
    { "0000:01:0.0", NULL, NULL },
    { "000:01:00.0", NULL, NULL },
    { "100000000:01:00.0", NULL, NULL },
    { "0000:01:00.0/..", NULL, NULL },
    { "../0000:01:00.0", NULL, NULL },
    { "0000:0x:00.0", NULL, NULL },
    { "-000:01:00.0", NULL, NULL },
    { "0000.01.00:0", NULL, NULL },
};

static void
check (gboolean (*parse) (const char *, VfPciAddress *, GError **),
       const char *text,
       const char *expected)
{
    VfPciAddress address = { 1, 2, 3, 4 };
    g_autoptr (GError) error = NULL;
    gboolean parsed = parse (text, &address, &error);

    g_test_message ("'%s'", text);
    g_assert_cmpint (parsed, ==, expected != NULL);
    if (parsed) {
        g_assert_cmpstr (vf_pci_address_format (address).text, ==, expected);
        return;
    }
    g_assert_true (vf_error_is (error, VF_REASON_INVALID_ADDRESS));
    g_assert_cmpstr (vf_pci_address_format (address).text, ==, "0001:02:03.4");
}

static void
test_parse (void)
{
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        check (vf_pci_address_parse, cases[i].text, cases[i].strict);
        check (vf_pci_address_parse_lenient, cases[i].text, cases[i].lenient);
    }
}

static void
test_order (void)
{
    static const char *const ascending[] = {
        "0000:00:00.0", "0000:00:00.7", "0000:00:01.0",     "0000:01:00.0",
        "0000:ff:1f.7", "0001:00:00.0", "ffffffff:00:00.0",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (ascending); i++) {
        for (gsize k = 0; k < G_N_ELEMENTS (ascending); k++) {
            VfPciAddress a, b;
            int order;

            g_assert_true (vf_pci_address_parse (ascending[i], &a, NULL));
            g_assert_true (vf_pci_address_parse (ascending[k], &b, NULL));
            order = vf_pci_address_compare (a, b);
            g_assert_cmpint ((order > 0) - (order < 0), ==, (i > k) - (i < k));
            g_assert_cmpint (vf_pci_address_equal (a, b), ==, i == k);
        }
    }
}

static void
test_slot (void)
{
    VfPciAddress address = { 0, 1, 2, 3 };

    g_assert_true (vf_pci_address_same_slot (address, (VfPciAddress){ 0, 1, 2, 0 }));
    g_assert_false (vf_pci_address_same_slot (address, (VfPciAddress){ 0, 1, 3, 3 }));
    g_assert_false (vf_pci_address_same_slot (address, (VfPciAddress){ 0, 2, 2, 3 }));
    g_assert_false (vf_pci_address_same_slot (address, (VfPciAddress){ 1, 1, 2, 3 }));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/pci-address/parse", test_parse);
    g_test_add_func ("/pci-address/order", test_order);
    g_test_add_func ("/pci-address/slot", test_slot);
    return g_test_run ();
}
