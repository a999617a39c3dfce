/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of VMs and what is missing on the host, with libvirt's test driver and no daemon. */
#include "vfl-host.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#define DOMAIN \
    "<domain type='test'><name>%s</name><uuid>6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a0%d</uuid>" \
    "<memory unit='KiB'>65536</memory><os><type>hvm</type></os></domain>"

typedef struct {
    char *folder;
    VflHost *host;
} Fixture;

static void
write_file (Fixture *fixture, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
    g_autofree char *bus = NULL;

    fixture->folder = g_dir_make_tmp (NULL, NULL);
    g_setenv ("STAGED_VMS", fixture->folder, TRUE);
    write_file (fixture, "node.xml", "<node/>");
    write_file (fixture, "connect", "");
    bus = g_strdup_printf ("unix:path=%s/no-bus", fixture->folder);
    fixture->host = vfl_host_new (bus);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
    const char *name;

    g_object_unref (fixture->host);
    while ((name = g_dir_read_name (folder)) != NULL) {
        g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

        g_unlink (path);
    }
    g_rmdir (fixture->folder);
    g_free (fixture->folder);
}

/* What the list has, with commas. */
static char *
join (GListModel *list, const char *property)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
        g_autoptr (GObject) item = g_list_model_get_item (list, i);
        g_autofree char *word = NULL;

        g_object_get (item, property, &word, NULL);
        g_string_append_printf (text, "%s%s", i > 0 ? "," : "", word);
    }
    return g_string_free (text, FALSE);
}

/* Waits as long as the test may take. */
static void
await (GListModel *list, const char *property, const char *expected)
{
    g_autofree char *now = join (list, property);

    while (strcmp (now, expected) != 0) {
        g_main_context_iteration (NULL, TRUE);
        g_free (now);
        now = join (list, property);
    }
}

static void
await_conditions (Fixture *fixture, const char *ids)
{
    await (vfl_host_conditions (fixture->host), "id", ids);
}

static void
await_machines (Fixture *fixture, const char *names)
{
    await (vfl_machines_list (vfl_host_machines (fixture->host)), "name", names);
}

/* As somebody else would; NULL for nobody. */
static void
define (Fixture *fixture, const char *name, int number)
{
    virConnect *libvirt = vfl_libvirt_connection (vfl_host_libvirt (fixture->host));
    g_autofree char *text = g_strdup_printf (DOMAIN, name, number);

    virDomainFree (virDomainDefineXML (libvirt, text));
}

static void
undefine (Fixture *fixture, const char *name)
{
    virConnect *libvirt = vfl_libvirt_connection (vfl_host_libvirt (fixture->host));
    g_autoptr (virDomain) domain = virDomainLookupByName (libvirt, name);

    g_assert_cmpint (virDomainUndefine (domain), ==, 0);
}

static void
test_conditions (Fixture *fixture, gconstpointer data)
{
    await_conditions (fixture, "");
    write_file (fixture, "connect", "no-libvirt");
    vfl_host_connect (fixture->host);
    await_conditions (fixture, "no-libvirt,no-daemon");
    write_file (fixture, "connect", "no-rights");
    vfl_host_connect (fixture->host);
    await_conditions (fixture, "not-authorized,no-daemon");
    write_file (fixture, "connect", "");
    vfl_host_connect (fixture->host);
    await_conditions (fixture, "no-daemon,no-machines");
    define (fixture, "guest", 1);
    await_conditions (fixture, "no-daemon");
    undefine (fixture, "guest");
    await_conditions (fixture, "no-daemon,no-machines");
}

static void
test_machines (Fixture *fixture, gconstpointer data)
{
    vfl_host_connect (fixture->host);
    await_conditions (fixture, "no-daemon,no-machines");
    define (fixture, "middle", 1);
    define (fixture, "zebra", 2);
    define (fixture, "ant", 3);
    await_machines (fixture, "ant,middle,zebra");
    undefine (fixture, "middle");
    await_machines (fixture, "ant,zebra");
}

