/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A helper has the name of the card while it carries out a step, and its own otherwise. */
#include "vf-error.h"
#include "vf-packet.h"
#include "vf-reply.h"
#include "vf-step-service.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers with the name that this process has, or refuses. */
static char *
carry_out (const VfStep *step, gpointer data, GError **error)
{
    char name[16];
    guint *n_steps = data;

    ++*n_steps;
    if (g_str_equal (step->value, "no")) {
        vf_error_set (error, VF_REASON_STEP_REJECTED, "No.");
        return NULL;
    }
    prctl (PR_GET_NAME, name);
    return g_strdup (name);
}

static void
send_step (int socket, const char *address, const char *value)
{
    g_assert_true (vf_packet_send (
        socket, g_variant_new (VF_STEP_VARIANT_TYPE, "bind", address, 0x10de2684, value), NULL));
}

static void
assert_answer (int socket, const char *reason, const char *answer)
{
    g_autoptr (GVariant) reply = vf_packet_receive (socket, VF_STEP_REPLY_TYPE, NULL);
    const char *reason_sent, *answer_sent;

    g_assert_nonnull (reply);
    g_variant_get (reply, "(&s&s&s)", &reason_sent, NULL, &answer_sent);
    g_assert_cmpstr (reason_sent, ==, reason);
    g_assert_cmpstr (answer_sent, ==, answer);
}

static void
test_names (void)
{
    char before[16], after[16];
    guint n_steps = 0;
    int sockets[2];

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
    send_step (sockets[0], "0000:01:00.0", "bochs-drm");
    send_step (sockets[0], "0000:0a:00.1", "no");
    send_step (sockets[0], "no address", "bochs-drm");
    send_step (sockets[0], "0000:0a:00.1", "snd_hda_intel");
    shutdown (sockets[0], SHUT_WR);
    prctl (PR_GET_NAME, before);
    g_assert_cmpint (vf_step_service_run (sockets[1], carry_out, &n_steps), ==, 0);
    prctl (PR_GET_NAME, after);
    g_assert_cmpstr (before, ==, after);
    g_assert_cmpuint (n_steps, ==, 3);
    assert_answer (sockets[0], "", "vf0000:01:00.0");
    assert_answer (sockets[0], "step-rejected", "");
    assert_answer (sockets[0], "invalid-address", "");
    assert_answer (sockets[0], "", "vf0000:0a:00.1");
    close (sockets[0]);
    close (sockets[1]);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/step-service/names", test_names);
    return g_test_run ();
}
