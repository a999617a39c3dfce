/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests vf-packet and vf-reply with friendly and hostile peers. */
#include "vf-error.h"
#include "vf-packet.h"
#include "vf-reply.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TYPE "(su)"

typedef struct {
    int ours, theirs;
} Pair;

static void
set_up (Pair *pair, gconstpointer unused)
{
    int sockets[2];

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
    *pair = (Pair){ sockets[0], sockets[1] };
}

static void
tear_down (Pair *pair, gconstpointer unused)
{
    close (pair->ours);
    close (pair->theirs);
}

static void
send_raw (Pair *pair, const void *bytes, gsize length)
{
    g_assert_cmpint (send (pair->theirs, bytes, length, 0), ==, (gssize) length);
}

static void
assert_refused (Pair *pair)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (vf_packet_receive (pair->ours, TYPE, &error));
    g_assert_true (vf_error_is (error, VF_REASON_INTERNAL));
}

static void
test_round_trip (Pair *pair, gconstpointer unused)
{
    g_autoptr (GVariant) message = g_variant_ref_sink (g_variant_new (TYPE, "a", 7));
    g_autoptr (GVariant) received = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (vf_packet_send (pair->theirs, message, &error));
    g_assert_no_error (error);
    received = vf_packet_receive (pair->ours, TYPE, &error);
    g_assert_no_error (error);
    g_assert_true (g_variant_equal (message, received));
}

static void
test_close (Pair *pair, gconstpointer unused)
{
    g_autoptr (GError) error = NULL;

    shutdown (pair->theirs, SHUT_WR);
    g_assert_null (vf_packet_receive (pair->ours, TYPE, &error));
    g_assert_no_error (error);
}

static void
test_not_normal_form (Pair *pair, gconstpointer unused)
{
    static const char no_final_nul[] = { 'a', 'b', 'c', 0, 0, 0, 0, 0, 3 };
    static const char offset_outside[] = { 'a', 0, 0, 0, 7, 0, 0, 0, (char) 0xff };
    static const char padding_not_zero[] = { 'a', 0, 9, 9, 7, 0, 0, 0, 2 };
    static const char invalid_utf8[] = { (char) 0xff, 0, 0, 0, 7, 0, 0, 0, 2 };
    static const char short_one[] = { 'a' };

    send_raw (pair, no_final_nul, sizeof no_final_nul);
    assert_refused (pair);
    send_raw (pair, offset_outside, sizeof offset_outside);
    assert_refused (pair);
    send_raw (pair, padding_not_zero, sizeof padding_not_zero);
    assert_refused (pair);
    send_raw (pair, invalid_utf8, sizeof invalid_utf8);
    assert_refused (pair);
    send_raw (pair, short_one, sizeof short_one);
    assert_refused (pair);
}

static void
test_wrong_type (Pair *pair, gconstpointer unused)
{
    g_assert_true (
        vf_packet_send (pair->theirs, g_variant_new ("(ssss)", "a", "b", "c", "d"), NULL));
    assert_refused (pair);
}

static void
test_too_long (Pair *pair, gconstpointer unused)
{
    g_autofree char *text = g_strnfill (VF_PACKET_MAX, 'x');
    g_autoptr (GVariant) message = g_variant_ref_sink (g_variant_new (TYPE, text, 7));
    g_autoptr (GError) error = NULL;

    g_assert_false (vf_packet_send (pair->theirs, message, &error));
    g_assert_true (vf_error_is (error, VF_REASON_INTERNAL));
    send_raw (pair, g_variant_get_data (message), g_variant_get_size (message));
    assert_refused (pair);
}

/* The longest one that is allowed: 4 bytes of number, 1 final NUL, 4 bytes of offset. */
static void
test_longest (Pair *pair, gconstpointer unused)
{
    g_autofree char *text = g_strnfill (VF_PACKET_MAX - 16, 'x');
    g_autoptr (GVariant) received = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (vf_packet_send (pair->theirs, g_variant_new (TYPE, text, 7), &error));
    received = vf_packet_receive (pair->ours, TYPE, &error);
    g_assert_no_error (error);
    g_assert_nonnull (received);
}

static GVariant *
add_one (GVariant *request, gpointer count)
{
    const char *text;
    guint32 number;

    ++*(guint *) count;
    g_variant_get (request, "(&su)", &text, &number);
    return g_variant_new (TYPE, text, number + 1);
}