static void
count_if_gone (GListModel *list, guint position, guint removed, guint added, gpointer n_gone)
{
    g_autofree char *names = join (list, "name");

    *(guint *) n_gone += strstr (names, "ant") == NULL && strstr (names, "cow") == NULL;
}

/* With one UUID it stays the same object, and moves to its place; it is never gone. */
static void
test_renamed (Fixture *fixture, gconstpointer data)
{
    VflMachines *machines = vfl_host_machines (fixture->host);
    g_autoptr (VflMachine) before = NULL;
    g_autoptr (VflMachine) after = NULL;
    guint n_gone = 0;
    gulong handler;

    vfl_host_connect (fixture->host);
    await_conditions (fixture, "no-daemon,no-machines");
    define (fixture, "ant", 1);
    define (fixture, "bee", 2);
    await_machines (fixture, "ant,bee");
    handler = g_signal_connect (vfl_machines_list (machines), "items-changed",
                                G_CALLBACK (count_if_gone), &n_gone);
    before = g_list_model_get_item (vfl_machines_list (machines), 0);
    undefine (fixture, "ant");
    define (fixture, "cow", 1);
    await_machines (fixture, "bee,cow");
    after = g_list_model_get_item (vfl_machines_list (machines), 1);
    g_assert_cmpstr (vfl_machine_uuid (before), ==, vfl_machine_uuid (after));
    g_assert_true (before == after);
    g_assert_cmpuint (n_gone, ==, 0);
    g_signal_handler_disconnect (vfl_machines_list (machines), handler);
}

/* Each event asks anew, and answers come from threads: the last word is what is true. */
static void
test_many_events (Fixture *fixture, gconstpointer data)
{
    vfl_host_connect (fixture->host);
    await_conditions (fixture, "no-daemon,no-machines");
    for (int i = 0; i < 20; i++) {
        define (fixture, "ant", 1);
        g_main_context_iteration (NULL, FALSE);
        undefine (fixture, "ant");
        g_main_context_iteration (NULL, FALSE);
    }
    define (fixture, "last", 2);
    await_machines (fixture, "last");
    await_conditions (fixture, "no-daemon");
    while (g_main_context_iteration (NULL, FALSE))
        ;
    await_machines (fixture, "last");
}

static void
await_word (Fixture *fixture, const char *name, const char *expected)
{
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
    g_autofree char *word = NULL;

    do {
        g_main_context_iteration (NULL, FALSE);
        g_free (word);
        word = NULL;
    } while (!g_file_get_contents (path, &word, NULL, NULL) || strcmp (word, expected) != 0);
}

/* What happens while the list is made is not in it. */
static void
test_events_before_the_list (Fixture *fixture, gconstpointer data)
{
    write_file (fixture, "list", "hold");
    vfl_host_connect (fixture->host);
    await_word (fixture, "list", "held");
    define (fixture, "late", 1);
    while (g_main_context_iteration (NULL, FALSE))
        ;
    write_file (fixture, "list", "");
    while (!vfl_machines_is_loaded (vfl_host_machines (fixture->host)))
        g_main_context_iteration (NULL, TRUE);
    await_machines (fixture, "late");
}

/* Nobody heard of its end, and it is not taken for one that is there. */
static void
test_ended_at_once (Fixture *fixture, gconstpointer data)
{
    write_file (fixture, "connect", "short-lived");
    vfl_host_connect (fixture->host);
    await_conditions (fixture, "no-libvirt,no-daemon");
    write_file (fixture, "connect", "");
    await_conditions (fixture, "no-daemon,no-machines");
}

int
main (int argc, char **argv)
{
    setlocale (LC_ALL, "C.UTF-8");
    g_test_init (&argc, &argv, NULL);
#define STORY(name) g_test_add ("/live-host/" #name, Fixture, NULL, set_up, test_##name, tear_down)
    STORY (conditions);
    STORY (machines);
    STORY (renamed);
    STORY (many_events);
    STORY (events_before_the_list);
    STORY (ended_at_once);
    return g_test_run ();
}
