/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests the questions of the probe, friendly and hostile, on fake machines. */
#include "fake-tree.h"
#include "vf-error.h"
#include "fake-proc.h"
#include "vf-holder.h"
#include "vf-packet.h"
#include "vf-reply.h"
#include "vf-worker-process.h"
#include "vfp-service.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Asks one question, with the addresses as words, of the probe on the folder at @root. */
static GVariant *
ask_at (
    const char *root, const char *question, const char *addresses, const char *type, GError **error)
{
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_auto (GStrv) words = g_strsplit (addresses, " ", -1);
    g_autoptr (GVariant) reply = NULL;
    int sockets[2];

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
    g_assert_true (vf_packet_send (sockets[0], g_variant_new ("(s^as)", question, words), NULL));
    shutdown (sockets[0], SHUT_WR);
    g_assert_cmpint (vfp_service_run (sockets[1], sysfs), ==, 0);
    reply = vf_packet_receive (sockets[0], VF_QUESTION_REPLY_TYPE, NULL);
    g_assert_nonnull (reply);
    close (sockets[0]);
    close (sockets[1]);
    return vf_reply_question_answer (reply, type, error);
}

/* Questions one after another on one connection. */
typedef struct {
    int socket;
    const VfSysfs *root;
} Visit;

static gpointer
serve_visit (gpointer data)
{
    const Visit *visit = data;

    vfp_service_run (visit->socket, visit->root);
    return NULL;
}

static GVariant *
ask (const char *machine,
     const char *question,
     const char *addresses,
     const char *type,
     GError **error)
{
    g_autofree char *root = fake_tree_build_named (machine, NULL);
    GVariant *answer = ask_at (root, question, addresses, type, error);

    fake_tree_remove (root);
    return answer;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
test_holders (void)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer =
        ask ("held", "holders", "0000:01:00.0 0000:01:00.1", "a" VF_HOLDER_VARIANT_TYPE, &error);
    g_autoptr (GPtrArray) holders = NULL;
    const VfHolder *holder;

    g_assert_no_error (error);
    holders = vf_holders_from_variant (answer);
    g_assert_cmpuint (holders->len, ==, 3);
    holder = g_ptr_array_index (holders, 0);
    g_assert_cmpstr (holder->command, ==, "wireplumber");
    holder = g_ptr_array_index (holders, 2);
    g_assert_cmpuint (holder->pid, ==, 1812);
    g_assert_cmpstr (holder->command, ==, "game");
}

/* "pid node" of each holder, sorted. */
static char *
list_holders (const char *machine, const char *address)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer =
        ask (machine, "holders", address, "a" VF_HOLDER_VARIANT_TYPE, &error);
    g_autoptr (GPtrArray) holders = NULL;
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

    g_assert_no_error (error);
    holders = vf_holders_from_variant (answer);
    for (guint i = 0; i < holders->len; i++) {
        const VfHolder *holder = g_ptr_array_index (holders, i);

        g_ptr_array_add (lines, g_strdup_printf ("%u %s", holder->pid, holder->node));
    }
    g_ptr_array_sort (lines, compare_lines);
    g_ptr_array_add (lines, NULL);
    return g_strjoinv ("\n", (char **) lines->pdata);
}

/* Who has only what all cards share counts where that is what keeps the card. */
static void
test_shared (void)
{
    g_autofree char *alone = list_holders ("nvidia-alone", "0000:01:00.0");
    g_autofree char *first = list_holders ("nvidia-two", "0000:01:00.0");
    g_autofree char *second = list_holders ("nvidia-two", "0000:02:00.0");
    g_autofree char *amd = list_holders ("amd-compute", "0000:03:00.0");

    g_assert_cmpstr (alone, ==,
                     "700 /dev/nvidia0\n700 /dev/nvidiactl\n701 /dev/nvidia0\n701 /dev/nvidiactl");
    g_assert_cmpstr (first, ==, "700 /dev/nvidia0");
    g_assert_cmpstr (second, ==, "1500 /dev/nvidia1\n700 /dev/nvidia1");
    g_assert_cmpstr (amd, ==, "2100 /dev/kfd");
}

