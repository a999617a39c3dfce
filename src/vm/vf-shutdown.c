/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the end of a VM: the request, its repetition and the wait for libvirt's word that it ended.
 */
#include "vf-shutdown.h"

#include <glib/gi18n-lib.h>
#include <libvirt/virterror.h>

/* A guest that is still booting, or whose agent just came up, misses the first press of the button.
 */
#define ASK_AGAIN_AFTER (10 * G_TIME_SPAN_SECOND)

/* Shared with libvirt's event thread, which may still hold it after the wait. */
typedef struct {
    GMutex mutex;
    GCond changed;
    gboolean stopped;
    gboolean cancelled;
    int callback;
    virConnect *connection;
} Wait;

static void
wait_clear (gpointer data)
{
    Wait *wait = data;

    g_mutex_clear (&wait->mutex);
    g_cond_clear (&wait->changed);
}

static void
wait_release (gpointer data)
{
    g_atomic_rc_box_release_full (data, wait_clear);
}

static void
on_event (virConnectPtr connection, virDomainPtr domain, int event, int detail, void *data)
{
    Wait *wait = data;

    /* A crashed guest may keep its QEMU; one that does not has stopped as well. */
    if (event != VIR_DOMAIN_EVENT_STOPPED)
        return;
    g_mutex_lock (&wait->mutex);
    wait->stopped = TRUE;
    g_cond_signal (&wait->changed);
    g_mutex_unlock (&wait->mutex);
}

static Wait *
wait_begin (VfMachine *machine, GError **error)
{
    Wait *wait = g_atomic_rc_box_new0 (Wait);

    g_mutex_init (&wait->mutex);
    g_cond_init (&wait->changed);
    wait->connection = virDomainGetConnect (machine->domain);
    wait->callback = virConnectDomainEventRegisterAny (
        wait->connection, machine->domain, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
        VIR_DOMAIN_EVENT_CALLBACK (on_event), g_atomic_rc_box_acquire (wait), wait_release);
    if (wait->callback >= 0)
        return wait;
    vf_libvirt_set_error (error, "The end of the VM %s cannot be waited for", machine->name);
    wait_release (wait); /* libvirt's share: it takes it only on success */
    wait_release (wait);
    return NULL;
}

static void
wait_end (Wait *wait)
{
    virConnectDomainEventDeregisterAny (wait->connection, wait->callback);
    wait_release (wait);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wait, wait_end)

static gboolean
wait_until (Wait *wait, gint64 when)
{
    gboolean stopped;

    g_mutex_lock (&wait->mutex);
    while (!wait->stopped && !wait->cancelled
           && g_cond_wait_until (&wait->changed, &wait->mutex, when))
        ;
    stopped = wait->stopped;
    g_mutex_unlock (&wait->mutex);
    return stopped;
}

/* Looked at each time the guest is asked: the end of a VM that libvirt cannot tell of would be
 * waited for in vain, and a connection has only one callback for its end, which is the program's.
 */
static gboolean
libvirt_is_gone (const VfMachine *machine, const Wait *wait, GError **error)
{
    if (virConnectIsAlive (wait->connection) == 1)
        return FALSE;
    vf_error_set (error, VF_REASON_NO_LIBVIRT,
                  "libvirt went away while the VM %s was shutting down, so nobody knows when it is "
                  "off. Start libvirt with \"systemctl start libvirtd\", then look with "
                  "\"virtflow vms\".",
                  machine->name);
    return TRUE;
}

/* The first request lets libvirt choose between guest agent and power button; later ones press the
 * button, because an agent that did not act on the first will not act on the next. */
static gboolean
request_shutdown (VfMachine *machine, const Wait *wait, gboolean first, GError **error)
{
    if (virDomainShutdownFlags (machine->domain, first ? 0 : VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN)
        == 0)
        return TRUE;
    /* "domain is not running": it ended between the look and the request. */
    if (!first || virGetLastErrorCode () == VIR_ERR_OPERATION_INVALID)
        return TRUE;
    if (libvirt_is_gone (machine, wait, error))
        return FALSE;
    vf_libvirt_set_error (error, "The VM %s could not be asked to shut down", machine->name);
    return FALSE;
}

