/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the connection to libvirt, its events and the attempts to get it back. */
#include "vfl-libvirt.h"

#include "vfl-work.h"

/* Of a connection that broke: the attempts, and the seconds before each. */
static const guint retry_after[] = { 1, 2, 4, 8, 15, 30 };

struct _VflLibvirt {
    GObject parent;
    VflLink link;
    GError *error;
    virConnect *connection;
    int callback; /* of the connection */
    gboolean trying;
    guint attempt;
    guint n_questions; /* that libvirt answers at once when it is well */
    guint patience_id;
    guint retry_id;
};
G_DEFINE_FINAL_TYPE (VflLibvirt, vfl_libvirt, G_TYPE_OBJECT)

enum { LINK, DOMAIN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
set_link (VflLibvirt *self, VflLink link, GError *error)
{
    g_clear_error (&self->error);
    self->error = error;
    self->link = link;
    g_signal_emit (self, signals[LINK], 0);
}

/* What the callbacks of a connection have: it may outlive the object. */
static GWeakRef *
new_link (VflLibvirt *self)
{
    GWeakRef *link = g_new0 (GWeakRef, 1);

    g_weak_ref_init (link, self);
    return link;
}

static void
free_link (void *link)
{
    g_weak_ref_clear (link);
    g_free (link);
}

static void
on_domain_event (virConnectPtr connection, virDomainPtr domain, int event, int detail, void *data)
{
    g_autoptr (VflLibvirt) self = g_weak_ref_get (data);

    if (self != NULL)
        g_signal_emit (self, signals[DOMAIN], 0, domain);
}

static gboolean
on_retry (gpointer data)
{
    VflLibvirt *self = data;

    self->retry_id = 0;
    vfl_libvirt_connect (self);
    return G_SOURCE_REMOVE;
}

static void
retry_later (VflLibvirt *self)
{
    if (self->attempt < G_N_ELEMENTS (retry_after) && self->retry_id == 0)
        self->retry_id = g_timeout_add_seconds (retry_after[self->attempt++], on_retry, self);
}

static void on_closed (virConnectPtr connection, int reason, void *data);

typedef struct {
    virConnect *connection;
    int callback;
} Opened;

static void
close_opened (gpointer data)
{
    Opened *opened = data;

    virConnectUnregisterCloseCallback (opened->connection, on_closed);
    if (opened->callback >= 0)
        virConnectDomainEventDeregisterAny (opened->connection, opened->callback);
    virConnectClose (opened->connection);
    g_free (opened);
}

static gpointer
run_close (gpointer opened)
{
    close_opened (opened);
    return NULL;
}

/* In a thread that nobody waits for: each of these calls asks libvirt, which may not answer. */
static void
drop_connection (VflLibvirt *self)
{
    Opened opened = { g_steal_pointer (&self->connection), self->callback };

    if (opened.connection != NULL)
        g_thread_unref (g_thread_new ("close", run_close, g_memdup2 (&opened, sizeof opened)));
}

static void
lose_connection (VflLibvirt *self)
{
    drop_connection (self);
    set_link (self, VFL_LINK_DOWN,
              vf_error_new (VF_REASON_NO_LIBVIRT,
                            "libvirt has ended, or does not answer any more. Start it with "
                            "\"systemctl start libvirtd\"."));
    self->attempt = 0;
    retry_later (self);
}

static void
on_closed (virConnectPtr connection, int reason, void *data)
{
    g_autoptr (VflLibvirt) self = g_weak_ref_get (data);

    if (self != NULL && connection == self->connection)
        lose_connection (self);
}

/* In a thread. */
static gpointer
open_connection (gpointer data, GCancellable *cancellable, GError **error)
{
    VflLibvirt *self = data;
    virConnect *connection = vf_libvirt_open (NULL, error);
    GWeakRef *link;
    Opened opened = { connection, -1 };

    if (connection == NULL)
        return NULL;
    /* Without libvirt's keep-alive, which wakes this program every few seconds: a libvirt that
     * hangs is noticed when it is asked something. */
    link = new_link (self);
    if (virConnectRegisterCloseCallback (connection, on_closed, link, free_link) < 0)
        free_link (link);
    link = new_link (self);
    opened.callback = virConnectDomainEventRegisterAny (
        connection, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
        VIR_DOMAIN_EVENT_CALLBACK (on_domain_event), link, free_link);
    if (opened.callback < 0) {
        vf_libvirt_set_error (error, "What happens to the VMs cannot be followed");
        free_link (link);
        close_opened (g_memdup2 (&opened, sizeof opened));
        return NULL;
    }
    return g_memdup2 (&opened, sizeof opened);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
    VflLibvirt *self = VFL_LIBVIRT (source);
    GError *error = NULL;
    g_autofree Opened *opened = vfl_work_finish (result, &error);

    self->trying = FALSE;
    g_clear_handle_id (&self->patience_id, g_source_remove);
    if (opened != NULL) {
        self->connection = opened->connection;
        self->callback = opened->callback;
        self->attempt = 0;
        /* One that ended before it was ours said so to nobody. */
        if (virConnectIsAlive (self->connection) == 1)
            set_link (self, VFL_LINK_UP, NULL);
        else
            lose_connection (self);
        return;
    }
    set_link (self, VFL_LINK_DOWN, error);
    if (self->attempt > 0)
        retry_later (self);
}

static gboolean
on_out_of_patience (gpointer data)
{
    VflLibvirt *self = data;

    self->patience_id = 0;
    set_link (self, VFL_LINK_SILENT, NULL);
    return G_SOURCE_REMOVE;
}

void
vfl_libvirt_connect (VflLibvirt *self)
{
    if (self->trying || self->connection != NULL)
        return;
    self->trying = TRUE;
    g_clear_handle_id (&self->retry_id, g_source_remove);
    g_clear_handle_id (&self->patience_id, g_source_remove);
    self->patience_id = g_timeout_add_seconds (VFL_LINK_PATIENCE, on_out_of_patience, self);
    vfl_work_start (G_OBJECT (self), open_connection, self, NULL, close_opened, NULL, on_opened,
                    NULL);
    /* What is down stays so, and says why, until it is known that it is not. */
    if (self->link != VFL_LINK_DOWN)
        set_link (self, VFL_LINK_WAITING, NULL);
}

void
vfl_libvirt_begin_question (VflLibvirt *self)
{
    if (self->n_questions++ == 0 && self->patience_id == 0)
        self->patience_id = g_timeout_add_seconds (VFL_LINK_PATIENCE, on_out_of_patience, self);
}

void
vfl_libvirt_end_question (VflLibvirt *self)
{
    g_return_if_fail (self->n_questions > 0);
    if (--self->n_questions > 0 || self->trying)
        return;
    g_clear_handle_id (&self->patience_id, g_source_remove);
    if (self->link == VFL_LINK_SILENT && self->connection != NULL)
        set_link (self, VFL_LINK_UP, NULL);
}

VflLink
vfl_libvirt_link (VflLibvirt *self)
{
    return self->link;
}

const GError *
vfl_libvirt_error (VflLibvirt *self)
{
    return self->error;
}

virConnect *
vfl_libvirt_connection (VflLibvirt *self)
{
    return self->connection;
}

void
vfl_libvirt_release (gpointer connection)
{
    virConnectClose (connection);
}

static void
vfl_libvirt_dispose (GObject *object)
{
    VflLibvirt *self = VFL_LIBVIRT (object);

    g_clear_handle_id (&self->patience_id, g_source_remove);
    g_clear_handle_id (&self->retry_id, g_source_remove);
    drop_connection (self);
    G_OBJECT_CLASS (vfl_libvirt_parent_class)->dispose (object);
}

static void
vfl_libvirt_finalize (GObject *object)
{
    g_clear_error (&VFL_LIBVIRT (object)->error);
    G_OBJECT_CLASS (vfl_libvirt_parent_class)->finalize (object);
}

static void
vfl_libvirt_class_init (VflLibvirtClass *class)
{
    G_OBJECT_CLASS (class)->dispose = vfl_libvirt_dispose;
    G_OBJECT_CLASS (class)->finalize = vfl_libvirt_finalize;
    signals[LINK] = g_signal_new ("link", VFL_TYPE_LIBVIRT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
    signals[DOMAIN] = g_signal_new ("domain", VFL_TYPE_LIBVIRT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
vfl_libvirt_init (VflLibvirt *self)
{
}

VflLibvirt *
vfl_libvirt_new (void)
{
    return g_object_new (VFL_TYPE_LIBVIRT, NULL);
}
