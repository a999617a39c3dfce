/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests which services virtflow-services touches, and what it answers. Touches none. */
#include "vf-error.h"
#include "vf-packet.h"
#include "vf-reply.h"
#include "vfs-service.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Stands for systemd: knows what runs, and notes what it is asked for. */
typedef struct {
    GString *asked;
    GString *running;     /* " a.service b.service " */
    const char *stubborn; /* goes on running */
} Systemd;

static gboolean
runs (const char *name, gpointer data)
{
    const Systemd *systemd = data;
    g_autofree char *word = g_strdup_printf (" %s ", name);

    return strstr (systemd->running->str, word) != NULL;
}

static gboolean
stop (const char *name, gpointer data, GError **error)
{
    Systemd *systemd = data;
    g_autofree char *word = g_strdup_printf (" %s ", name);

    g_string_append_printf (systemd->asked, "-%s ", name);
    if (g_strcmp0 (systemd->stubborn, name) != 0)
        g_string_replace (systemd->running, word, " ", 0);
    return TRUE;
}

static gboolean
start (const char *name, gpointer data, GError **error)
{
    Systemd *systemd = data;

    g_string_append_printf (systemd->asked, "+%s ", name);
    if (g_strcmp0 (systemd->stubborn, name) == 0) {
        vf_error_set (error, VF_REASON_SERVICE_FAILED, "%s does not start.", name);
        return FALSE;
    }
    return TRUE;
}

#define PERSISTENCED "nvidia-persistenced.service"
#define POWERD "nvidia-powerd.service"

static const struct {
    const char *name, *kind, *value;
    const char *running;
    const char *stubborn;
    const char *asked; /* of systemd: "+started -stopped " */
    const char *reason, *answer;
} cases[] = {
    { "note/none", "note-services", "", " sshd.service ", NULL, "", "", "" },
    { "note/one", "note-services", "", " sshd.service " POWERD " ", NULL, "", "", POWERD },
    { "note/both", "note-services", "", " " POWERD " " PERSISTENCED " ", NULL, "", "",
      PERSISTENCED " " POWERD },
    { "note/known", "note-services", PERSISTENCED, " " POWERD " ", NULL, "", "",
      PERSISTENCED " " POWERD },
    { "note/other", "note-services", "sshd.service", " ", NULL, "", "internal", "" },
    { "stop", "stop-services", "", " sshd.service " POWERD " ", NULL, "-" POWERD " ", "", "" },
    { "stop/none", "stop-services", "", " sshd.service ", NULL, "", "", "" },
    { "stop/stubborn", "stop-services", "", " " PERSISTENCED " " POWERD " ", PERSISTENCED,
      "-" PERSISTENCED " ", "service-failed", "" },
    { "stop/names", "stop-services", "sshd.service", " sshd.service ", NULL, "", "internal", "" },
    { "start", "start-services", PERSISTENCED " " POWERD, " " POWERD " ", NULL,
      "+" PERSISTENCED " ", "", "" },
    { "start/stubborn", "start-services", POWERD, " ", POWERD, "+" POWERD " ", "service-failed",
      "" },
    { "start/other", "start-services", POWERD " evil.service", " ", NULL, "", "internal", "" },
    { "start/path", "start-services", "../evil.service", " ", NULL, "", "internal", "" },
    { "start/nothing", "start-services", "", " ", NULL, "", "internal", "" },
    { "step-of-the-worker", "bind", "vfio-pci", " ", NULL, "", "internal", "" },
    { "step-of-the-modules", "unload-modules", "nvidia", " ", NULL, "", "internal", "" },
};

static void
test_case (gconstpointer data)
{
    static const VfsUnits units = { runs, stop, start };
    gsize i = GPOINTER_TO_SIZE (data);
    g_autoptr (GString) asked = g_string_new (NULL);
    g_autoptr (GString) running = g_string_new (cases[i].running);
    Systemd systemd = { asked, running, cases[i].stubborn };
    g_autoptr (GVariant) reply = NULL;
    const char *reason, *answer;
    int sockets[2];

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
    g_assert_true (vf_packet_send (
        sockets[0],
        g_variant_new (VF_STEP_VARIANT_TYPE, cases[i].kind, "0000:01:00.0", 0, cases[i].value),
        NULL));
    shutdown (sockets[0], SHUT_WR);
    g_assert_cmpint (vfs_service_run (sockets[1], &units, &systemd), ==, 0);
    reply = vf_packet_receive (sockets[0], VF_STEP_REPLY_TYPE, NULL);
    g_assert_nonnull (reply);
    g_variant_get (reply, "(&s&s&s)", &reason, NULL, &answer);
    g_assert_cmpstr (reason, ==, cases[i].reason);
    g_assert_cmpstr (answer, ==, cases[i].answer);
    g_assert_cmpstr (asked->str, ==, cases[i].asked);
    close (sockets[0]);
    close (sockets[1]);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strconcat ("/services/", cases[i].name, NULL);

        g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_case);
    }
    return g_test_run ();
}
