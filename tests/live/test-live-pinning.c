/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way past a desktop that has a card open, with the real daemon and the real set-up service on
 * a fake machine, and how it goes on after the login. Argument: the folder of the programs for fake
 * machines. */
#include "vfl-continuation.h"
#include "vfl-fact.h"
#include "vfl-intent.h"
#include "vfl-pinning.h"

#include "fake-daemon.h"
#include "fake-home.h"
#include "fake-polkit.h"
#include "fake-proc.h"
#include "fake-setup.h"
#include "fake-tree.h"

#include <locale.h>
#include <string.h>

#define UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"
#define DOMAIN \
    "<domain type='test'><name>guest</name><uuid>" UUID "</uuid>" \
    "<memory unit='KiB'>65536</memory><os><type>hvm</type></os><devices>" \
    "<controller type='pci' index='0' model='pcie-root'/></devices></domain>"
#define GPU "0000:02:00.0"

/* A host with two USB devices. */
#define USB(name, vendor, product) \
    "<device><name>" name "</name><parent>computer</parent><capability type='usb_device'>" \
    "<bus>1</bus><device>1</device><product id='" product "'>" name "</product>" \
    "<vendor id='" vendor "'>Logitech, Inc.</vendor></capability></device>"
#define NODE \
    "<node><device><name>computer</name><capability type='system'><hardware>" \
    "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid></hardware><firmware/></capability>" \
    "</device>" USB ("keyboard", "0x046d", "0xc31c") USB ("mouse", "0x046d", "0xc077") "</node>"
#define KEYBOARD "046d:c31c"
#define MOUSE "046d:c077"
#define NOT_THERE "0781:5567"

static const char *programs;

typedef struct {
    FakeDaemon *daemon;
    GDBusConnection *polkit;
    GSubprocess *service;
    char *vms;
    VflHost *host;
    virDomain *domain;
    VflChange *change;
} Fixture;

static const char *
root (Fixture *fixture)
{
    return fake_daemon_host (fixture->daemon)->folder;
}

/* The card that is not the first to be chosen. */
static void
open_card (Fixture *fixture, guint32 pid, const char *command, guint32 uid)
{
    static const char *const open[] = { "dri/card2", NULL };
    const FakeProcess process = {
        .pid = pid, .command = (char *) command, .uid = uid, .open = (char **) open
    };

    fake_proc_add (&process, root (fixture));
}

static void
end_process (Fixture *fixture, guint32 pid)
{
    g_autofree char *folder = g_strdup_printf ("%s/proc/%u", root (fixture), pid);

    fake_tree_remove (folder);
}

static void
connect_host (Fixture *fixture)
{
    fixture->host = vfl_host_new (fake_daemon_bus (fixture->daemon));
    vfl_host_connect (fixture->host);
    while (!vfl_machines_is_loaded (vfl_host_machines (fixture->host))
           || vfl_daemon_link (vfl_host_daemon (fixture->host)) != VFL_LINK_UP)
        g_main_context_iteration (NULL, TRUE);
}

/* The wish to give the VM the card, as far as it can be told whether that is possible. */
static void
ask_for_card (Fixture *fixture)
{
    VflMachines *machines = vfl_host_machines (fixture->host);

    fixture->change = vfl_change_new_activation (fixture->host, vfl_machines_find (machines, UUID));
    vfl_change_set_gpu (fixture->change,
                        vfl_daemon_find_gpu (vfl_host_daemon (fixture->host), GPU));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
    fixture->daemon = fake_daemon_new ("two-identical", programs, NULL);
    fixture->polkit = fake_polkit_play (fake_daemon_bus (fixture->daemon));
    fixture->service = fake_setup_start (fixture->daemon, programs);
    fixture->vms = fake_tree_new_folder ();
    fake_tree_write (fixture->vms, "node.xml", NODE);
    g_setenv ("STAGED_VMS", fixture->vms, TRUE);
    fake_daemon_start (fixture->daemon);
    connect_host (fixture);
    fixture->domain =
        virDomainDefineXML (vfl_libvirt_connection (vfl_host_libvirt (fixture->host)), DOMAIN);
    g_assert_nonnull (fixture->domain);
    while (vfl_machines_find (vfl_host_machines (fixture->host), UUID) == NULL)
        g_main_context_iteration (NULL, TRUE);
}

