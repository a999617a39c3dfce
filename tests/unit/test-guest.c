/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The look at a guest: libvirt's test driver has no agent, so this program plays it. */
#include "vf-guest.h"

#include "vf-machine-facts.h"

#include <dlfcn.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>

#include <string.h>

#define CHANNEL \
    "<channel type='unix'><source mode='bind' path='/tmp/agent'/>" \
    "<target type='virtio' name='org.qemu.guest_agent.0'/></channel>"

/* What the guest is, and what libvirt was asked for. */
static struct {
    const char *os_id;
    const char *os_name;
    int error;           /* of the question for the system; 0: it is answered */
    const char *devices; /* the answer; NULL: an error */
    int setting_error;   /* of the call that says how long to wait */
    int seconds;         /* how long libvirt waits for the agent */
    guint n_questions;
    gboolean hangs; /* under the mutex, as the next */
    gboolean set_back;
} guest;

static GMutex mutex;
static GCond changed;

typedef struct {
    virConnect *libvirt;
    VfMachine *machine;
} Fixture;

/* libvirt has no call that sets its error, and keeps one for each thread. */
static _Thread_local int failed_with;

int
virGetLastErrorCode (void)
{
    return failed_with != 0
               ? failed_with
               : ((__typeof__ (&virGetLastErrorCode)) dlsym (RTLD_NEXT, "virGetLastErrorCode")) ();
}

static int
fail (int code)
{
    failed_with = code;
    return -1;
}

int
virDomainAgentSetResponseTimeout (virDomainPtr domain, int timeout, unsigned int flags)
{
    if (guest.setting_error != 0)
        return fail (guest.setting_error);
    g_mutex_lock (&mutex);
    guest.seconds = timeout;
    guest.set_back = timeout == VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK;
    g_cond_broadcast (&changed);
    g_mutex_unlock (&mutex);
    return 0;
}

int
virDomainGetGuestInfo (virDomainPtr domain,
                       unsigned int types,
                       virTypedParameterPtr *parameters,
                       int *n_parameters,
                       unsigned int flags)
{
    int room = 0;

    g_assert_cmpuint (types, ==, VIR_DOMAIN_GUEST_INFO_OS);
    g_assert_cmpint (guest.seconds, ==, 1);
    guest.n_questions++;
    g_mutex_lock (&mutex);
    while (guest.hangs)
        g_cond_wait (&changed, &mutex);
    g_mutex_unlock (&mutex);
    if (guest.error != 0)
        return fail (guest.error);
    if (guest.os_id != NULL)
        virTypedParamsAddString (parameters, n_parameters, &room, "os.id", guest.os_id);
    virTypedParamsAddString (parameters, n_parameters, &room, "os.name", "A name");
    if (guest.os_name != NULL)
        virTypedParamsAddString (parameters, n_parameters, &room, "os.pretty-name", guest.os_name);
    return 0;
}

char *
virDomainQemuAgentCommand (virDomainPtr domain,
                           const char *command,
                           int timeout,
                           unsigned int flags)
{
    g_assert_cmpstr (command, ==, "{\"execute\":\"guest-get-devices\"}");
    g_assert_cmpint (timeout, ==, 1);
    g_assert_cmpint (guest.seconds, ==, 1);
    guest.n_questions++;
    if (guest.devices == NULL)
        fail (VIR_ERR_INTERNAL_ERROR);
    return g_strdup (guest.devices);
}

static void
stay_silent (void *data, virErrorPtr error)
{
}

static void
set_up (Fixture *fixture, gconstpointer channel)
{
    g_autofree char *text = g_strdup_printf (
        "<domain type='test'><name>guest</name><memory unit='MiB'>64</memory><vcpu>2</vcpu>"
        "<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>%s</devices></domain>",
        (const char *) channel);
    g_autoptr (virDomain) domain = NULL;
    GError *error = NULL;

    virSetErrorFunc (NULL, stay_silent);
    memset (&guest, 0, sizeof guest);
    fixture->libvirt = virConnectOpen ("test:///default");
    domain = virDomainDefineXML (fixture->libvirt, text);
    g_assert_nonnull (domain);
    g_assert_cmpint (virDomainCreate (domain), ==, 0);
    fixture->machine = vf_machine_find (fixture->libvirt, "guest", &error);
    g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer channel)
{
    virDomainDestroy (fixture->machine->domain);
    virDomainUndefine (fixture->machine->domain);
    vf_machine_free (fixture->machine);
    virConnectClose (fixture->libvirt);
}

