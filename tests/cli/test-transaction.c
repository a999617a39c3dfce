/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a transaction may do to a VM depends on how its owner last saw it. */
#include "vfc-transaction.h"

static void
test_may_stop (void)
{
    g_autoptr (virConnect) libvirt = virConnectOpen ("test:///default");
    g_autoptr (VfMachine) machine = vf_machine_find (libvirt, "test", NULL);
    const VfcTransactionOptions asked = { .timeout = 1 };
    const VfcTransactionOptions yes = { .timeout = 1, .yes = TRUE };
    VfcRun run = { 0 };

    g_assert_true (vf_machine_is_active (machine));
    g_assert_true (vfc_transaction_new (&run, &asked, machine).may_stop);
    g_assert_cmpint (virDomainDestroy (machine->domain), ==, 0);
    g_assert_true (vf_machine_refresh (machine, NULL));
    g_assert_false (vfc_transaction_new (&run, &asked, machine).may_stop);
    g_assert_false (vfc_transaction_new (&run, &asked, NULL).may_stop);
    g_assert_true (vfc_transaction_new (&run, &yes, machine).may_stop);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/transaction/may-stop", test_may_stop);
    return g_test_run ();
}
