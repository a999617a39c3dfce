/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests that what was noted of a GPU is read again, also when the first version noted it. */
#include "vfd-lease.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

static const VfPciAddress address = { 0, 1, 0, 0 };

typedef struct {
    char *path;
    int folder;
    VfdJournal *journal;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
    fixture->path = g_dir_make_tmp ("virtflow-lease-XXXXXX", NULL);
    fixture->folder = open (fixture->path, O_RDONLY | O_DIRECTORY);
    fixture->journal = vfd_journal_new (fixture->folder, address);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    vfd_journal_drop (fixture->journal);
    vfd_journal_free (fixture->journal);
    close (fixture->folder);
    g_rmdir (fixture->path);
    g_free (fixture->path);
}

/* As a daemon that has just started reads it. */
static void
load (const Fixture *fixture, VfdLease *lease)
{
    g_autoptr (VfdJournal) fresh = vfd_journal_new (fixture->folder, address);
    g_autoptr (GError) error = NULL;

    vfd_lease_load (lease, fresh, &error);
    g_assert_no_error (error);
}

#define PLAN "just (('vfio', [('bind', '0000:01:00.0', 280896644, 'vfio-pci')]), 3)"

static const char first_version[] =
    "(('vm', 'a-uuid', 'desk'), just ('a card', '0000:01:00.0', [('0000:01:00.0', 280896644, "
    "'nvidia', 'on', '1', 'memory=on', 'nvidia0=0660')]), 'a-uuid', true, false, false, " PLAN ")";

static void
test_first_version (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GError) error = NULL;
    GVariant *value = g_variant_parse (G_VARIANT_TYPE ("((sss)m(ssa(susssss))sbbbm((sa(ssus))u))"),
                                       first_version, NULL, NULL, &error);
    VfdLease lease = { 0 };

    g_assert_no_error (error);
    g_assert_true (vfd_journal_write (fixture->journal, value, NULL));
    g_variant_unref (value);
    load (fixture, &lease);
    g_assert_cmpstr (lease.claim->label, ==, "desk");
    g_assert_cmpstr (lease.record->functions[0].driver, ==, "nvidia");
    g_assert_cmpstr (lease.record->functions[0].fence, ==, "nvidia0=0660");
    g_assert_cmpstr (lease.record->modules, ==, "");
    g_assert_true (lease.run_seen);
    g_assert_cmpuint (lease.step, ==, 3);
    g_assert_cmpuint (vf_plan_length (lease.plan), ==, 1);
    vfd_lease_clear (&lease);
}

/* A record of today, and none at all. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
    VfdLease lease = { .wedged = TRUE }, again = { 0 };
    VfRecord *record = g_new0 (VfRecord, 1);

    load (fixture, &again);
    g_assert_true (vfd_lease_is_empty (&again));
    g_assert_true (vfd_lease_save (&lease, fixture->journal, NULL));
    load (fixture, &again);
    g_assert_true (again.wedged);
    g_assert_null (again.record);
    vfd_lease_clear (&again);

    record->identity = g_strdup ("a card");
    record->address = address;
    vf_record_set_services (record, "nvidia-powerd.service");
    vf_record_set_modules (record, "nvidia_drm nvidia");
    lease.record = record;
    g_assert_true (vfd_lease_save (&lease, fixture->journal, NULL));
    load (fixture, &again);
    g_assert_cmpstr (again.record->services, ==, "nvidia-powerd.service");
    g_assert_cmpstr (again.record->modules, ==, "nvidia_drm nvidia");
    vfd_lease_clear (&again);
    vfd_lease_clear (&lease);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/lease/first-version", Fixture, NULL, set_up, test_first_version, tear_down);
    g_test_add ("/lease/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
    return g_test_run ();
}