/* @words is a part of the advice; NULL: there is none. */
static void
assert_seen (Fixture *fixture,
             VfGuestAgent agent,
             VfGuestVirtio virtio,
             guint n_questions,
             const char *words)
{
    g_autoptr (VfGuest) seen = NULL;
    g_autofree char *advice = NULL;

    guest.n_questions = 0;
    seen = vf_guest_look (fixture->machine);
    advice = vf_guest_advice (seen);
    g_assert_cmpstr (vf_guest_agent_id (seen->agent), ==, vf_guest_agent_id (agent));
    g_assert_cmpstr (vf_guest_virtio_id (seen->virtio), ==, vf_guest_virtio_id (virtio));
    g_assert_cmpint (seen->is_windows, ==,
                     seen->agent == VF_GUEST_AGENT_ANSWERS && guest.error == 0
                         && g_strcmp0 (guest.os_id, "mswindows") == 0);
    g_assert_cmpuint (guest.n_questions, ==, n_questions);
    if (n_questions > 0)
        g_assert_cmpint (guest.seconds, ==, VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK);
    if (words == NULL)
        g_assert_cmpstr (advice, ==, NULL);
    else
        g_assert_nonnull (strstr (advice, words));
}

static void
test_linux (Fixture *fixture, gconstpointer channel)
{
    g_autoptr (VfGuest) seen = NULL;

    guest.os_id = "debian";
    guest.os_name = "Debian GNU/Linux 12 (bookworm)";
    assert_seen (fixture, VF_GUEST_AGENT_ANSWERS, VF_GUEST_VIRTIO_PRESENT, 1, NULL);
    seen = vf_guest_look (fixture->machine);
    g_assert_cmpstr (seen->os, ==, "Debian GNU/Linux 12 (bookworm)");
    guest.os_id = NULL;
    guest.os_name = NULL;
    assert_seen (fixture, VF_GUEST_AGENT_ANSWERS, VF_GUEST_VIRTIO_UNKNOWN, 1, NULL);
}

#define DEVICE(vendor) \
    "{\"driver-name\":\"x\",\"id\":{\"type\":\"pci\",\"vendor-id\":" vendor ",\"device-id\":1}}"

static void
test_windows (Fixture *fixture, gconstpointer channel)
{
    static const struct {
        const char *devices;
        VfGuestVirtio virtio;
        const char *words;
    } cases[] = {
        { "{\"return\":[" DEVICE ("32902") "," DEVICE ("6900") "]}", VF_GUEST_VIRTIO_PRESENT,
          NULL },
        { "{\"return\":[" DEVICE ("32902") "]}", VF_GUEST_VIRTIO_MISSING, "virtio-win ISO" },
        { "{\"return\":[{\"driver-name\":\"x\"},7,{\"id\":{}},{\"id\":3}]}",
          VF_GUEST_VIRTIO_MISSING, "no VirtIO drivers" },
        { "{\"return\":[" DEVICE ("\"6900\"") "]}", VF_GUEST_VIRTIO_MISSING, "VirtIO" },
        { "{\"return\":{}}", VF_GUEST_VIRTIO_UNKNOWN, NULL },
        { "{}", VF_GUEST_VIRTIO_UNKNOWN, NULL },
        { "[]", VF_GUEST_VIRTIO_UNKNOWN, NULL },
        { "", VF_GUEST_VIRTIO_UNKNOWN, NULL },
        { "no JSON", VF_GUEST_VIRTIO_UNKNOWN, NULL },
        { NULL, VF_GUEST_VIRTIO_UNKNOWN, NULL },
    };

    guest.os_id = "mswindows";
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_test_message ("%s", cases[i].devices);
        guest.devices = cases[i].devices;
        assert_seen (fixture, VF_GUEST_AGENT_ANSWERS, cases[i].virtio, 2, cases[i].words);
    }
}

static void
test_no_channel (Fixture *fixture, gconstpointer channel)
{
    assert_seen (fixture, VF_GUEST_NO_AGENT_CHANNEL, VF_GUEST_VIRTIO_UNKNOWN, 0,
                 "org.qemu.guest_agent.0");
}

