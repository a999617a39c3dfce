/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the questions to a guest's agent, and the time that they may take. */
#include "vf-guest.h"

#include "vf-domain-facts.h"

#include <json-glib/json-glib.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>

#include <string.h>

/* libvirt counts in seconds, and waits as long twice: for the agent to be there, and for its
 * answer. */
#define ANSWER_SECONDS 1

/* libvirt's default, which it has no call to ask for: agents are waited for without end. */
#define DEFAULT_SECONDS VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK

/* Red Hat's PCI vendor id for all VirtIO devices. */
#define VIRTIO_VENDOR 0x1af4

/* A look under way: shared by who waits for it and the thread that asks, and freed by the last. */
typedef struct {
    gatomicrefcount references;
    GMutex mutex;
    GCond changed;
    virDomain *domain;
    gboolean done;
    gint64 deadline; /* monotonic; no question begins that could outlast it */
    VfGuest known;
} Look;

static void
look_unref (Look *look)
{
    if (!g_atomic_ref_count_dec (&look->references))
        return;
    virDomainFree (look->domain);
    g_mutex_clear (&look->mutex);
    g_cond_clear (&look->changed);
    g_free (look->known.os);
    g_free (look);
}

/* Before a question that goes through libvirt to the agent. One that is late must not leave the
 * domain with our waiting time, which the thread of a program that ended would not set back. */
static gboolean
has_time_for_answer (const Look *look)
{
    return look->deadline - g_get_monotonic_time () > 2 * ANSWER_SECONDS * G_TIME_SPAN_SECOND;
}

static void
learn_agent (Look *look, VfGuestAgent agent)
{
    g_mutex_lock (&look->mutex);
    look->known.agent = agent;
    g_mutex_unlock (&look->mutex);
}

static void
learn_virtio (Look *look, VfGuestVirtio virtio)
{
    g_mutex_lock (&look->mutex);
    look->known.virtio = virtio;
    g_mutex_unlock (&look->mutex);
}

/* A channel that was added to the definition only is not there before the next start. */
static gboolean
has_agent_channel (virDomain *domain)
{
    g_autofree char *text = virDomainGetXMLDesc (domain, 0);
    g_autoptr (VfDomainXml) xml = text != NULL ? vf_domain_xml_parse (text, -1, NULL) : NULL;
    g_autoptr (VfDomainFacts) facts = xml != NULL ? vf_domain_facts_new (xml) : NULL;

    return facts != NULL && facts->has_agent_channel;
}

static char *
take_text (virTypedParameter *parameters, int n_parameters, const char *name)
{
    const char *text = NULL;

    if (virTypedParamsGetString (parameters, n_parameters, name, &text) != 1)
        return NULL;
    return g_utf8_make_valid (text, -1);
}

/* What the error of a question says about the agent: one that does not know it is there. */
static VfGuestAgent
agent_by_error (void)
{
    switch (virGetLastErrorCode ()) {
    case VIR_ERR_ARGUMENT_UNSUPPORTED:
        return VF_GUEST_NO_AGENT_CHANNEL;
    case VIR_ERR_OPERATION_INVALID:
        return VF_GUEST_NOT_RUNNING;
    case VIR_ERR_OPERATION_UNSUPPORTED:
    case VIR_ERR_INTERNAL_ERROR:
        return VF_GUEST_AGENT_ANSWERS;
    default:
        return VF_GUEST_AGENT_SILENT;
    }
}

static void
ask_os (Look *look)
{
    virTypedParameter *parameters = NULL;
    int n_parameters = 0;
    g_autofree char *id = NULL;
    char *name;

    if (virDomainGetGuestInfo (look->domain, VIR_DOMAIN_GUEST_INFO_OS, &parameters, &n_parameters,
                               0)
        < 0) {
        learn_agent (look, agent_by_error ());
        return;
    }
    id = take_text (parameters, n_parameters, "os.id");
    name = take_text (parameters, n_parameters, "os.pretty-name");
    if (name == NULL)
        name = take_text (parameters, n_parameters, "os.name");
    virTypedParamsFree (parameters, n_parameters);
    g_mutex_lock (&look->mutex);
    look->known.agent = VF_GUEST_AGENT_ANSWERS;
    look->known.os = name;
    look->known.is_windows = g_strcmp0 (id, "mswindows") == 0;
    /* The kernels of all others that have an agent bring the drivers along. */
    if (id != NULL && !look->known.is_windows)
        look->known.virtio = VF_GUEST_VIRTIO_PRESENT;
    g_mutex_unlock (&look->mutex);
}

static gboolean
is_virtio_device (JsonNode *node)
{
    JsonObject *device = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonNode *id = device != NULL ? json_object_get_member (device, "id") : NULL;
    JsonNode *vendor = id != NULL && JSON_NODE_HOLDS_OBJECT (id)
                           ? json_object_get_member (json_node_get_object (id), "vendor-id")
                           : NULL;

    return vendor != NULL && JSON_NODE_HOLDS_VALUE (vendor)
           && json_node_get_int (vendor) == VIRTIO_VENDOR;
}