static void
test_serve (Pair *pair, gconstpointer unused)
{
    guint count = 0;

    for (guint i = 0; i < 3; i++)
        g_assert_true (vf_packet_send (pair->theirs, g_variant_new (TYPE, "n", i), NULL));
    shutdown (pair->theirs, SHUT_WR);
    g_assert_cmpint (vf_packet_serve (pair->ours, TYPE, add_one, &count), ==, 0);
    g_assert_cmpuint (count, ==, 3);
    for (guint i = 0; i < 3; i++) {
        g_autoptr (GVariant) answer = vf_packet_receive (pair->theirs, TYPE, NULL);
        guint32 number;

        g_assert_nonnull (answer);
        g_variant_get (answer, "(&su)", NULL, &number);
        g_assert_cmpuint (number, ==, i + 1);
    }
}

/* What comes after a malformed packet is not looked at. */
/* The daemon died when it had asked. */
static void
test_serve_nobody (Pair *pair, gconstpointer unused)
{
    guint count = 0;

    g_assert_true (vf_packet_send (pair->theirs, g_variant_new (TYPE, "n", 1), NULL));
    close (pair->theirs);
    pair->theirs = -1;
    g_assert_cmpint (vf_packet_serve (pair->ours, TYPE, add_one, &count), ==, 0);
    g_assert_cmpuint (count, ==, 0);
}

static void
test_serve_hostile (Pair *pair, gconstpointer unused)
{
    if (g_test_subprocess ()) {
        guint count = 0;
        int status;

        send_raw (pair, "junk", 4);
        g_assert_true (vf_packet_send (pair->theirs, g_variant_new (TYPE, "n", 1), NULL));
        status = vf_packet_serve (pair->ours, TYPE, add_one, &count);
        g_assert_cmpuint (count, ==, 0);
        _exit (status == 1 ? 0 : 1);
    }
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    g_test_trap_assert_stderr ("*not a message of type*");
}

static void
test_step_reply (void)
{
    g_autoptr (GError) sent = vf_error_new (VF_REASON_HOST_DISPLAY, "It is the host's display.");
    g_autoptr (GVariant) refusal = g_variant_ref_sink (vf_reply_to_step (NULL, sent));
    g_autoptr (GVariant) success = g_variant_ref_sink (vf_reply_to_step ("note", NULL));
    g_autoptr (GError) error = NULL;
    g_autofree char *answer = vf_reply_step_answer (success, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (answer, ==, "note");
    g_assert_null (vf_reply_step_answer (refusal, &error));
    g_assert_true (vf_error_is (error, VF_REASON_HOST_DISPLAY));
    g_assert_cmpstr (error->message, ==, sent->message);
}

static void
test_question_reply (void)
{
    g_autoptr (GError) sent = vf_error_new (VF_REASON_NO_SUCH_GPU, "There is none.");
    g_autoptr (GVariant) refusal = g_variant_ref_sink (vf_reply_to_question (NULL, sent));
    g_autoptr (GVariant) success =
        g_variant_ref_sink (vf_reply_to_question (g_variant_new_string ("x"), NULL));
    g_autoptr (GVariant) answer = NULL;
    g_autoptr (GError) error = NULL;

    answer = vf_reply_question_answer (success, "s", &error);
    g_assert_no_error (error);
    g_assert_cmpstr (g_variant_get_string (answer, NULL), ==, "x");
    g_assert_null (vf_reply_question_answer (refusal, "s", &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_GPU));
    g_assert_cmpstr (error->message, ==, sent->message);
    g_clear_error (&error);
    g_assert_null (vf_reply_question_answer (success, "u", &error));
    g_assert_true (vf_error_is (error, VF_REASON_INTERNAL));
    g_clear_error (&error);
    g_assert_null (vf_reply_question_answer (answer, "s", &error));
    g_assert_true (vf_error_is (error, VF_REASON_INTERNAL));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/packet/" name, Pair, NULL, set_up, function, tear_down)
    ADD ("round-trip", test_round_trip);
    ADD ("close", test_close);
    ADD ("not-normal-form", test_not_normal_form);
    ADD ("wrong-type", test_wrong_type);
    ADD ("too-long", test_too_long);
    ADD ("longest", test_longest);
    ADD ("serve", test_serve);
    ADD ("serve-nobody", test_serve_nobody);
    ADD ("serve-hostile", test_serve_hostile);
    g_test_add_func ("/reply/step", test_step_reply);
    g_test_add_func ("/reply/question", test_question_reply);
    return g_test_run ();
}