static void
test_errors (Fixture *fixture, gconstpointer channel)
{
    static const struct {
        int code;
        VfGuestAgent agent;
        const char *words;
    } cases[] = {
        { VIR_ERR_AGENT_UNRESPONSIVE, VF_GUEST_AGENT_SILENT, "package qemu-guest-agent" },
        { VIR_ERR_AGENT_UNSYNCED, VF_GUEST_AGENT_SILENT, "does not answer" },
        { VIR_ERR_INTERNAL_ERROR, VF_GUEST_AGENT_ANSWERS, NULL },
        { VIR_ERR_OPERATION_UNSUPPORTED, VF_GUEST_AGENT_ANSWERS, NULL },
        { VIR_ERR_ARGUMENT_UNSUPPORTED, VF_GUEST_NO_AGENT_CHANNEL, "no channel" },
        { VIR_ERR_OPERATION_INVALID, VF_GUEST_NOT_RUNNING, NULL },
    };

    guest.os_id = "mswindows";
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        guest.error = cases[i].code;
        assert_seen (fixture, cases[i].agent, VF_GUEST_VIRTIO_UNKNOWN, 1, cases[i].words);
    }
}

/* The VM stops between the look at it and the first question. */
static void
test_stops_meanwhile (Fixture *fixture, gconstpointer channel)
{
    guest.setting_error = VIR_ERR_OPERATION_INVALID;
    assert_seen (fixture, VF_GUEST_NOT_RUNNING, VF_GUEST_VIRTIO_UNKNOWN, 0, NULL);
}

static void
test_not_running (Fixture *fixture, gconstpointer channel)
{
    g_assert_cmpint (virDomainSuspend (fixture->machine->domain), ==, 0);
    g_assert_true (vf_machine_refresh (fixture->machine, NULL));
    assert_seen (fixture, VF_GUEST_NOT_RUNNING, VF_GUEST_VIRTIO_UNKNOWN, 0, NULL);
    g_assert_cmpint (virDomainDestroy (fixture->machine->domain), ==, 0);
    g_assert_true (vf_machine_refresh (fixture->machine, NULL));
    assert_seen (fixture, VF_GUEST_NOT_RUNNING, VF_GUEST_VIRTIO_UNKNOWN, 0, NULL);
}

/* libvirt does not come back in time. The look ends all the same, and when libvirt does come back
 * nothing more is asked and the waiting time is set back. */
static void
test_hangs (Fixture *fixture, gconstpointer channel)
{
    gint64 start = g_get_monotonic_time ();
    g_autoptr (VfGuest) seen = NULL;

    guest.hangs = TRUE;
    guest.os_id = "mswindows";
    seen = vf_guest_look (fixture->machine);
    g_assert_cmpint (seen->agent, ==, VF_GUEST_AGENT_SILENT);
    g_assert_cmpint (g_get_monotonic_time () - start, <,
                     (VF_GUEST_LOOK_LIMIT + 500) * G_TIME_SPAN_MILLISECOND);
    g_assert_cmpint (guest.seconds, ==, 1);
    g_mutex_lock (&mutex);
    guest.hangs = FALSE;
    g_cond_broadcast (&changed);
    while (!guest.set_back)
        g_cond_wait (&changed, &mutex);
    g_mutex_unlock (&mutex);
    g_assert_cmpuint (guest.n_questions, ==, 1);
}

static void
test_facts (Fixture *fixture, gconstpointer channel)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfDomainFacts) facts = vf_machine_facts (fixture->machine, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (facts->processors, ==, 2);
    g_assert_cmpuint (facts->memory, ==, 65536);
    g_assert_true (facts->has_agent_channel);
}

static void
add (const char *name, const char *channel, void (*test) (Fixture *, gconstpointer))
{
    g_autofree char *path = g_strconcat ("/guest/", name, NULL);

    g_test_add (path, Fixture, channel, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    add ("linux", CHANNEL, test_linux);
    add ("windows", CHANNEL, test_windows);
    add ("no-channel", "", test_no_channel);
    add ("errors", CHANNEL, test_errors);
    add ("not-running", CHANNEL, test_not_running);
    add ("stops-meanwhile", CHANNEL, test_stops_meanwhile);
    add ("hangs", CHANNEL, test_hangs);
    add ("facts", CHANNEL, test_facts);
    return g_test_run ();
}