/* The agent lists those devices that have a driver. */
static VfGuestVirtio
read_devices (const char *answer)
{
    g_autoptr (JsonParser) parser = json_parser_new_immutable ();
    JsonNode *root, *list = NULL;
    JsonArray *devices;

    if (!json_parser_load_from_data (parser, answer, -1, NULL))
        return VF_GUEST_VIRTIO_UNKNOWN;
    root = json_parser_get_root (parser);
    if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
        list = json_object_get_member (json_node_get_object (root), "return");
    if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list))
        return VF_GUEST_VIRTIO_UNKNOWN;
    devices = json_node_get_array (list);
    for (guint i = 0; i < json_array_get_length (devices); i++) {
        if (is_virtio_device (json_array_get_element (devices, i)))
            return VF_GUEST_VIRTIO_PRESENT;
    }
    return VF_GUEST_VIRTIO_MISSING;
}

/* libvirt has no call of its own for this. */
static void
ask_devices (Look *look)
{
    g_autofree char *answer = virDomainQemuAgentCommand (
        look->domain, "{\"execute\":\"guest-get-devices\"}", ANSWER_SECONDS, 0);

    if (answer != NULL)
        learn_virtio (look, read_devices (answer));
}

static void
ask (Look *look)
{
    if (!has_agent_channel (look->domain)) {
        learn_agent (look, VF_GUEST_NO_AGENT_CHANNEL);
        return;
    }
    if (!has_time_for_answer (look))
        return;
    /* Without it a question could take for ever. */
    if (virDomainAgentSetResponseTimeout (look->domain, ANSWER_SECONDS, 0) < 0) {
        learn_agent (look, agent_by_error ());
        return;
    }
    ask_os (look);
    /* Only this thread writes what is read here. */
    if (look->known.is_windows && has_time_for_answer (look))
        ask_devices (look);
    virDomainAgentSetResponseTimeout (look->domain, DEFAULT_SECONDS, 0);
}

static gpointer
run_look (gpointer data)
{
    Look *look = data;

    ask (look);
    g_mutex_lock (&look->mutex);
    look->done = TRUE;
    g_cond_signal (&look->changed);
    g_mutex_unlock (&look->mutex);
    look_unref (look);
    return NULL;
}

static Look *
look_new (virDomain *domain)
{
    Look *look = g_new0 (Look, 1);

    g_atomic_ref_count_init (&look->references);
    g_mutex_init (&look->mutex);
    g_cond_init (&look->changed);
    virDomainRef (domain);
    look->domain = domain;
    look->deadline =
        g_get_monotonic_time () + (gint64) VF_GUEST_LOOK_LIMIT * G_TIME_SPAN_MILLISECOND;
    look->known.agent = VF_GUEST_AGENT_SILENT;
    return look;
}

VfGuest *
vf_guest_look (const VfMachine *machine)
{
    VfGuest *guest = g_new0 (VfGuest, 1);
    Look *look;

    if (machine->state != VF_MACHINE_RUNNING)
        return guest;
    look = look_new (machine->domain);
    g_atomic_ref_count_inc (&look->references);
    g_thread_unref (g_thread_new ("guest", run_look, look));
    g_mutex_lock (&look->mutex);
    while (!look->done && g_cond_wait_until (&look->changed, &look->mutex, look->deadline))
        ;
    *guest = look->known;
    guest->os = g_strdup (look->known.os);
    g_mutex_unlock (&look->mutex);
    look_unref (look);
    return guest;
}

void
vf_guest_free (VfGuest *guest)
{
    g_free (guest->os);
    g_free (guest);
}

char *
vf_guest_advice (const VfGuest *guest)
{
    switch (guest->agent) {
    case VF_GUEST_NOT_RUNNING:
        return NULL;
    case VF_GUEST_NO_AGENT_CHANNEL:
        return g_strdup (
            "This VM has no channel for the QEMU guest agent, so the guest can tell nothing about "
            "itself. Add the channel org.qemu.guest_agent.0 to the VM (in virt-manager: Add "
            "Hardware, Channel), then install the agent in the guest: on Linux the package "
            "qemu-guest-agent, on Windows virtio-win-guest-tools from the virtio-win ISO.");
    case VF_GUEST_AGENT_SILENT:
        return g_strdup (
            "The QEMU guest agent does not answer: it is not installed, or the guest is still "
            "starting. On Linux install the package qemu-guest-agent; on Windows run "
            "virtio-win-guest-tools from the virtio-win ISO, which has the VirtIO drivers as "
            "well.");
    case VF_GUEST_AGENT_ANSWERS:
        break;
    }
    if (guest->virtio != VF_GUEST_VIRTIO_MISSING)
        return NULL;
    return g_strdup (
        "This Windows has no VirtIO drivers, without which VirtIO disks and networks do not work "
        "and emulated ones are slow. Run virtio-win-guest-tools from the virtio-win ISO in it.");
}

const char *
vf_guest_agent_id (VfGuestAgent agent)
{
    static const char *const ids[] = {
        [VF_GUEST_NOT_RUNNING] = "not-running",
        [VF_GUEST_NO_AGENT_CHANNEL] = "no-channel",
        [VF_GUEST_AGENT_SILENT] = "silent",
        [VF_GUEST_AGENT_ANSWERS] = "answers",
    };

    g_return_val_if_fail (agent < G_N_ELEMENTS (ids), "");
    return ids[agent];
}

const char *
vf_guest_virtio_id (VfGuestVirtio virtio)
{
    static const char *const ids[] = {
        [VF_GUEST_VIRTIO_UNKNOWN] = "unknown",
        [VF_GUEST_VIRTIO_PRESENT] = "present",
        [VF_GUEST_VIRTIO_MISSING] = "missing",
    };

    g_return_val_if_fail (virtio < G_N_ELEMENTS (ids), "");
    return ids[virtio];
}