static void
test_nobody (void)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) holders =
        ask ("lab", "holders", "0000:01:00.0", "a" VF_HOLDER_VARIANT_TYPE, &error);
    g_autoptr (GVariant) users =
        ask ("held", "vfio-users", "0000:01:00.0", "a" VF_HOLDER_VARIANT_TYPE, NULL);

    g_assert_no_error (error);
    g_assert_cmpuint (g_variant_n_children (holders), ==, 0);
    g_assert_nonnull (users);
    g_assert_cmpuint (g_variant_n_children (users), ==, 0);
}

static const char base[] = "machine One card, and who has it open\n"
                           "function 0000:01:00.0 class=030000 ids=10de:2484 group=14 driver=%s\n"
                           "function 0000:01:00.1 class=040300 ids=10de:228b group=14 driver=%s\n";

/* Asks of a machine of @drivers with the lines of @processes. */
static GVariant *
ask_with (const char *display,
          const char *audio,
          const char *processes,
          const char *question,
          GError **error)
{
    g_autofree char *start = g_strdup_printf (base, display, audio);
    g_autofree char *text = g_strconcat (start, processes, NULL);
    g_autoptr (FakeMachine) machine = fake_machine_parse (text);
    g_autofree char *root = g_dir_make_tmp ("virtflow-probe-XXXXXX", NULL);
    GVariant *answer;

    fake_tree_build (machine, root);
    answer =
        ask_at (root, question, "0000:01:00.0 0000:01:00.1", "a" VF_HOLDER_VARIANT_TYPE, error);
    fake_tree_remove (root);
    return answer;
}

/* Two functions of a group share its node, and QEMU is one user of it. */
static void
test_vfio_users (void)
{
    g_autoptr (GVariant) answer =
        ask_with ("vfio-pci", "vfio-pci", "process 77 command=qemu uid=64055 open=vfio/14\n",
                  "vfio-users", NULL);
    g_autoptr (GPtrArray) users = NULL;
    const VfHolder *user;

    g_assert_nonnull (answer);
    users = vf_holders_from_variant (answer);
    g_assert_cmpuint (users->len, >=, 1);
    for (guint i = 0; i < users->len; i++) {
        user = g_ptr_array_index (users, i);
        g_assert_cmpuint (user->pid, ==, 77);
        g_assert_cmpstr (user->node, ==, "/dev/vfio/14");
    }
    g_assert_cmpuint (users->len, ==, 1);
}

/* A crowd of sound servers could hide somebody who does not let go. */
static void
test_crowd (void)
{
    g_autoptr (GString) crowd = g_string_new (NULL);
    g_autoptr (GVariant) answer = NULL;
    g_autoptr (GError) error = NULL;

    for (guint i = 0; i < 70; i++)
        g_string_append_printf (crowd, "process %u command=pipewire uid=1000 open=snd/controlC0\n",
                                100 + i);
    g_string_append (crowd, "process 5000 command=game uid=1000 open=dri/card0\n");
    answer = ask_with ("nouveau", "snd_hda_intel", crowd->str, "holders", &error);
    g_assert_null (answer);
    g_assert_true (vf_error_is (error, VF_REASON_HELD_BY_PROCESS));
}

/* Neither nobody nor a sound server is an answer while some process cannot be looked into; somebody
 * who blocks is. */
