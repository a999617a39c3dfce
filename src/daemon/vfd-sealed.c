/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of state files: header and checksum. */
#include "vfd-sealed.h"

#include "vf-error.h"

#include <string.h>

#define MAGIC "VIRTFLOW"
/* Of any of the values: 2 has services and modules in the record of a GPU. */
#define FORMAT_VERSION 2
#define DIGEST_SIZE 32

typedef struct {
    char magic[8];
    guint32 version;
    guint32 length;
    guint64 sequence;
    guint8 digest[DIGEST_SIZE]; /* of sequence, length and value */
    guint8 unused[8];
} Header;
G_STATIC_ASSERT (sizeof (Header) == VFD_SEALED_HEADER_SIZE);

static void
compute_digest (const Header *header, const void *value, guint8 *digest)
{
    g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
    gsize size = DIGEST_SIZE;

    g_checksum_update (checksum, (const guchar *) &header->length, sizeof header->length);
    g_checksum_update (checksum, (const guchar *) &header->sequence, sizeof header->sequence);
    g_checksum_update (checksum, value, header->length);
    g_checksum_get_digest (checksum, digest, &size);
}

GBytes *
vfd_sealed_wrap (GVariant *value, guint64 sequence)
{
    g_autoptr (GVariant) owned = g_variant_ref_sink (value);
    g_autoptr (GVariant) normal = g_variant_get_normal_form (owned);
    gsize length = g_variant_get_size (normal);
    guint8 *data = g_malloc0 (sizeof (Header) + length);
    Header header = { .version = FORMAT_VERSION, .length = (guint32) length, .sequence = sequence };

    memcpy (header.magic, MAGIC, sizeof header.magic);
    g_variant_store (normal, data + sizeof header);
    compute_digest (&header, data + sizeof header, header.digest);
    memcpy (data, &header, sizeof header);
    return g_bytes_new_take (data, sizeof header + length);
}

static gboolean
read_header (const void *data, gsize size, Header *header)
{
    if (size < sizeof *header || memcmp (data, MAGIC, strlen (MAGIC)) != 0)
        return FALSE;
    memcpy (header, data, sizeof *header);
    return TRUE;
}

gboolean
vfd_sealed_is_newer (const void *data, gsize size)
{
    Header header;

    return read_header (data, size, &header) && header.version > FORMAT_VERSION;
}

GVariant *
vfd_sealed_unwrap (
    const void *data, gsize size, const char *type, guint64 *sequence, GError **error)
{
    g_autoptr (GVariant) value = NULL;
    guint8 digest[DIGEST_SIZE];
    Header header;
    void *copy;

    if (!read_header (data, size, &header)) {
        vf_error_set (error, VF_REASON_FOREIGN_STATE,
                      "not a VirtFlow state file, or a damaged one");
        return NULL;
    }
    if (header.version > FORMAT_VERSION) {
        vf_error_set (error, VF_REASON_FOREIGN_STATE,
                      "written by a newer VirtFlow (format %u, this one reads up to %d)",
                      header.version, FORMAT_VERSION);
        return NULL;
    }
    if (header.length > size - sizeof header) {
        vf_error_set (error, VF_REASON_FOREIGN_STATE, "cut off");
        return NULL;
    }
    compute_digest (&header, (const guint8 *) data + sizeof header, digest);
    if (memcmp (digest, header.digest, sizeof digest) != 0) {
        vf_error_set (error, VF_REASON_FOREIGN_STATE, "damaged: the checksum does not match");
        return NULL;
    }
    copy = g_memdup2 ((const guint8 *) data + sizeof header, header.length);
    value = g_variant_ref_sink (
        g_variant_new_from_data (G_VARIANT_TYPE (type), copy, header.length, FALSE, g_free, copy));
    if (!g_variant_is_normal_form (value)) {
        vf_error_set (error, VF_REASON_FOREIGN_STATE, "not in the form that was expected");
        return NULL;
    }
    if (sequence != NULL)
        *sequence = header.sequence;
    return g_steal_pointer (&value);
}
