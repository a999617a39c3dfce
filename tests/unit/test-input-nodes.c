/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in /dev/input/by-id, as udev makes them. */
#include "vf-input-nodes.h"

#include "fake-tree.h"
#include "vf-error.h"

typedef struct {
    char *folder;
    VfSysfs *root;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
    fixture->folder = fake_tree_new_folder ();
    fixture->root = vf_sysfs_new (fake_tree_open (fixture->folder));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
    vf_sysfs_free (fixture->root);
    fake_tree_remove (fixture->folder);
    g_free (fixture->folder);
}

static void
test_names (Fixture *fixture, gconstpointer unused)
{
    static const struct {
        const char *link;
        const char *name;
        gboolean is_keyboard;
    } wanted[] = {
        { "bluetooth-x-event-mouse", "bluetooth-x", FALSE },
        { "usb-046a_0011-event-kbd", "046a 0011", TRUE },
        { "usb-A\\x2fB-event-kbd", "A/B", TRUE },
        { "usb-Logitech_USB_Receiver-if01-event-mouse", "Logitech USB Receiver", FALSE },
        { "usb-_-event-kbd", "", TRUE },
        { "usb-a\\x2-event-kbd", "a\\x2", TRUE },
    };
    static const char *const others[] = { "usb-A-mouse", "usb-A-event-joystick", "usb-A-event-if01",
                                          "usb-A-if01-event-kbd2" };
    g_autoptr (GPtrArray) nodes = NULL;
    GError *error = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++) {
        g_autofree char *path = g_strconcat ("dev/input/by-id/", wanted[i].link, NULL);

        fake_tree_write (fixture->folder, path, "");
    }
    for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
        g_autofree char *path = g_strconcat ("dev/input/by-id/", others[i], NULL);

        fake_tree_write (fixture->folder, path, "");
    }
    nodes = vf_input_nodes_list (fixture->root, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (nodes->len, ==, G_N_ELEMENTS (wanted));
    for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++) {
        const VfInputNode *node = nodes->pdata[i];
        g_autofree char *path = g_strconcat ("/dev/input/by-id/", wanted[i].link, NULL);

        g_assert_cmpstr (node->path, ==, path);
        g_assert_cmpstr (node->name, ==, wanted[i].name);
        g_assert_cmpint (node->is_keyboard, ==, wanted[i].is_keyboard);
        g_assert_true (vf_input_nodes_have (fixture->root, path));
        path[0] = '.';
        g_assert_false (vf_input_nodes_have (fixture->root, path));
    }
    g_assert_false (vf_input_nodes_have (fixture->root, "/dev/input/by-id/usb-B-event-kbd"));
}

/* A machine without any has no folder. */
static void
test_none (Fixture *fixture, gconstpointer unused)
{
    g_autoptr (GPtrArray) nodes = NULL;
    g_autoptr (GError) error = NULL;

    nodes = vf_input_nodes_list (fixture->root, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (nodes->len, ==, 0);
    fake_tree_write (fixture->folder, "dev/input/by-id", "");
    g_assert_null (vf_input_nodes_list (fixture->root, &error));
    g_assert_true (vf_error_is (error, VF_REASON_INTERNAL));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/input-nodes/names", Fixture, NULL, set_up, test_names, tear_down);
    g_test_add ("/input-nodes/none", Fixture, NULL, set_up, test_none, tear_down);
    return g_test_run ();
}
