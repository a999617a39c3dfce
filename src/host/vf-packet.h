/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One message, one packet: a serialised GVariant in normal form on a SOCK_SEQPACKET socket. This is
 * how the daemon talks to the worker, the probe and the modules program. */
#pragma once

#include <glib.h>

/* Longest packet, in bytes. */
#define VF_PACKET_MAX (64 * 1024)

/* Waits for one packet on @socket. Returns its message, of the GVariant type string @type and in
 * normal form; the caller owns it. Returns NULL without an error when the peer has closed. Fails
 * with VF_REASON_INTERNAL for a packet that is too long or is no such message, and when the socket
 * does; the stream is of no use after that. */
GVariant *vf_packet_receive (int socket, const char *type, GError **error);

/* Sends @message, and takes it when it is floating. Fails with VF_REASON_INTERNAL when it is longer
 * than VF_PACKET_MAX or the socket does not take it. */
gboolean vf_packet_send (int socket, GVariant *message, GError **error);

/* Answers one request; the answer may be floating. */
typedef GVariant *(*VfPacketHandler) (GVariant *request, gpointer data);

/* Answers requests of @type on @socket, one after the other, until the peer closes. A request whose
 * sender is gone is not carried out: whoever came after it has looked at the machine already and
 * decided something else. Returns the status that the program ends with: 0, or 1 after a sentence
 * on standard error. */
int vf_packet_serve (int socket, const char *type, VfPacketHandler handler, gpointer data);