static void
let_go (gpointer object)
{
    gpointer watched = object;

    /* What goes on in its threads needs the bus. */
    g_object_add_weak_pointer (watched, &watched);
    g_object_unref (watched);
    while (watched != NULL)
        g_main_context_iteration (NULL, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    vfl_intent_forget ();
    virDomainFree (fixture->domain);
    g_clear_pointer (&fixture->change, let_go);
    let_go (fixture->host);
    fake_setup_stop (fixture->service);
    g_object_unref (fixture->polkit);
    fake_daemon_free (fixture->daemon);
    fake_tree_remove (fixture->vms);
    g_free (fixture->vms);
}

static void
await (gpointer object, const char *property)
{
    gboolean value = FALSE;

    for (;;) {
        g_object_get (object, property, &value, NULL);
        if (value)
            return;
        g_main_context_iteration (NULL, TRUE);
    }
}

static gboolean
is (gpointer object, const char *property)
{
    gboolean value;

    g_object_get (object, property, &value, NULL);
    return value;
}

static void
assert_words (VflPinning *pinning, const char *expected)
{
    g_autofree char *words = NULL;

    g_object_get (pinning, "words", &words, NULL);
    g_assert_cmpstr (words, ==, expected);
}

static VflIntent *
recall (void)
{
    return vfl_intent_recall (g_get_real_time () / G_USEC_PER_SEC);
}

static VflPinning *
start_pinning (Fixture *fixture)
{
    VflPinning *pinning;
    g_autoptr (VfInput) mouse = vf_input_new_usb (MOUSE, NULL);

    ask_for_card (fixture);
    vfl_change_set_input (fixture->change, mouse, TRUE);
    while (vfl_change_desktop (fixture->change) == NULL)
        g_main_context_iteration (NULL, TRUE);
    pinning = vfl_pinning_new (fixture->change);
    await (pinning, "can-make");
    return pinning;
}

static void
test_made (Fixture *fixture, gconstpointer data)
{
    VflPinning *pinning;
    g_autoptr (VflIntent) early = NULL;
    g_autoptr (VflIntent) intent = NULL;
    g_autoptr (VflFact) only = NULL;
    GListModel *lacks;

    open_card (fixture, 1812, "Xorg", 0);
    pinning = start_pinning (fixture);
    assert_words (pinning, "Xorg shows the picture of your desktop, and has opened this card, "
                           "which it does not need.");
    lacks = vfl_setup_lacks (vfl_pinning_setup (pinning));
    g_assert_cmpuint (g_list_model_get_n_items (lacks), ==, 1);
    only = g_list_model_get_item (lacks, 0);
    g_assert_true (g_str_has_prefix (vfl_fact_title (only), "The desktop uses 0000:00:02.0 and "
                                                            "leaves 0000:02:00.0 to VMs"));
    g_assert_false (is (pinning, "can-leave"));
    early = recall ();
    g_assert_null (early);

    vfl_pinning_make (pinning);
    await (pinning, "can-leave");
    assert_words (pinning, "The desktop leaves this card alone with your next login.");
    g_assert_false (is (pinning, "can-make"));
    intent = recall ();
    g_assert_nonnull (intent);
    g_assert_cmpstr (intent->machine, ==, UUID);
    g_assert_cmpstr (intent->gpu, ==, GPU);
    g_assert_cmpuint (intent->desktop, ==, 1812);
    g_assert_cmpuint (intent->inputs->len, ==, 1);
    let_go (pinning);
}

/* The dialog is closed while somebody types the password. */
static void
test_made_unseen (Fixture *fixture, gconstpointer data)
{
    VflPinning *pinning;
    g_autoptr (VflIntent) intent = NULL;

    open_card (fixture, 1812, "Xorg", 0);
    pinning = start_pinning (fixture);
    vfl_pinning_make (pinning);
    let_go (pinning);
    intent = recall ();
    g_assert_nonnull (intent);
}

static void
test_without_continuation (Fixture *fixture, gconstpointer data)
{
    VflPinning *pinning;
    g_autoptr (VflIntent) refused = NULL;
    g_autoptr (VflIntent) wanted = NULL;
    g_autoptr (VflIntent) taken_back = NULL;

    open_card (fixture, 1812, "Xorg", 0);
    pinning = start_pinning (fixture);
    g_object_set (pinning, "continues", FALSE, NULL);
    vfl_pinning_make (pinning);
    await (pinning, "can-leave");
    vfl_pinning_wait (pinning);
    refused = recall ();
    g_assert_null (refused);
    g_object_set (pinning, "continues", TRUE, NULL);
    wanted = recall ();
    g_assert_nonnull (wanted);
    g_object_set (pinning, "continues", FALSE, NULL);
    taken_back = recall ();
    g_assert_null (taken_back);
    let_go (pinning);
}

static void
test_failed (Fixture *fixture, gconstpointer data)
{
    VflPinning *pinning;
    g_autoptr (VflIntent) intent = NULL;
    g_autofree char *words = NULL;

    open_card (fixture, 1812, "Xorg", 0);
    pinning = start_pinning (fixture);
    fake_tree_write (root (fixture), "failing", "");
    vfl_pinning_make (pinning);
    while (is (pinning, "busy"))
        g_main_context_iteration (NULL, TRUE);
    g_object_get (pinning, "words", &words, NULL);
    g_assert_nonnull (strstr (words, "update-grub failed: no"));
    g_assert_false (is (pinning, "can-leave"));
    g_assert_true (is (pinning, "can-make"));
    intent = recall ();
    g_assert_null (intent);
    let_go (pinning);
}

/* Who logs out does not end the desktop of somebody else, such as that of the login screen. */
static void
test_of_login_screen (Fixture *fixture, gconstpointer data)
{
    VflPinning *pinning;
    g_autofree char *words = NULL;

    open_card (fixture, 900, "gnome-shell", 64123);
    pinning = start_pinning (fixture);
    vfl_pinning_make (pinning);
    await (pinning, "can-leave");
    g_object_get (pinning, "words", &words, NULL);
    g_assert_nonnull (strstr (words, "gnome-shell is of the user 64123"));
    g_assert_nonnull (strstr (words, "restart this computer"));
    let_go (pinning);
}

/* Set-up helps against no game. */
static void
test_no_desktop (Fixture *fixture, gconstpointer data)
{
    open_card (fixture, 1812, "game", 0);
    ask_for_card (fixture);
    while (vfl_change_phase (fixture->change) != VFL_CHANGE_REFUSED)
        g_main_context_iteration (NULL, TRUE);
    g_assert_null (vfl_change_desktop (fixture->change));
}

typedef struct {
    VflChange *change;
    char *sentence;
} Course;

static void
on_due (VflContinuation *continuation, VflChange *change, gpointer data)
{
    g_set_object (&((Course *) data)->change, change);
}

static void
on_gone (VflContinuation *continuation, const char *sentence, gpointer data)
{
    ((Course *) data)->sentence = g_strdup (sentence);
}

static void
keep_intent (const char *machine, const char *gpu)
{
    g_autoptr (VflIntent) intent = vfl_intent_new (machine, gpu);
    GError *error = NULL;

    g_ptr_array_add (intent->inputs, vf_input_new_usb (KEYBOARD, NULL));
    g_ptr_array_add (intent->inputs, vf_input_new_usb (NOT_THERE, NULL));
    g_ptr_array_add (intent->inputs, vf_input_new_usb (MOUSE, NULL));
    intent->desktop = 1812;
    intent->desktop_start = 1912;
    intent->made = g_get_real_time () / G_USEC_PER_SEC - 60;
    vfl_intent_keep (intent, &error);
    g_assert_no_error (error);
}

/* The host connects anew: the app was started. */
static VflContinuation *
start_app (Fixture *fixture, gboolean after_login, Course *course)
{
    VflContinuation *continuation = vfl_continuation_new (fixture->host, after_login);

    g_signal_connect (continuation, "due", G_CALLBACK (on_due), course);
    g_signal_connect (continuation, "gone", G_CALLBACK (on_gone), course);
    g_object_notify (G_OBJECT (vfl_host_machines (fixture->host)), "loaded");
    return continuation;
}

static void
await_end (const Course *course)
{
    while (course->change == NULL && course->sentence == NULL)
        g_main_context_iteration (NULL, TRUE);
}

/* Of what was wanted, what is there; in the first words about what is there. */
static void
on_choices (VflChange *change, gpointer data)
{
    g_autoptr (VfInput) gone = vf_input_new_usb (NOT_THERE, NULL);
    g_autoptr (VfInput) keyboard = vf_input_new_usb (KEYBOARD, NULL);
    g_autoptr (VfInput) mouse = vf_input_new_usb (MOUSE, NULL);
    gboolean *seen = data;

    if (vfl_change_input_choices (change) == NULL)
        return;
    g_assert_true (vfl_change_wants_input (change, keyboard));
    g_assert_true (vfl_change_wants_input (change, mouse));
    g_assert_false (vfl_change_wants_input (change, gone));
    *seen = TRUE;
}

static void
test_continued (Fixture *fixture, gconstpointer after_login)
{
    Course course = { 0 };
    g_autoptr (VflContinuation) continuation = NULL;
    g_autoptr (VflIntent) left = NULL;
    gboolean seen = FALSE;

    keep_intent (UUID, GPU);
    if (after_login != NULL)
        open_card (fixture, 1812, "Xorg", 0); /* it stays, for whatever reason */
    continuation = start_app (fixture, after_login != NULL, &course);
    await_end (&course);
    g_assert_nonnull (course.change);
    g_assert_cmpstr (vfl_machine_uuid (vfl_change_machine (course.change)), ==, UUID);
    g_assert_cmpstr (vfl_gpu_address (vfl_change_gpu (course.change)), ==, GPU);
    g_assert_cmpint (vfl_change_phase (course.change), <=, VFL_CHANGE_REFUSED);
    left = recall ();
    g_assert_null (left);
    g_signal_connect (course.change, "changed", G_CALLBACK (on_choices), &seen);
    while (!seen)
        g_main_context_iteration (NULL, TRUE);
    g_signal_handlers_disconnect_by_data (course.change, &seen);
    let_go (course.change);
}

/* The person has not logged out yet. */
static void
test_waits (Fixture *fixture, gconstpointer data)
{
    Course course = { 0 };
    VflContinuation *early, *due;
    g_autoptr (VflIntent) kept = NULL;

    open_card (fixture, 1812, "Xorg", 0);
    keep_intent (UUID, GPU);
    early = start_app (fixture, FALSE, &course);
    let_go (early); /* lives until the answer */
    g_assert_null (course.change);
    g_assert_null (course.sentence);
    kept = recall ();
    g_assert_nonnull (kept);

    end_process (fixture, 1812);
    due = start_app (fixture, FALSE, &course);
    await_end (&course);
    g_assert_nonnull (course.change);
    g_object_unref (due);
    let_go (course.change);
}

static void
assert_gone (Fixture *fixture, const char *machine, const char *gpu, const char *sentence)
{
    Course course = { 0 };
    g_autoptr (VflContinuation) continuation = NULL;
    g_autoptr (VflIntent) left = NULL;

    keep_intent (machine, gpu);
    continuation = start_app (fixture, FALSE, &course);
    await_end (&course);
    g_assert_cmpstr (course.sentence, ==, sentence);
    left = recall ();
    g_assert_null (left);
    g_free (course.sentence);
}

static void
test_gone (Fixture *fixture, gconstpointer data)
{
    assert_gone (fixture, "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a02", GPU,
                 "The machine that was to get a graphics card is not there any more.");
    assert_gone (fixture, UUID, "0000:03:00.0",
                 "The graphics card 0000:03:00.0 for guest is not there any more.");
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
    Course course = { 0 };
    VflContinuation *continuation;

    g_assert_false (vfl_continuation_is_wanted ());
    continuation = start_app (fixture, TRUE, &course);
    let_go (continuation);
    g_assert_null (course.change);
    g_assert_null (course.sentence);
    keep_intent (UUID, GPU);
    g_assert_true (vfl_continuation_is_wanted ());
}

int
main (int argc, char **argv)
{
    char *home = fake_home_new ();
    int status;

    setlocale (LC_ALL, "C.UTF-8");
    g_test_init (&argc, &argv, NULL);
    g_assert_cmpint (argc, ==, 2);
    programs = argv[1];
#define STORY(name, data) \
    g_test_add ("/pinning/" #name, Fixture, data, set_up, test_##name, tear_down)
    STORY (made, NULL);
    STORY (made_unseen, NULL);
    STORY (without_continuation, NULL);
    STORY (failed, NULL);
    STORY (of_login_screen, NULL);
    STORY (no_desktop, NULL);
    STORY (waits, NULL);
    STORY (gone, NULL);
    STORY (nothing, NULL);
    STORY (continued, NULL);
    g_test_add ("/pinning/continued_after_login", Fixture, "", set_up, test_continued, tear_down);
    status = g_test_run ();
    fake_tree_remove (home);
    g_free (home);
    return status;
}
