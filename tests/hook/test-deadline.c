/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hook ends at its deadline, with the status and the sentence that were chosen before. */
#include "vfh-deadline.h"

#include <signal.h>
#include <unistd.h>

static void
test_passes (void)
{
    if (g_test_subprocess ()) {
        vfh_deadline_start (1);
        pause ();
        g_assert_not_reached ();
    }
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    g_test_trap_assert_stderr ("");
}

static void
test_refuses (void)
{
    if (g_test_subprocess ()) {
        vfh_deadline_start (1);
        vfh_deadline_refuse (g_strdup ("Not in time.\n"));
        pause ();
        g_assert_not_reached ();
    }
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_failed ();
    g_test_trap_assert_stderr ("Not in time.\n");
}

/* A parent may leave the signal ignored and blocked. */
static void
test_inherited_mask (void)
{
    if (g_test_subprocess ()) {
        sigset_t all;

        signal (SIGALRM, SIG_IGN);
        sigfillset (&all);
        sigprocmask (SIG_BLOCK, &all, NULL);
        vfh_deadline_start (1);
        pause ();
        g_assert_not_reached ();
    }
    g_test_trap_subprocess (NULL, 10 * G_USEC_PER_SEC, 0);
    g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/hook-deadline/passes", test_passes);
    g_test_add_func ("/hook-deadline/refuses", test_refuses);
    g_test_add_func ("/hook-deadline/inherited-mask", test_inherited_mask);
    return g_test_run ();
}
