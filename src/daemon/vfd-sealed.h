/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A value as bytes on a disk that may have been cut off, overwritten half-way or written by another
 * version: a header with magic, format version, sequence number, length and checksum before it. */
#pragma once

#include <gio/gio.h>

/* Room that the header takes before the value. */
#define VFD_SEALED_HEADER_SIZE 64

/* @value in normal form behind its header. Takes a floating @value. The caller owns the result. */
GBytes *vfd_sealed_wrap (GVariant *value, guint64 sequence);

/* Reads what vfd_sealed_wrap() made; bytes after it do not matter. Returns NULL with
 * VF_REASON_FOREIGN_STATE when it is damaged or of a newer version. The caller owns the result,
 * which is not floating. @sequence may be NULL. */
GVariant *vfd_sealed_unwrap (
    const void *data, gsize size, const char *type, guint64 *sequence, GError **error);

/* Whether a newer version made what is there. What older ones made may be out of date then. */
gboolean vfd_sealed_is_newer (const void *data, gsize size);