static gboolean
did_not_stop (const VfMachine *machine, guint deadline, GError **error)
{
    vf_error_set (error, VF_REASON_GUEST_DID_NOT_STOP,
                  "The VM %s was asked to shut down and still runs after %u seconds: its guest may "
                  "be waiting for an answer on its screen, or ignore the power button. Shut it "
                  "down from inside, or end it with \"virtflow stop --force %s\", which loses what "
                  "the guest did not save.",
                  machine->name, (deadline + 999) / 1000, machine->name);
    return FALSE;
}

static gboolean
is_paused (const VfMachine *machine, GError **error)
{
    if (machine->state != VF_MACHINE_PAUSED)
        return FALSE;
    vf_error_set (error, VF_REASON_GUEST_DID_NOT_STOP,
                  "The VM %s is paused, so its guest cannot shut down. Resume it with \"virsh "
                  "resume %s\", or end it with \"virtflow stop --force %s\".",
                  machine->name, machine->name, machine->name);
    return TRUE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
    Wait *wait = data;

    g_mutex_lock (&wait->mutex);
    wait->cancelled = TRUE;
    g_cond_signal (&wait->changed);
    g_mutex_unlock (&wait->mutex);
}

static gboolean
was_cancelled (const VfMachine *machine, GCancellable *cancellable, gboolean asked, GError **error)
{
    if (!g_cancellable_is_cancelled (cancellable))
        return FALSE;
    vf_error_set (
        error, VF_REASON_CANCELLED,
        asked ? N_ ("The VM %s is not waited for any more. It still runs, but its guest was "
                    "asked to shut down and may do so yet.")
              : N_ ("The VM %s was not asked to shut down, and runs on."),
        machine->name);
    return TRUE;
}

/* The VM runs, and its end will be heard of. */
static gboolean
ask_until_stopped (
    VfMachine *machine, Wait *wait, guint deadline, GCancellable *cancellable, GError **error)
{
    gint64 end = g_get_monotonic_time () + (gint64) deadline * G_TIME_SPAN_MILLISECOND;

    for (gboolean first = TRUE; g_get_monotonic_time () < end; first = FALSE) {
        if (was_cancelled (machine, cancellable, !first, error)
            || !request_shutdown (machine, wait, first, error))
            return FALSE;
        if (wait_until (wait, MIN (end, g_get_monotonic_time () + ASK_AGAIN_AFTER))) {
            machine->state = VF_MACHINE_SHUT_OFF;
            return TRUE;
        }
        if (was_cancelled (machine, cancellable, TRUE, error)
            || libvirt_is_gone (machine, wait, error))
            return FALSE;
    }
    return did_not_stop (machine, deadline, error);
}

gboolean
vf_shutdown_ask (VfMachine *machine, guint deadline, GCancellable *cancellable, GError **error)
{
    g_autoptr (Wait) wait = wait_begin (machine, error);
    gulong handler = 0;
    gboolean stopped;

    /* Looked at after the wait began, so that its end is not missed. */
    if (wait == NULL || !vf_machine_refresh (machine, error) || is_paused (machine, error))
        return FALSE;
    if (!vf_machine_is_active (machine))
        return TRUE;
    if (cancellable != NULL)
        handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), wait, NULL);
    stopped = ask_until_stopped (machine, wait, deadline, cancellable, error);
    g_cancellable_disconnect (cancellable, handler);
    return stopped;
}

gboolean
vf_shutdown_force (VfMachine *machine, GError **error)
{
    if (virDomainDestroy (machine->domain) == 0
        || virGetLastErrorCode () == VIR_ERR_OPERATION_INVALID) {
        machine->state = VF_MACHINE_SHUT_OFF;
        return TRUE;
    }
    vf_libvirt_set_error (error, "The VM %s could not be ended", machine->name);
    return FALSE;
}
