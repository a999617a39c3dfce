/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the files of the pairings. */
#include "vfd-pairings.h"

#include "vf-error.h"
#include "vfd-fault.h"
#include "vfd-sealed.h"
#include "vfd-state-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct _VfdPairings {
    int folder_fd;
    GHashTable *by_uuid;
    void (*listener) (gpointer data); /* or NULL */
    gpointer data;
};

static void
tell (const VfdPairings *pairings)
{
    if (pairings->listener != NULL)
        pairings->listener (pairings->data);
}

#define UNFINISHED ".new" /* behind the name of a file that is being written */

/* Two texts of a domain, and all that is short. */
#define LONGEST (2 * 1024 * 1024 + 64 * 1024)

static GVariant *
read_file (const VfdPairings *pairings, const char *name, GError **error)
{
    int fd = vfd_state_file_open (pairings->folder_fd, name, O_RDONLY, LONGEST, error);
    g_autofree guint8 *contents = NULL;
    ssize_t got;
    gsize size = 0;

    if (fd < 0) {
        if (error != NULL && *error == NULL)
            vf_error_set (error, VF_REASON_FOREIGN_STATE, "%s", g_strerror (ENOENT));
        return NULL;
    }
    contents = g_malloc (LONGEST);
    while (size < LONGEST && (got = read (fd, contents + size, LONGEST - size)) > 0)
        size += (gsize) got;
    close (fd);
    return vfd_sealed_unwrap (contents, size, VFD_PAIRING_VARIANT_TYPE, NULL, error);
}

static void
load_file (VfdPairings *pairings, const char *name)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) variant = read_file (pairings, name, &error);
    VfdPairing *pairing;

    if (variant == NULL) {
        g_warning ("The pairing %s is left out: %s", name, error->message);
        return;
    }
    pairing = vfd_pairing_from_variant (variant);
    if (pairing == NULL || !g_str_equal (pairing->uuid, name)) {
        g_warning ("The pairing %s is left out: it is not what its name says", name);
        vfd_pairing_free (pairing);
        return;
    }
    g_hash_table_insert (pairings->by_uuid, pairing->uuid, pairing);
}

/* A power cut leaves what was not yet in its place, and it may never be written again. */
static gboolean
is_unfinished (const char *name)
{
    g_autofree char *uuid = g_strndup (name, strcspn (name, "."));

    return g_str_has_suffix (name, UNFINISHED)
           && strlen (name) == strlen (uuid) + strlen (UNFINISHED) && vfd_pairing_is_uuid (uuid);
}

static void
load_all (VfdPairings *pairings)
{
    int fd = openat (pairings->folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir (fd) : NULL;
    struct dirent *entry;

    while (folder != NULL && (entry = readdir (folder)) != NULL) {
        if (vfd_pairing_is_uuid (entry->d_name))
            load_file (pairings, entry->d_name);
        else if (is_unfinished (entry->d_name))
            unlinkat (pairings->folder_fd, entry->d_name, 0);
    }
    if (folder != NULL)
        closedir (folder);
}

VfdPairings *
vfd_pairings_load (const char *state, GError **error)
{
    g_autoptr (VfdPairings) pairings = g_new0 (VfdPairings, 1);

    pairings->by_uuid =
        g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) vfd_pairing_free);
    pairings->folder_fd = vfd_state_file_open_folder (state, "pairings", geteuid (), error);
    if (pairings->folder_fd < 0)
        return NULL;
    load_all (pairings);
    return g_steal_pointer (&pairings);
}

void
vfd_pairings_free (VfdPairings *pairings)
{
    if (pairings->folder_fd >= 0)
        close (pairings->folder_fd);
    g_hash_table_unref (pairings->by_uuid);
    g_free (pairings);
}

void
vfd_pairings_listen (VfdPairings *pairings, void (*listener) (gpointer data), gpointer data)
{
    pairings->listener = listener;
    pairings->data = data;
}

VfdPairing *
vfd_pairings_find (VfdPairings *pairings, const char *uuid)
{
    return g_hash_table_lookup (pairings->by_uuid, uuid);
}

