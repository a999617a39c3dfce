/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of a GPU: what is read of it can be written and is then read alike. The first byte
 * says what the rest is: the file as it is on the disk, or the values of one slot or of both, which
 * are then sealed as the daemon does it; else no checksum would ever be right. */
#include "fuzz.h"

#include "fuzz-folder.h"
#include "vf-error.h"
#include "vfd-lease.h"
#include "vfd-sealed.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SLOT_SIZE (64 * 1024)

/* That of vfd-lease.c; a lease that was saved is looked at first, so a change there is noticed. */
#define LEASE_TYPE "((sss)m" VF_RECORD_VARIANT_TYPE "sbbbm(" VF_PLAN_VARIANT_TYPE "u))"

static const VfPciAddress address = { 0, 1, 0, 0 };
static const VfPciAddress other_address = { 0, 2, 0, 0 };

static int
find_folder (void)
{
    static int fd = -1;

    if (fd < 0)
        fd = open (fuzz_folder (), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd;
}

static void
write_slot (int fd, int slot, const guint8 *data, gsize size, guint64 sequence)
{
    guint8 *copy = g_memdup2 (data, size);
    GVariant *value =
        g_variant_new_from_data (G_VARIANT_TYPE (LEASE_TYPE), copy, size, FALSE, g_free, copy);
    g_autoptr (GBytes) bytes = vfd_sealed_wrap (value, sequence);
    gsize length = MIN (g_bytes_get_size (bytes), SLOT_SIZE);

    FUZZ_ASSERT (pwrite (fd, g_bytes_get_data (bytes, NULL), length, (off_t) slot * SLOT_SIZE)
                 == (ssize_t) length);
}

static void
write_file (const guint8 *data, gsize size)
{
    VfPciAddressText name = vf_pci_address_format (address);
    int fd = openat (find_folder (), name.text, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    gsize half = size / 2;

    FUZZ_ASSERT (fd >= 0);
    if (size > 0 && data[0] == 'v') {
        write_slot (fd, 0, data + 1, size - 1, 1);
    } else if (size > 0 && data[0] == 'w') {
        write_slot (fd, 0, data + 1, half, data[size - 1]);
        write_slot (fd, 1, data + half, size - half, data[half]);
    } else if (size > 0) {
        FUZZ_ASSERT (write (fd, data + 1, size - 1) == (ssize_t) size - 1);
    }
    close (fd);
}

static char *
print_journal (VfPciAddress at)
{
    g_autoptr (VfdJournal) journal = vfd_journal_new (find_folder (), at);
    g_autoptr (GVariant) value = vfd_journal_read (journal, LEASE_TYPE, NULL);

    return value != NULL ? g_variant_print (value, TRUE) : NULL;
}

static char *
save (const VfdLease *lease)
{
    g_autoptr (VfdJournal) journal = vfd_journal_new (find_folder (), other_address);
    g_autoptr (GError) error = NULL;
    char *text;

    FUZZ_ASSERT (vfd_lease_save (lease, journal, &error));
    text = print_journal (other_address);
    FUZZ_ASSERT ((text == NULL) == vfd_lease_is_empty (lease));
    vfd_journal_drop (journal);
    return text;
}

/* Saved and loaded it says the same, as often as one likes. */
static void
check (const VfdLease *lease)
{
    g_autoptr (VfdJournal) journal = vfd_journal_new (find_folder (), other_address);
    g_autofree char *once = save (lease);
    g_autofree char *twice = NULL;
    VfdLease again = { 0 };
    g_autoptr (GError) error = NULL;

    vfd_lease_is_running (lease);
    FUZZ_ASSERT (vfd_lease_save (lease, journal, NULL));
    FUZZ_ASSERT (vfd_lease_load (&again, journal, &error));
    vfd_journal_drop (journal);
    twice = save (&again);
    FUZZ_ASSERT (g_strcmp0 (once, twice) == 0);
    vfd_lease_clear (&again);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autoptr (VfdJournal) journal = vfd_journal_new (find_folder (), address);
    VfdLease lease = { 0 };
    g_autoptr (GError) error = NULL;
    gboolean loaded;

    if (size > SLOT_SIZE - VFD_SEALED_HEADER_SIZE)
        return 0;
    write_file (data, size);
    loaded = vfd_lease_load (&lease, journal, &error);
    FUZZ_ASSERT (loaded == (error == NULL));
    if (loaded)
        check (&lease);
    vfd_lease_clear (&lease);
    return 0;
}
