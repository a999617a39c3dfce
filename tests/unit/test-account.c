/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of the journals, and that nothing becomes of them by that. */
#include "vfd-account.h"
#include "vfd-lease.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

typedef struct {
    char *path;
    int folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
    fixture->path = g_dir_make_tmp ("virtflow-account-XXXXXX", NULL);
    fixture->folder = open (fixture->path, O_RDONLY | O_DIRECTORY);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GArray) addresses = vfd_journal_list (fixture->folder);

    for (guint i = 0; i < addresses->len; i++) {
        g_autoptr (VfdJournal) journal =
            vfd_journal_new (fixture->folder, g_array_index (addresses, VfPciAddress, i));

        vfd_journal_drop (journal);
    }
    close (fixture->folder);
    g_rmdir (fixture->path);
    g_free (fixture->path);
}

static void
write_file (const Fixture *fixture, const char *name, const char *bytes, gsize size)
{
    g_autofree char *path = g_build_filename (fixture->path, name, NULL);

    g_assert_true (g_file_set_contents_full (path, bytes, (gssize) size, G_FILE_SET_CONTENTS_NONE,
                                             0600, NULL));
}

static void
assert_account (const Fixture *fixture, const char *expected)
{
    g_autofree char *text = vfd_account_make (fixture->folder);

    g_assert_cmpstr (text, ==, expected);
}

static void
test_none (Fixture *fixture, gconstpointer data)
{
    assert_account (fixture, "No GPU has a journal: VirtFlow has none away from the host.\n");
}

static void
save (const Fixture *fixture, VfPciAddress address, const VfdLease *lease)
{
    g_autoptr (VfdJournal) journal = vfd_journal_new (fixture->folder, address);

    g_assert_true (vfd_lease_save (lease, journal, NULL));
}

/* The name of the VM is in the journal and not said. */
static void
test_lease (Fixture *fixture, gconstpointer data)
{
    VfPciAddress address = { 0, 1, 0, 0 }, other = { 0, 2, 0, 0 };
    GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_step_free);
    VfdLease lease = { .run_seen = TRUE, .homeward = TRUE, .step = 1 }, wedged = { .wedged = TRUE };
    VfRecord *record = g_new0 (VfRecord, 1);

    g_ptr_array_add (steps, vf_step_new (VF_STEP_UNBIND, address, 0x10de2484, "vfio-pci"));
    g_ptr_array_add (steps, vf_step_new (VF_STEP_BIND, address, 0x10de2484, "nvidia"));
    lease.plan = vf_plan_new (VF_TARGET_HOST, steps);
    lease.claim = vf_claim_new (VF_CLAIM_VM, "a-uuid", "annas-vm");
    lease.run = g_strdup ("a-uuid");
    *record = (VfRecord){ .identity = g_strdup ("a card"),
                          .services = g_strdup ("nvidia-persistenced.service\n0000:03:00.0"),
                          .modules = g_strdup (""),
                          .address = address,
                          .n_functions = 1 };
    record->functions[0] = (VfFunctionRecord){ .address = address,
                                               .ids = 0x10de2484,
                                               .driver = g_strdup ("nvidia"),
                                               .power_control = g_strdup ("on"),
                                               .d3cold_allowed = g_strdup ("1"),
                                               .registers = g_strdup (""),
                                               .fence = g_strdup ("") };
    lease.record = record;
    save (fixture, other, &wedged);
    save (fixture, address, &lease);
    assert_account (fixture, "0000:01:00.0\n"
                             "    claimed by: vm a-uuid\n"
                             "    run: a-uuid, QEMU was seen\n"
                             "    on its way home\n"
                             "    was: 0000:01:00.0 10de:2484 driver=nvidia\n"
                             "    services: nvidia-persistenced.service\\x0a0000:03:00.0\n"
                             "    unfinished: to host, step 2 of 2: bind 0000:01:00.0 to nvidia\n"
                             "0000:02:00.0\n"
                             "    wedged\n");
    vfd_lease_clear (&lease);
}

/* A writer may be about to write into a file without a value: it stays. */
static void
test_files_stay (Fixture *fixture, gconstpointer data)
{
    static const char zeros[1024];

    write_file (fixture, "0000:01:00.0", zeros, sizeof zeros);
    write_file (fixture, "0000:02:00.0", "something else", 14);
    for (int i = 0; i < 2; i++)
        assert_account (fixture,
                        "0000:01:00.0\n"
                        "    holds nothing\n"
                        "0000:02:00.0\n"
                        "    cannot be read: not a VirtFlow state file, or a damaged one\n");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/account/none", Fixture, NULL, set_up, test_none, tear_down);
    g_test_add ("/account/lease", Fixture, NULL, set_up, test_lease, tear_down);
    g_test_add ("/account/files-stay", Fixture, NULL, set_up, test_files_stay, tear_down);
    return g_test_run ();
}
