/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the packets between the daemon and its helpers. */
#include "vfd-link.h"

#include "vf-error.h"

#include <gio/gunixsocketaddress.h>

/* The largest packet that either side sends. */
#define PACKET_MAX (64 * 1024)

struct _VfdLink {
    char *name;
    char *reply_type;
    GSocket *socket;
    GSource *readable;
    guint deadline_id;
    guint failure_id;
    VfdLinkReply reply;
    void (*late) (gpointer data);
    gpointer data;
};

VfdLink *
vfd_link_open (const char *folder, const char *name, const char *reply_type, GError **error)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
    g_autoptr (GError) local = NULL;
    g_autoptr (GSocket) socket = NULL;
    VfdLink *link;

    socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_SEQPACKET, G_SOCKET_PROTOCOL_DEFAULT,
                           &local);
    /* Before it is connected: a listener whose queue is full would be waited for. */
    if (socket != NULL)
        g_socket_set_blocking (socket, FALSE);
    if (socket == NULL || !g_socket_connect (socket, address, NULL, &local)) {
        vf_error_set (error, VF_REASON_NO_WORKER,
                      "The helper virtflow-%s cannot be reached (%s). Its socket unit is not "
                      "running: systemctl start virtflow-%s.socket",
                      name, local->message, name);
        return NULL;
    }
    link = g_new0 (VfdLink, 1);
    link->name = g_strdup (name);
    link->reply_type = g_strdup (reply_type);
    link->socket = g_steal_pointer (&socket);
    return link;
}

static void
stop_waiting (VfdLink *link)
{
    if (link->readable != NULL) {
        g_source_destroy (link->readable);
        g_clear_pointer (&link->readable, g_source_unref);
    }
    g_clear_handle_id (&link->deadline_id, g_source_remove);
    g_clear_handle_id (&link->failure_id, g_source_remove);
}

void
vfd_link_free (VfdLink *link)
{
    stop_waiting (link);
    g_object_unref (link->socket);
    g_free (link->name);
    g_free (link->reply_type);
    g_free (link);
}

/* The callback may free the link, so it comes last. */
static void
deliver (VfdLink *link, GVariant *reply, const GError *error)
{
    VfdLinkReply callback = link->reply;

    stop_waiting (link);
    link->reply = NULL;
    callback (reply, error, link->data);
}

static GError *
gone_error (const VfdLink *link)
{
    return vf_error_new (VF_REASON_NO_WORKER,
                         "The helper virtflow-%s ended before it answered. 'journalctl -u "
                         "\"virtflow-%s@*\"' may say why.",
                         link->name, link->name);
}

static GVariant *
read_reply (VfdLink *link, GError **error)
{
    g_autofree guint8 *packet = g_malloc (PACKET_MAX);
    gssize size = g_socket_receive (link->socket, (char *) packet, PACKET_MAX, NULL, NULL);
    g_autoptr (GVariant) reply = NULL;
    guint8 *data;

    if (size <= 0) {
        g_propagate_error (error, gone_error (link));
        return NULL;
    }
    data = g_memdup2 (packet, (gsize) size);
    reply = g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE (link->reply_type), data,
                                                         (gsize) size, FALSE, g_free, data));
    if (!g_variant_is_normal_form (reply)) {
        vf_error_set (error, VF_REASON_INTERNAL, "virtflow-%s gave a malformed answer", link->name);
        return NULL;
    }
    return g_steal_pointer (&reply);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
    VfdLink *link = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) reply = NULL;

    if (link->reply == NULL) {
        stop_waiting (link);
        if (link->late != NULL)
            link->late (link->data);
        return G_SOURCE_REMOVE;
    }
    reply = read_reply (link, &error);
    deliver (link, reply, error);
    return G_SOURCE_REMOVE;
}

static gboolean
on_deadline (gpointer data)
{
    VfdLink *link = data;
    VfdLinkReply callback = link->reply;
    g_autoptr (GError) error = NULL;

    error = vf_error_new (VF_REASON_WEDGED,
                          "The helper virtflow-%s did not answer in time. 'journalctl -u "
                          "\"virtflow-%s@*\"' and 'journalctl -k' may say why; try again then.",
                          link->name, link->name);
    link->deadline_id = 0;
    link->reply = NULL; /* the source stays: see vfd_link_await_end() */
    callback (NULL, error, link->data);
    return G_SOURCE_REMOVE;
}

static gboolean
on_send_failed (gpointer data)
{
    VfdLink *link = data;
    g_autoptr (GError) error = gone_error (link);

    link->failure_id = 0;
    deliver (link, NULL, error);
    return G_SOURCE_REMOVE;
}

void
vfd_link_call (VfdLink *link, GVariant *request, guint deadline, VfdLinkReply reply, gpointer data)
{
    g_autoptr (GVariant) owned = g_variant_ref_sink (request);
    gsize size = g_variant_get_size (owned);

    g_return_if_fail (link->reply == NULL);
    link->reply = reply;
    link->data = data;
    if (g_socket_send (link->socket, g_variant_get_data (owned), size, NULL, NULL)
        != (gssize) size) {
        link->failure_id = g_idle_add (on_send_failed, link);
        return;
    }
    link->readable = g_socket_create_source (link->socket, G_IO_IN | G_IO_HUP, NULL);
    g_source_set_callback (link->readable, G_SOURCE_FUNC (on_readable), link, NULL);
    g_source_attach (link->readable, NULL);
    link->deadline_id = g_timeout_add (deadline, on_deadline, link);
}

void
vfd_link_await_end (VfdLink *link, void (*late) (gpointer data), gpointer data)
{
    link->late = late;
    link->data = data;
}