GPtrArray *
vfd_pairings_list (VfdPairings *pairings)
{
    GPtrArray *list = g_ptr_array_new ();
    GHashTableIter iter;
    gpointer pairing;

    g_hash_table_iter_init (&iter, pairings->by_uuid);
    while (g_hash_table_iter_next (&iter, NULL, &pairing))
        g_ptr_array_add (list, pairing);
    return list;
}

static gboolean
write_all (int fd, const guint8 *data, gsize size)
{
    while (size > 0) {
        ssize_t written = write (fd, data, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return FALSE;
        data += written;
        size -= (gsize) written;
    }
    return TRUE;
}

static gboolean
save (VfdPairings *pairings, const VfdPairing *pairing, GError **error)
{
    g_autoptr (GBytes) bytes = vfd_sealed_wrap (vfd_pairing_to_variant (pairing), 0);
    g_autofree char *temporary = g_strconcat (pairing->uuid, UNFINISHED, NULL);
    gboolean written;
    int fd;

    /* One that a daemon left half-written, or that somebody put there. */
    unlinkat (pairings->folder_fd, temporary, 0);
    fd = openat (pairings->folder_fd, temporary,
                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    written = fd >= 0 && write_all (fd, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
              && fsync (fd) == 0 && VFD_FAULT_POINT ("pairing written")
              && renameat (pairings->folder_fd, temporary, pairings->folder_fd, pairing->uuid) == 0
              && fsync (pairings->folder_fd) == 0 && VFD_FAULT_POINT ("pairing in its place");
    if (!written) {
        vf_error_set (error, VF_REASON_INTERNAL,
                      "Could not store the pairing in /var/lib/virtflow: %s. Look for space and "
                      "errors there, then try again.",
                      g_strerror (errno));
        unlinkat (pairings->folder_fd, temporary, 0);
    }
    if (fd >= 0)
        close (fd);
    return written;
}

gboolean
vfd_pairings_store (VfdPairings *pairings, VfdPairing *pairing, GError **error)
{
    if (!save (pairings, pairing, error)) {
        vfd_pairing_free (pairing);
        return FALSE;
    }
    /* The key belongs to the value: a plain insert would keep the old one. */
    g_hash_table_replace (pairings->by_uuid, pairing->uuid, pairing);
    tell (pairings);
    return TRUE;
}

gboolean
vfd_pairings_confirm (VfdPairings *pairings, VfdPairing *pairing, GBytes *after, GError **error)
{
    gboolean was_pending = pairing->pending;
    g_autoptr (GBytes) old = pairing->after;

    pairing->after = g_bytes_ref (after);
    pairing->pending = FALSE;
    if (save (pairings, pairing, error)) {
        tell (pairings);
        return TRUE;
    }
    g_bytes_unref (pairing->after);
    pairing->after = g_steal_pointer (&old);
    pairing->pending = was_pending;
    return FALSE;
}

gboolean
vfd_pairings_set_on_start (VfdPairings *pairings, VfdPairing *pairing, GError **error)
{
    gboolean was_on_start = pairing->on_start;

    pairing->on_start = TRUE;
    if (save (pairings, pairing, error)) {
        tell (pairings);
        return TRUE;
    }
    pairing->on_start = was_on_start;
    return FALSE;
}

gboolean
vfd_pairings_drop (VfdPairings *pairings, const char *uuid, GError **error)
{
    if (!VFD_FAULT_POINT ("pairing about to be dropped")
        || (unlinkat (pairings->folder_fd, uuid, 0) != 0 && errno != ENOENT)) {
        vf_error_set (error, VF_REASON_INTERNAL,
                      "Could not remove the pairing from /var/lib/virtflow: %s. Look for errors "
                      "there, then try again.",
                      g_strerror (errno));
        return FALSE;
    }
    fsync (pairings->folder_fd);
    (void) VFD_FAULT_POINT ("pairing dropped");
    g_hash_table_remove (pairings->by_uuid, uuid);
    tell (pairings);
    return TRUE;
}
