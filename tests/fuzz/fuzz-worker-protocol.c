/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a taken-over daemon may send to the worker: whatever it is, no function is touched that is
 * neither of a GPU nor one that may be taken from the host, and whatever is answered is an answer.
 *
 * The first byte chooses the machine. Then packets follow: 0, two bytes of length and the packet as
 * it is; or the kind of a step plus 1, which function of the machine it is for (the highest bit: as
 * another device than it is), a byte of length and the value. */
#include "fuzz.h"

#include "fake-host.h"
#include "vf-packet.h"
#include "vf-reply.h"
#include "vf-step.h"
#include "vfw-service.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* And the slot on it whose GPU may be taken: what is not in it, stays as it is. */
static const struct {
    const char *name;
    VfPciAddress free;
} machines[] = {
    { "lab", { 0, 1, 0, 0 } },
    { "group-with-nic", { 0xffff, 0, 0, 0 } },
    { "usb-in-use", { 0xffff, 0, 0, 0 } },
    { "boot-vga-dgpu", { 0, 0, 2, 0 } },
};
#define N_MACHINES G_N_ELEMENTS (machines)

#define MOST_PACKETS 32

typedef struct {
    FakeHost *host;
    VfPciAddress free;
    char **others; /* how each function is that is not free, as text */
} Scene;

static Scene scenes[N_MACHINES];

static char *
read_override (const FakeHost *host, const FakeFunction *function)
{
    g_autofree char *path = g_strdup_printf ("%s/sys/bus/pci/devices/%s/driver_override",
                                             host->folder, function->name.text);
    char *text = NULL;

    g_file_get_contents (path, &text, NULL, NULL);
    return text != NULL ? g_strchomp (text) : g_strdup ("");
}

/* Their drivers and overrides. */
static char **
describe_others (const FakeHost *host, VfPciAddress free_slot)
{
    g_autoptr (GPtrArray) lines = g_ptr_array_new ();

    for (guint i = 0; i < host->machine->functions->len; i++) {
        const FakeFunction *function = host->machine->functions->pdata[i];
        const FakeDriver *driver = fake_kernel_driver_of (host->kernel, function->address);
        g_autofree char *override = NULL;

        if (vf_pci_address_same_slot (function->address, free_slot))
            continue;
        override = read_override (host, function);
        g_ptr_array_add (lines, g_strdup_printf ("%s %s %s", function->name.text,
                                                 driver != NULL ? driver->name : "", override));
    }
    g_ptr_array_add (lines, NULL);
    return (char **) g_ptr_array_free (g_steal_pointer (&lines), FALSE);
}

static Scene *
find_scene (guint8 which)
{
    Scene *scene = &scenes[which % N_MACHINES];

    if (scene->host == NULL) {
        scene->host = fake_host_new (machines[which % N_MACHINES].name);
        scene->free = machines[which % N_MACHINES].free;
        scene->others = describe_others (scene->host, scene->free);
    }
    return scene;
}

static void
clear_scene (Scene *scene)
{
    g_clear_pointer (&scene->host, fake_host_free);
    g_clear_pointer (&scene->others, g_strfreev);
}

static void
clear_scenes (void)
{
    for (gsize i = 0; i < N_MACHINES; i++)
        clear_scene (&scenes[i]);
}

typedef struct {
    const guint8 *next;
    gsize left;
} Bytes;

static guint8
take (Bytes *bytes)
{
    if (bytes->left == 0)
        return 0;
    bytes->left--;
    return *bytes->next++;
}

static const guint8 *
take_several (Bytes *bytes, gsize *count)
{
    const guint8 *taken = bytes->next;

    *count = MIN (*count, bytes->left);
    bytes->next += *count;
    bytes->left -= *count;
    return taken;
}

static void
send_raw (int socket, Bytes *bytes)
{
    gsize length = (gsize) take (bytes) | (gsize) take (bytes) << 8;
    const guint8 *packet = take_several (bytes, &length);

    if (length > 0)
        send (socket, packet, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
send_step (int socket, const FakeHost *host, guint8 kind, Bytes *bytes)
{
    guint8 which = take (bytes);
    const FakeFunction *function =
        host->machine->functions->pdata[(which & 0x7f) % host->machine->functions->len];
    gsize length = take (bytes);
    const char *text = (const char *) take_several (bytes, &length);
    g_autofree char *raw = g_strndup (text, length);
    g_autofree char *value = g_utf8_make_valid (raw, -1);
    guint32 ids = fake_host_ids (host, function->address) ^ ((which & 0x80) != 0 ? 1 : 0);
    g_autoptr (GVariant) step = g_variant_ref_sink (
        g_variant_new (VF_STEP_VARIANT_TYPE, vf_step_kind_id (kind % VF_N_STEP_KINDS),
                       function->name.text, ids, value));

    send (socket, g_variant_get_data (step), g_variant_get_size (step),
          MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
send_all (int socket, const FakeHost *host, Bytes *bytes)
{
    for (guint i = 0; i < MOST_PACKETS && bytes->left > 0; i++) {
        guint8 kind = take (bytes);

        if (kind == 0)
            send_raw (socket, bytes);
        else
            send_step (socket, host, (guint8) (kind - 1), bytes);
    }
}

/* Each answer is one, and says something when it is no. */
static void
check_answers (int socket)
{
    g_autoptr (GVariant) answer = NULL;

    while ((answer = vf_packet_receive (socket, "(sss)", NULL)) != NULL) {
        const char *reason, *sentence;

        g_variant_get (answer, "(&s&s&s)", &reason, &sentence, NULL);
        FUZZ_ASSERT ((*reason == '\0') == (*sentence == '\0'));
        g_clear_pointer (&answer, g_variant_unref);
    }
}

static void
check_others (const Scene *scene)
{
    g_auto (GStrv) now = describe_others (scene->host, scene->free);

    FUZZ_ASSERT (g_strv_equal ((const char *const *) now, (const char *const *) scene->others));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    static gboolean registered;
    Bytes bytes = { data, size };
    Scene *scene = find_scene (take (&bytes));
    int ends[2];

    if (!registered)
        atexit (clear_scenes);
    registered = TRUE;
    FUZZ_ASSERT (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    send_all (ends[0], scene->host, &bytes);
    shutdown (ends[0], SHUT_WR);
    vfw_service_run (ends[1], scene->host->root, &scene->host->kernel->kernel);
    close (ends[1]);
    check_answers (ends[0]);
    close (ends[0]);
    check_others (scene);
    /* A taken-over daemon begins anew. */
    if (scene->host->kernel->writes > 0)
        clear_scene (scene);
    return 0;
}