static void
test_hidden (void)
{
    static const struct {
        const char *open; /* by a process of that name */
        const char *command;
        gboolean answered;
    } cases[] = {
        { "null", "shell", FALSE },
        { "snd/controlC0", "pipewire", FALSE },
        { "dri/card0", "nvidia-persiste unit=nvidia-persistenced.service", FALSE },
        { "snd/controlC0", "game", TRUE },
        { "snd/pcmC0D3p", "pipewire", TRUE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *text = g_strdup_printf (
            "function 0000:01:00.0 class=030000 ids=10de:2484 group=14 driver=nouveau\n"
            "function 0000:01:00.1 class=040300 ids=10de:228b group=14 driver=snd_hda_intel\n"
            "process 70 command=%s uid=1000 open=%s\n",
            cases[i].command, cases[i].open);
        g_autoptr (FakeMachine) machine = fake_machine_parse (text);
        g_autofree char *root = fake_tree_new_folder ();
        g_autoptr (GVariant) seen = NULL;
        g_autoptr (GVariant) answer = NULL;
        g_autoptr (GError) error = NULL;

        fake_tree_build (machine, root);
        seen =
            ask_at (root, "holders", "0000:01:00.0 0000:01:00.1", "a" VF_HOLDER_VARIANT_TYPE, NULL);
        g_assert_nonnull (seen);
        fake_tree_write (root, "proc/44/fd", "not a folder\n");
        answer = ask_at (root, "holders", "0000:01:00.0 0000:01:00.1", "a" VF_HOLDER_VARIANT_TYPE,
                         &error);
        g_assert_cmpint (answer != NULL, ==, cases[i].answered);
        if (!cases[i].answered)
            g_assert_true (vf_error_is (error, VF_REASON_INTERNAL));
        fake_tree_remove (root);
    }
}

static const FakeProcess worker = { .pid = 70,
                                    .command = (char *) "vf0000:01:00.1",
                                    .program = (char *) "virtflow-worker",
                                    .place = (char *) "snd_card_free" };

/* Asks for the workers of a card while there is @process, which has @stack. */
static GPtrArray *
ask_for_workers (const FakeProcess *process, const char *stack)
{
    g_autofree char *root = fake_tree_build_named ("lab", NULL);
    g_autoptr (GVariant) answer = NULL;

    fake_proc_add (process, root);
    if (stack != NULL)
        fake_tree_write (root, "proc/70/stack", stack);
    answer = ask_at (root, "stuck", "0000:01:00.0", "a" VF_WORKER_PROCESS_VARIANT_TYPE, NULL);
    fake_tree_remove (root);
    g_assert_nonnull (answer);
    return vf_worker_processes_from_variant (answer);
}

/* Whichever function of the card it is about; with the stack only where the kernel shows it. */
static void
test_stuck (void)
{
    g_autoptr (GPtrArray) found = ask_for_workers (&worker, NULL);
    g_autoptr (GPtrArray) with_stack = ask_for_workers (
        &worker, "[<0>] snd_card_free+0x6a/0x90 [snd]\n[<0>] pci_device_remove+0x33/0xa0\n");
    const VfWorkerProcess *process;

    g_assert_cmpuint (found->len, ==, 1);
    process = g_ptr_array_index (found, 0);
    g_assert_cmpuint (process->pid, ==, 70);
    g_assert_cmpstr (process->place, ==, "snd_card_free");
    g_assert_cmpstr (process->stack, ==, "");
    process = g_ptr_array_index (with_stack, 0);
    g_assert_cmpstr (process->stack, ==, "snd_card_free, pci_device_remove");
}

/* What is no worker, or none of this card; and what the kernel does not tell. */
static void
test_not_stuck (void)
{
    FakeProcess others[] = { worker, worker, worker, worker };
    FakeProcess silent = worker;
    g_autoptr (GPtrArray) found = NULL;
    const VfWorkerProcess *process;

    others[0].uid = 1000;
    others[1].program = (char *) "sudo";
    others[2].command = (char *) "vf0000:00:01.0";
    others[3].command = (char *) "virtflow-worker";
    for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
        g_autoptr (GPtrArray) none = ask_for_workers (&others[i], NULL);

        g_assert_cmpuint (none->len, ==, 0);
    }
    silent.place = (char *) "0";
    found = ask_for_workers (&silent, "\x1b[31m] not a+stack\n");
    process = g_ptr_array_index (found, 0);
    g_assert_cmpstr (process->place, ==, "");
    g_assert_cmpstr (process->stack, ==, "");
}

