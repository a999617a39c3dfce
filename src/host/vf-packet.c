/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how messages between the daemon and its small programs travel. */
#include "vf-packet.h"

#include "vf-error.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

static GVariant *
parse (GBytes *bytes, const char *type, GError **error)
{
    g_autoptr (GVariant) message =
        g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));

    if (!g_variant_is_normal_form (message)) {
        vf_error_set (error, VF_REASON_INTERNAL, "A packet is not a message of type %s.", type);
        return NULL;
    }
    return g_steal_pointer (&message);
}

GVariant *
vf_packet_receive (int socket, const char *type, GError **error)
{
    g_autofree char *buffer = g_malloc (VF_PACKET_MAX);
    struct iovec part = { buffer, VF_PACKET_MAX };
    struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1 };
    g_autoptr (GBytes) bytes = NULL;
    ssize_t length;

    do
        length = recvmsg (socket, &packet, MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    if (length < 0) {
        vf_error_set (error, VF_REASON_INTERNAL, "Cannot receive a packet: %s.",
                      g_strerror (errno));
        return NULL;
    }
    if (packet.msg_flags & MSG_TRUNC) {
        vf_error_set (error, VF_REASON_INTERNAL, "A packet is longer than %d bytes.",
                      VF_PACKET_MAX);
        return NULL;
    }
    if (length == 0)
        return NULL;
    bytes = g_bytes_new (buffer, (gsize) length);
    return parse (bytes, type, error);
}

gboolean
vf_packet_send (int socket, GVariant *message, GError **error)
{
    g_autoptr (GVariant) owned = g_variant_ref_sink (message);
    gsize length = g_variant_get_size (owned);
    ssize_t sent;

    if (length > VF_PACKET_MAX) {
        vf_error_set (error, VF_REASON_INTERNAL, "A message of %zu bytes does not fit a packet.",
                      length);
        return FALSE;
    }
    do
        sent = send (socket, g_variant_get_data (owned), length, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        vf_error_set (error, VF_REASON_INTERNAL, "Cannot send a packet: %s.", g_strerror (errno));
        return FALSE;
    }
    return TRUE;
}

/* Its packets can still be read after it has closed its end (net/unix/af_unix.c). */
static gboolean
peer_is_gone (int socket)
{
    struct pollfd end = { .fd = socket };

    return poll (&end, 1, 0) == 1 && (end.revents & (POLLHUP | POLLERR)) != 0;
}

int
vf_packet_serve (int socket, const char *type, VfPacketHandler handler, gpointer data)
{
    g_autoptr (GError) error = NULL;

    for (;;) {
        g_autoptr (GVariant) request = vf_packet_receive (socket, type, &error);

        if (request == NULL || peer_is_gone (socket)
            || !vf_packet_send (socket, handler (request, data), &error))
            break;
    }
    if (error == NULL)
        return 0;
    g_printerr ("%s\n", error->message);
    return 1;
}
