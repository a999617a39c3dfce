/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a change says while something happens to its VM, with libvirt's test driver and no daemon.
 */
#include "vfl-change.h"
#include "vfl-fact.h"
#include "vfl-forecast.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#define UUID "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01"
#define DOMAIN \
    "<domain type='test'><name>guest</name><uuid>" UUID "</uuid>" \
    "<memory unit='KiB'>65536</memory><os><type>hvm</type></os></domain>"

typedef struct {
    char *folder;
    VflHost *host;
    VflMachine *machine;
    VflChange *change;
    GListStore *consequences;
    virDomain *domain;
} Fixture;

static void
write_file (Fixture *fixture, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
on_changed (Fixture *fixture)
{
    vfl_forecast_show_consequences (fixture->change, vfl_host_daemon (fixture->host),
                                    fixture->consequences);
}

/* A VM that is off, and the question whether to take its GPU from it. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
    VfPairing pairing = {
        (char *) UUID, (char *) "guest", (char *) "0000:01:00.0", (char *) "full", FALSE, FALSE,
        TRUE
    };
    g_autofree char *bus = NULL;
    VflMachines *machines;

    fixture->folder = g_dir_make_tmp (NULL, NULL);
    g_setenv ("STAGED_VMS", fixture->folder, TRUE);
    write_file (fixture, "node.xml", "<node/>");
    bus = g_strdup_printf ("unix:path=%s/no-bus", fixture->folder);
    fixture->host = vfl_host_new (bus);
    machines = vfl_host_machines (fixture->host);
    vfl_host_connect (fixture->host);
    while (!vfl_machines_is_loaded (machines)
           || vfl_daemon_link (vfl_host_daemon (fixture->host)) != VFL_LINK_DOWN)
        g_main_context_iteration (NULL, TRUE);
    fixture->domain =
        virDomainDefineXML (vfl_libvirt_connection (vfl_host_libvirt (fixture->host)), DOMAIN);
    while (vfl_machines_find (machines, UUID) == NULL)
        g_main_context_iteration (NULL, TRUE);
    fixture->machine = g_object_ref (vfl_machines_find (machines, UUID));
    vfl_machine_set_gpu (fixture->machine, &pairing, NULL);
    fixture->consequences = g_list_store_new (VFL_TYPE_FACT);
    fixture->change = vfl_change_new_deactivation (fixture->host, fixture->machine);
    g_signal_connect_swapped (fixture->change, "changed", G_CALLBACK (on_changed), fixture);
    on_changed (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
    const char *name;

    virDomainFree (fixture->domain);
    g_object_unref (fixture->change);
    g_object_unref (fixture->consequences);
    g_object_unref (fixture->machine);
    g_object_unref (fixture->host);
    while ((name = g_dir_read_name (folder)) != NULL) {
        g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

        g_unlink (path);
    }
    g_rmdir (fixture->folder);
    g_free (fixture->folder);
}

static gboolean
says (Fixture *fixture, const char *title)
{
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fixture->consequences)); i++) {
        g_autoptr (VflFact) fact = g_list_model_get_item (G_LIST_MODEL (fixture->consequences), i);

        if (strcmp (vfl_fact_title (fact), title) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Nobody agreed to the end of a VM that was off. */
static void
test_started_meanwhile (Fixture *fixture, gconstpointer data)
{
    g_assert_false (says (fixture, "guest is shut down"));
    g_assert_cmpint (virDomainCreate (fixture->domain), ==, 0);
    while (!vfl_machine_is_active (fixture->machine))
        g_main_context_iteration (NULL, TRUE);
    g_assert_true (says (fixture, "guest is shut down"));
    g_assert_cmpint (vfl_change_phase (fixture->change), ==, VFL_CHANGE_READY);
}

/* By another window, say. */
static void
test_busy_meanwhile (Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint (vfl_change_phase (fixture->change), ==, VFL_CHANGE_READY);
    vfl_machine_begin_activity (fixture->machine, "starting");
    g_assert_cmpint (vfl_change_phase (fixture->change), ==, VFL_CHANGE_REFUSED);
    g_assert_true (vf_error_is (vfl_change_error (fixture->change), VF_REASON_SWITCH_RUNNING));
    vfl_machine_end_activity (fixture->machine, "starting");
    g_assert_cmpint (vfl_change_phase (fixture->change), ==, VFL_CHANGE_READY);
}

int
main (int argc, char **argv)
{
    setlocale (LC_ALL, "C.UTF-8");
    g_test_init (&argc, &argv, NULL);
#define STORY(name) \
    g_test_add ("/live-change/" #name, Fixture, NULL, set_up, test_##name, tear_down)
    STORY (started_meanwhile);
    STORY (busy_meanwhile);
    return g_test_run ();
}