/* The card has taken its nodes away, and who has one open is known all the same; in a visit that
 * did not ask before, nobody is. */
static void
test_still_held (void)
{
    g_autofree char *root = fake_tree_build_named ("held", NULL);
    g_autofree char *nodes = g_build_filename (root, "sys/devices", NULL);
    static const char *const address[] = { "0000:01:00.0", "0000:01:00.1", NULL };
    static const char *const questions[] = { "still-held", "holders", "still-held" };
    guint counts[G_N_ELEMENTS (questions)];
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    int sockets[2];
    GThread *probe;

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
    probe = g_thread_new ("probe", serve_visit, &(Visit){ sockets[1], sysfs });
    for (gsize i = 0; i < G_N_ELEMENTS (questions); i++) {
        g_autoptr (GVariant) reply = NULL;
        g_autoptr (GVariant) answer = NULL;

        if (i == 2)
            fake_tree_remove (nodes);
        g_assert_true (
            vf_packet_send (sockets[0], g_variant_new ("(s^as)", questions[i], address), NULL));
        reply = vf_packet_receive (sockets[0], VF_QUESTION_REPLY_TYPE, NULL);
        answer = vf_reply_question_answer (reply, "a" VF_HOLDER_VARIANT_TYPE, NULL);
        counts[i] = answer != NULL ? (guint) g_variant_n_children (answer) : G_MAXUINT;
    }
    close (sockets[0]);
    g_thread_join (probe);
    close (sockets[1]);
    fake_tree_remove (root);
    g_assert_cmpuint (counts[0], ==, 0);
    g_assert_cmpuint (counts[1], ==, 3);
    g_assert_cmpuint (counts[2], ==, 3);
}

#define STATUS_FOLDER "run/libvirt/qemu/"
#define SOURCE "<source>\n<address domain='0x0000' bus='0x01' slot='0x00' function='0x1'/>\n"

/* Asks which VMs have the card, as "NAME NAME"; NULL when that is not known. */
static char *
ask_for_domains (const char *root)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer = ask_at (root, "domains", "0000:01:00.0", "as", &error);
    g_autofree const char **names = NULL;

    if (answer == NULL) {
        g_assert_true (vf_error_is (error, VF_REASON_INTERNAL));
        return NULL;
    }
    names = g_variant_get_strv (answer, NULL);
    return g_strjoinv (" ", (char **) names);
}

static void
test_domains (void)
{
    static const struct {
        const char *file, *text, *names;
    } cases[] = {
        { "driver.pid", "17\n", "" },
        { "guest.xml",
          "<address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>", "" },
        { "other.xml", "<address domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>", "" },
        { "desk.xml.new", SOURCE, "" },
        { ".xml", SOURCE, "" },
        { "desk.xml", SOURCE, "desk" },
        { "desk.xml", "<domstatus/>", "" },
        { "de\x1bsk.xml", SOURCE, "de\\x1bsk" },
    };
    g_autofree char *root = fake_tree_build_named ("lab", NULL);

    g_assert_null (ask_for_domains (root));
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strconcat (STATUS_FOLDER, cases[i].file, NULL);
        g_autofree char *names = NULL;

        fake_tree_write (root, path, cases[i].text);
        names = ask_for_domains (root);
        g_assert_cmpstr (names, ==, cases[i].names);
    }
    fake_tree_remove (root);
}

