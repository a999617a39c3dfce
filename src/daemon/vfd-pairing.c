/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns pairings and their files. */
#include "vfd-pairing.h"

#include "vf-error.h"
#include "vfd-sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* uuid, name, gpu, identity, profile, on start, pending, before, after */
#define PAIRING_TYPE "(sssssbbayay)"

struct _VfdPairings {
    int folder_fd;
    GHashTable *by_uuid;
};

void
vfd_pairing_free (VfdPairing *pairing)
{
    if (pairing == NULL)
        return;
    g_free (pairing->uuid);
    g_free (pairing->name);
    g_free (pairing->identity);
    g_free (pairing->profile);
    g_free (pairing->owner);
    g_free (pairing->opener);
    if (pairing->owner_watch != 0)
        g_bus_unwatch_name (pairing->owner_watch);
    g_clear_pointer (&pairing->before, g_bytes_unref);
    g_clear_pointer (&pairing->after, g_bytes_unref);
    g_free (pairing);
}

gboolean
vfd_pairing_is_uuid (const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    if (strlen (text) != strlen (form))
        return FALSE;
    for (gsize i = 0; form[i] != '\0'; i++) {
        gboolean digit = g_ascii_isdigit (text[i]) || (text[i] >= 'a' && text[i] <= 'f');

        if (form[i] == 'x' ? !digit : text[i] != '-')
            return FALSE;
    }
    return TRUE;
}

static GVariant *
bytes_to_variant (GBytes *bytes)
{
    return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

static GVariant *
to_variant (const VfdPairing *pairing)
{
    return g_variant_new ("(sssssbb@ay@ay)", pairing->uuid, pairing->name,
                          vf_pci_address_format (pairing->gpu).text, pairing->identity,
                          pairing->profile, pairing->on_start, pairing->pending,
                          bytes_to_variant (pairing->before), bytes_to_variant (pairing->after));
}

static gboolean
is_text (GBytes *bytes)
{
    gsize size;
    const char *data = g_bytes_get_data (bytes, &size);

    return size > 0 && data[size - 1] == '\0';
}

static VfdPairing *
from_variant (GVariant *variant)
{
    g_autoptr (VfdPairing) pairing = g_new0 (VfdPairing, 1);
    g_autoptr (GVariant) before = NULL;
    g_autoptr (GVariant) after = NULL;
    const char *gpu;

    g_variant_get (variant, "(ss&sssbb@ay@ay)", &pairing->uuid, &pairing->name, &gpu,
                   &pairing->identity, &pairing->profile, &pairing->on_start, &pairing->pending,
                   &before, &after);
    pairing->before = g_variant_get_data_as_bytes (before);
    pairing->after = g_variant_get_data_as_bytes (after);
    if (!vfd_pairing_is_uuid (pairing->uuid) || !vf_pci_address_parse (gpu, &pairing->gpu, NULL)
        || !is_text (pairing->before) || !is_text (pairing->after))
        return NULL;
    return g_steal_pointer (&pairing);
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
        || (variant = vfd_sealed_unwrap (contents, size, PAIRING_TYPE, NULL, &error)) == NULL) {
        g_warning ("The pairing %s is left out: %s", path, error->message);
        return;
    }
    pairing = from_variant (variant);
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
    g_autoptr (GBytes) bytes = vfd_sealed_wrap (to_variant (pairing), 0);
    g_autofree char *temporary = g_strconcat (pairing->uuid, ".new", NULL);
    int fd = openat (pairings->folder_fd, temporary,
                     O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    gboolean written;

    written = fd >= 0 && write_all (fd, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
              && fsync (fd) == 0
              && renameat (pairings->folder_fd, temporary, pairings->folder_fd, pairing->uuid) == 0
              && fsync (pairings->folder_fd) == 0;
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
    return TRUE;
}

gboolean
vfd_pairings_confirm (VfdPairings *pairings, VfdPairing *pairing, GBytes *after, GError **error)
{
    gboolean was_pending = pairing->pending;
    g_autoptr (GBytes) old = pairing->after;

    pairing->after = g_bytes_ref (after);
    pairing->pending = FALSE;
    if (save (pairings, pairing, error))
        return TRUE;
    g_bytes_unref (pairing->after);
    pairing->after = g_steal_pointer (&old);
    pairing->pending = was_pending;
    return FALSE;
}

void
vfd_pairings_drop (VfdPairings *pairings, const char *uuid)
{
    unlinkat (pairings->folder_fd, uuid, 0);
    fsync (pairings->folder_fd);
    g_hash_table_remove (pairings->by_uuid, uuid);
}
