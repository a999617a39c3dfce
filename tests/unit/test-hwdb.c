/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests vf-hwdb, on a machine with a hardware database and on one without. */
#include "vf-hwdb.h"

#include <string.h>

#define CARD "pci:v000010DEd00002484sv00001458sd00004074bc03sc00i00"

static void
test_unknown (void)
{
    g_autoptr (VfHwdb) hwdb = vf_hwdb_new ();
    VfPciFunction function = { .vendor = 0xfffe, .device = 0x00ab };
    g_autofree char *without = vf_hwdb_name (hwdb, &function);
    g_autofree char *with = NULL;

    function.modalias = "pci:v0000FFFEd000000ABsv00000000sd00000000bc03sc00i00";
    with = vf_hwdb_name (hwdb, &function);
    g_assert_cmpstr (without, ==, "fffe:00ab");
    g_assert_cmpstr (with, ==, "fffe:00ab");
}

static void
test_known (void)
{
    g_autoptr (VfHwdb) hwdb = vf_hwdb_new ();
    VfPciFunction function = { .vendor = 0x10de, .device = 0x2484, .modalias = CARD };
    g_autofree char *name = vf_hwdb_name (hwdb, &function);

    if (strcmp (name, "10de:2484") == 0)
        g_test_message ("no hardware database here");
    else
        g_assert_cmpstr (name, ==, "NVIDIA GA104 [GeForce RTX 3070]");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/hwdb/unknown", test_unknown);
    g_test_add_func ("/hwdb/known", test_known);
    return g_test_run ();
}
