/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the journal files: preallocation, the two slots, syncing. */
#include "vfd-journal.h"

#include "vf-error.h"
#include "vfd-fault.h"
#include "vfd-sealed.h"
#include "vfd-state-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A switch of eight functions takes about 10 KiB. */
#define SLOT_SIZE (64 * 1024)
#define N_SLOTS 2

#define REMOVAL_PAUSE 1 /* seconds */

struct _VfdJournal {
    int folder_fd;
    VfPciAddressText name;
    int fd; /* -1 while there is no file, or it was not opened yet */
    guint64 sequence;
    guint removal_id; /* of a file that could not be removed, until it is */
};

VfdJournal *
vfd_journal_new (int folder_fd, VfPciAddress address)
{
    VfdJournal *journal = g_new0 (VfdJournal, 1);

    journal->folder_fd = folder_fd;
    journal->name = vf_pci_address_format (address);
    journal->fd = -1;
    return journal;
}

void
vfd_journal_free (VfdJournal *journal)
{
    g_clear_handle_id (&journal->removal_id, g_source_remove);
    if (journal->fd >= 0)
        close (journal->fd);
    g_free (journal);
}

static void
set_error (GError **error, const char *what, int errnum)
{
    vf_error_set (error, VF_REASON_INTERNAL,
                  "Could not %s the journal in /run/virtflow: %s. Nothing was changed without it; "
                  "look for space and errors there.",
                  what, g_strerror (errnum));
}

/* A daemon that was killed between making the file and its first value has done nothing yet. */
static gboolean
is_untouched (const guint8 *slot, ssize_t size)
{
    for (ssize_t i = 0; i < size; i++) {
        if (slot[i] != 0)
            return FALSE;
    }
    return TRUE;
}

GVariant *
vfd_journal_read (VfdJournal *journal, const char *type, GError **error)
{
    g_autoptr (GVariant) newest = NULL;
    g_autofree guint8 *slot = g_malloc (SLOT_SIZE);
    g_autoptr (GError) slot_error = NULL;

    if (journal->fd < 0)
        journal->fd = vfd_state_file_open (journal->folder_fd, journal->name.text, O_RDWR,
                                           N_SLOTS * SLOT_SIZE, error);
    if (journal->fd < 0)
        return NULL;
    for (int i = 0; i < N_SLOTS; i++) {
        ssize_t size = pread (journal->fd, slot, SLOT_SIZE, (off_t) i * SLOT_SIZE);
        guint64 sequence;
        GVariant *value;

        if (size < 0) {
            set_error (error, "read", errno);
            return NULL;
        }
        if (is_untouched (slot, size))
            continue;
        g_clear_error (&slot_error);
        value = vfd_sealed_unwrap (slot, (gsize) size, type, &sequence, &slot_error);
        if (vfd_sealed_is_newer (slot, (gsize) size)) {
            g_propagate_error (error, g_steal_pointer (&slot_error));
            return NULL;
        }
        if (value == NULL)
            continue;
        if (newest == NULL || sequence > journal->sequence) {
            g_clear_pointer (&newest, g_variant_unref);
            newest = value;
            journal->sequence = sequence;
        } else {
            g_variant_unref (value);
        }
    }
    if (newest == NULL && slot_error != NULL)
        g_propagate_error (error, g_steal_pointer (&slot_error));
    return g_steal_pointer (&newest);
}

/* FALSE with errno set. */
static gboolean
remove_file (VfdJournal *journal)
{
    if (!VFD_FAULT_POINT ("journal about to be dropped")
        || (unlinkat (journal->folder_fd, journal->name.text, 0) != 0 && errno != ENOENT))
        return FALSE;
    fsync (journal->folder_fd);
    (void) VFD_FAULT_POINT ("journal dropped");
    return TRUE;
}

static gboolean
on_removal_due (gpointer data)
{
    VfdJournal *journal = data;

    if (!remove_file (journal))
        return G_SOURCE_CONTINUE;
    journal->removal_id = 0;
    return G_SOURCE_REMOVE;
}

static gboolean
create (VfdJournal *journal, GError **error)
{
    struct stat folder;
    int fd, errnum;

    if (journal->removal_id != 0 && remove_file (journal))
        g_clear_handle_id (&journal->removal_id, g_source_remove);
    fd = openat (journal->folder_fd, journal->name.text,
                 O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        set_error (error, "create", errno);
        return FALSE;
    }
    /* Root makes it for the daemon, which has to read it when it is back. */
    errnum = VFD_FAULT_POINT ("journal made") ? 0 : errno;
    if (errnum == 0 && fstat (journal->folder_fd, &folder) == 0 && folder.st_uid != geteuid ()
        && fchown (fd, folder.st_uid, folder.st_gid) != 0)
        errnum = errno;
    if (errnum == 0)
        errnum = posix_fallocate (fd, 0, N_SLOTS * SLOT_SIZE);
    if (errnum == 0 && (fsync (fd) != 0 || fsync (journal->folder_fd) != 0))
        errnum = errno;
    if (errnum != 0) {
        close (fd);
        unlinkat (journal->folder_fd, journal->name.text, 0);
        set_error (error, "create", errnum);
        return FALSE;
    }
    journal->fd = fd;
    journal->sequence = 0;
    return TRUE;
}

gboolean
vfd_journal_write (VfdJournal *journal, GVariant *value, GError **error)
{
    g_autoptr (GBytes) bytes = vfd_sealed_wrap (value, journal->sequence + 1);
    gsize size = g_bytes_get_size (bytes);
    off_t offset = (off_t) ((journal->sequence + 1) % N_SLOTS) * SLOT_SIZE;

    if (size > SLOT_SIZE) {
        set_error (error, "write", EFBIG);
        return FALSE;
    }
    if (journal->fd < 0 && !create (journal, error))
        return FALSE;
    if (!VFD_FAULT_POINT ("journal about to be written")
        || pwrite (journal->fd, g_bytes_get_data (bytes, NULL), size, offset) != (ssize_t) size
        || fdatasync (journal->fd) != 0) {
        set_error (error, "write", errno);
        return FALSE;
    }
    journal->sequence++;
    (void) VFD_FAULT_POINT ("journal written");
    return TRUE;
}

void
vfd_journal_drop (VfdJournal *journal)
{
    if (journal->fd >= 0)
        close (journal->fd);
    journal->fd = -1;
    journal->sequence = 0;
    if (journal->removal_id != 0 || remove_file (journal))
        return;
    g_warning ("The journal of %s has no value any more and cannot be removed: %s. That is tried "
               "again.",
               journal->name.text, g_strerror (errno));
    journal->removal_id = g_timeout_add_seconds (REMOVAL_PAUSE, on_removal_due, journal);
}

GArray *
vfd_journal_list (int folder_fd)
{
    GArray *addresses = g_array_new (FALSE, FALSE, sizeof (VfPciAddress));
    int fd = openat (folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir (fd) : NULL;
    struct dirent *entry;

    while (folder != NULL && (entry = readdir (folder)) != NULL) {
        VfPciAddress address;

        if (vf_pci_address_parse (entry->d_name, &address, NULL))
            g_array_append_val (addresses, address);
    }
    if (folder != NULL)
        closedir (folder);
    return addresses;
}
