/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the files of the pairings. */
#include "vfd-pairings.h"

#include "vf-error.h"
#include "vfd-fault.h"
#include "vfd-sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

static void
load_file (VfdPairings *pairings, const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *contents = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) variant = NULL;
    VfdPairing *pairing;
    gsize size;

    if (!g_file_get_contents (path, &contents, &size, &error)
        || (variant = vfd_sealed_unwrap (contents, size, VFD_PAIRING_VARIANT_TYPE, NULL, &error))
               == NULL) {
        g_warning ("The pairing %s is left out: %s", path, error->message);
        return;
    }
    pairing = vfd_pairing_from_variant (variant);
    if (pairing == NULL || !g_str_equal (pairing->uuid, name)) {
        g_warning ("The pairing %s is left out: it is not what its name says", path);
        vfd_pairing_free (pairing);
        return;
    }
    g_hash_table_insert (pairings->by_uuid, pairing->uuid, pairing);
}

VfdPairings *
vfd_pairings_load (const char *path, GError **error)
{
    g_autoptr (VfdPairings) pairings = g_new0 (VfdPairings, 1);
    g_autoptr (GDir) folder = NULL;
    const char *name;

    pairings->folder_fd = -1;
    pairings->by_uuid =
        g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) vfd_pairing_free);
    if (g_mkdir_with_parents (path, 0700) == 0)
        pairings->folder_fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (pairings->folder_fd < 0) {
        vf_error_set (error, VF_REASON_INTERNAL, "Could not open %s: %s", path, g_strerror (errno));
        return NULL;
    }
    folder = g_dir_open (path, 0, NULL);
    while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
        if (vfd_pairing_is_uuid (name))
            load_file (pairings, path, name);
    }
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
    g_autofree char *temporary = g_strconcat (pairing->uuid, ".new", NULL);
    int fd = openat (pairings->folder_fd, temporary,
                     O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    gboolean written;

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

void
vfd_pairings_drop (VfdPairings *pairings, const char *uuid)
{
    if (VFD_FAULT_POINT ("pairing about to be dropped")
        && unlinkat (pairings->folder_fd, uuid, 0) == 0)
        fsync (pairings->folder_fd);
    (void) VFD_FAULT_POINT ("pairing dropped");
    g_hash_table_remove (pairings->by_uuid, uuid);
    tell (pairings);
}