static void
test_refusals (void)
{
    static const struct {
        const char *question, *addresses;
        VfReason reason;
    } cases[] = {
        { "kill", "0000:01:00.0", VF_REASON_INTERNAL },
        { "", "0000:01:00.0", VF_REASON_INTERNAL },
        { "holders", "", VF_REASON_INTERNAL },
        { "holders", "../../etc/shadow", VF_REASON_INVALID_ADDRESS },
        { "holders", "0000:01:00.0 0000:00:01.0", VF_REASON_INTERNAL },
        { "holders", "0000:07:00.0", VF_REASON_INTERNAL },
        { "holders",
          "0000:01:00.0 0000:01:00.0 0000:01:00.0 0000:01:00.0 0000:01:00.0 0000:01:00.0 "
          "0000:01:00.0 0000:01:00.0 0000:01:00.0",
          VF_REASON_INTERNAL },
        { "override", "0000:01:00.0", VF_REASON_INTERNAL },
        { "kernel-log", "0000:01:00.0", VF_REASON_INTERNAL },
        { "kernel-log", "0000:01:00.0 ../evil", VF_REASON_INTERNAL },
        { "kernel-log", "bochs-drm bochs-drm", VF_REASON_INVALID_ADDRESS },
        { "kernel-log", "0000:01:00.0 bochs-drm more", VF_REASON_INTERNAL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;

        g_assert_null (ask ("lab", cases[i].question, cases[i].addresses, "s", &error));
        g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==,
                         vf_reason_id (cases[i].reason));
    }
}

static void
write_log (const char *root, guint n_lines)
{
    g_autoptr (GString) log = g_string_new (NULL);

    for (guint i = 0; i < n_lines; i++)
        g_string_append_printf (log, "4,%u,%u,-;bochs-drm 0000:01:00.0: line %u\n", i, i, i);
    g_string_append (log, "4,90,90,-;bochs-drmx 0000:01:00.00 is another\nno record\n;\n4;\n"
                          "6,91,91,-;bochs-drm 0000:01:00.0: a remark\n"
                          "12,92,92,-;[drm:bochs_load [bochs]] *ERROR* \xff\n");
    fake_tree_write (root, "dev/kmsg", log->str);
}

/* Warnings and worse, about the function, its driver or its module, the newest, and not without
 * bound. */
static void
test_kernel_log (void)
{
    g_autofree char *root = fake_tree_build_named ("lab", NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) lines = NULL;
    guint64 time;
    guint level;
    const char *text;

    write_log (root, 40);
    lines = ask_at (root, "kernel-log", "0000:01:00.0 bochs-drm", "a(tus)", &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_variant_n_children (lines), ==, 16);
    g_variant_get_child (lines, 15, "(tu&s)", &time, &level, &text);
    g_assert_cmpuint (time, ==, 92);
    g_assert_cmpuint (level, ==, 4);
    g_assert_true (g_str_has_prefix (text, "[drm:bochs_load [bochs]] *ERROR* "));
    g_assert_true (g_utf8_validate (text, -1, NULL));
    g_variant_get_child (lines, 14, "(tu&s)", &time, &level, &text);
    g_assert_cmpstr (text, ==, "bochs-drm 0000:01:00.0: line 39");
    fake_tree_remove (root);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/probe/holders", test_holders);
    g_test_add_func ("/probe/shared", test_shared);
    g_test_add_func ("/probe/nobody", test_nobody);
    g_test_add_func ("/probe/vfio-users", test_vfio_users);
    g_test_add_func ("/probe/crowd", test_crowd);
    g_test_add_func ("/probe/hidden", test_hidden);
    g_test_add_func ("/probe/stuck", test_stuck);
    g_test_add_func ("/probe/not-stuck", test_not_stuck);
    g_test_add_func ("/probe/still-held", test_still_held);
    g_test_add_func ("/probe/domains", test_domains);
    g_test_add_func ("/probe/refusals", test_refusals);
    g_test_add_func ("/probe/kernel-log", test_kernel_log);
    return g_test_run ();
}
