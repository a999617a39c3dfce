/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-seeds FOLDER: writes what the daemon itself would have written, as a beginning for the
 * targets whose inputs have a form that only code makes. To be run once more when a form changes.
 */
#include "vf-step.h"
#include "vfd-lease.h"
#include "vfd-pairing.h"
#include "vfd-sealed.h"

#include <fcntl.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

static const VfPciAddress gpu = { 0, 1, 0, 0 };
static const VfPciAddress sound = { 0, 1, 0, 1 };

static void
write_seed (
    const char *folder, const char *target, const char *name, const char *mark, GBytes *bytes)
{
    g_autofree char *path = g_build_filename (folder, target, NULL);
    g_autofree char *file = g_build_filename (path, name, NULL);
    g_autoptr (GByteArray) contents = g_byte_array_new ();
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);

    g_mkdir_with_parents (path, 0755);
    g_byte_array_append (contents, (const guint8 *) mark, (guint) strlen (mark));
    g_byte_array_append (contents, data, (guint) size);
    if (!g_file_set_contents (file, (const char *) contents->data, contents->len, NULL))
        g_error ("%s cannot be written", file);
}

/* Takes @value. */
static void
write_value (
    const char *folder, const char *target, const char *name, const char *mark, GVariant *value)
{
    g_autoptr (GVariant) owned = g_variant_ref_sink (value);
    g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (owned);

    write_seed (folder, target, name, mark, bytes);
}

static VfPlan *
lend_plan (void)
{
    GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_step_free);
    static const struct {
        VfStepKind kind;
        const char *value;
    } kinds[] = {
        { VF_STEP_LOAD_MODULE, "vfio-pci" },
        { VF_STEP_NOTE_REGISTERS, "" },
        { VF_STEP_OVERRIDE, "vfio-pci" },
        { VF_STEP_NOTE_NODES, "" },
        { VF_STEP_FENCE, "" },
        { VF_STEP_UNFENCE, "dri/card1 0660" },
        { VF_STEP_CHECK_HOLDERS, "" },
        { VF_STEP_CHECK_VFIO_USERS, "" },
        { VF_STEP_UNBIND, "nouveau" },
        { VF_STEP_BIND, "vfio-pci" },
        { VF_STEP_POWER_CONTROL, "on" },
        { VF_STEP_D3COLD, "0" },
        { VF_STEP_VERIFY_REGISTERS, "00000000 00000000" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
        g_ptr_array_add (steps, vf_step_new (kinds[i].kind, i % 2 == 0 ? gpu : sound, 0x10de1e84,
                                             kinds[i].value));
    return vf_plan_new (VF_TARGET_VFIO, steps);
}

static VfRecord *
new_record (void)
{
    VfRecord *record = g_new0 (VfRecord, 1);

    record->identity = g_strdup ("10de:1e84 1458:3ff6 030000 10de:10f8");
    record->services = g_strdup ("nvidia-persistenced.service");
    record->modules = g_strdup ("nvidia_drm nvidia");
    record->address = gpu;
    record->n_functions = 2;
    for (guint i = 0; i < record->n_functions; i++)
        record->functions[i] = (VfFunctionRecord){ .address = i == 0 ? gpu : sound,
                                                   .ids = 0x10de1e84,
                                                   .driver = g_strdup ("nouveau"),
                                                   .power_control = g_strdup ("auto"),
                                                   .d3cold_allowed = g_strdup ("1"),
                                                   .registers = g_strdup ("0000 0001"),
                                                   .fence = g_strdup ("dri/card1 0660") };
    return record;
}

/* The value, out of the journal that it was written to. */
static void
write_lease (const char *folder, const char *name, const VfdLease *lease)
{
    g_autofree char *path = g_dir_make_tmp ("virtflow-seeds-XXXXXX", NULL);
    g_autofree char *file = g_build_filename (path, "0000:01:00.0", NULL);
    int fd = open (path, O_RDONLY | O_DIRECTORY);
    g_autoptr (VfdJournal) journal = vfd_journal_new (fd, gpu);
    g_autofree char *contents = NULL;
    g_autoptr (GBytes) value = NULL;
    g_autofree char *whole = g_strconcat (name, "-file", NULL);
    guint32 length;

    if (!vfd_lease_save (lease, journal, NULL)
        || !g_file_get_contents (file, &contents, NULL, NULL))
        g_error ("no journal");
    /* The first value goes to the second slot. */
    memcpy (&length, contents + 64 * 1024 + 12, sizeof length);
    value = g_bytes_new (contents + 64 * 1024 + VFD_SEALED_HEADER_SIZE, length);
    write_seed (folder, "journal", name, "v", value);
    g_clear_pointer (&value, g_bytes_unref);
    value = g_bytes_new (contents + 64 * 1024, VFD_SEALED_HEADER_SIZE + length);
    write_seed (folder, "journal", whole, "f", value);
    vfd_journal_drop (journal);
    rmdir (path);
    close (fd);
}

static void
write_leases (const char *folder)
{
    VfdLease lease = { .claim = vf_claim_new (VF_CLAIM_USER, "1000", "anna") };

    write_lease (folder, "claimed", &lease);
    vfd_lease_set_claim (
        &lease, vf_claim_new (VF_CLAIM_VM, "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01", "desk"));
    lease.record = new_record ();
    write_lease (folder, "lent", &lease);
    vfd_lease_set_run (&lease, lease.claim->id);
    lease.run_seen = TRUE;
    write_lease (folder, "running", &lease);
    lease.plan = lend_plan ();
    lease.step = 7;
    lease.wedged = lease.homeward = TRUE;
    write_lease (folder, "unfinished", &lease);
    vfd_lease_clear (&lease);
}

static void
write_pairing (const char *folder)
{
    VfdPairing pairing = { .uuid = (char *) "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01",
                           .name = (char *) "desk",
                           .gpu = gpu,
                           .identity = (char *) "10de:1e84",
                           .profile = (char *) "monitor",
                           .before = g_bytes_new_static ("<domain/>", 10),
                           .after = g_bytes_new_static ("", 1) };
    g_autoptr (GBytes) sealed = vfd_sealed_wrap (vfd_pairing_to_variant (&pairing), 0);

    write_value (folder, "pairing", "value", "v", vfd_pairing_to_variant (&pairing));
    write_seed (folder, "pairing", "file", "f", sealed);
    g_bytes_unref (pairing.before);
    g_bytes_unref (pairing.after);
}

int
main (int argc, char **argv)
{
    g_autoptr (VfPlan) plan = lend_plan ();

    if (argc != 2)
        return EXIT_FAILURE;
    write_value (argv[1], "plan", "lend", "", vf_plan_to_variant (plan));
    write_leases (argv[1]);
    write_pairing (argv[1]);
    return EXIT_SUCCESS;
}
