/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests which drivers of the host virtflow-modules loads for a function. Loads none. */
#include "fake-tree.h"
#include "vf-error.h"
#include "vf-packet.h"
#include "vf-reply.h"
#include "vf-step.h"
#include "vfm-service.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    const char *name, *kind, *ids, *driver;
    const char *aliases; /* the modules that modules.alias has for the function */
    const char *brings;  /* the driver that is there when something was loaded */
    const char *loaded;  /* what is asked for; "" for nothing */
    const char *reason;
} Case;

static const Case cases[] = {
    { "host-driver", "load-module", "12341111", "nouveau", "nouveau nvidia", "nouveau", "nouveau ",
      "" },
    { "driver-with-another-name", "load-module", "12341111", "amd-gpu", "amdgpu radeon", "amd-gpu",
      "amdgpu radeon ", "" },
    { "driver-that-does-not-come", "load-module", "12341111", "amdgpu", "amdgpu", "", "amdgpu ",
      "step-rejected" },
    { "driver-that-is-there", "load-module", "12341111", "bochs-drm", "bochs", "", "", "" },
    { "not-on-the-list", "load-module", "12341111", "e1000e", "e1000e", "e1000e", "",
      "step-rejected" },
    { "not-for-this-function", "load-module", "12341111", "nvidia", "amdgpu", "nvidia", "amdgpu ",
      "" },
    { "another-card", "load-module", "10de2484", "nouveau", "nouveau", "nouveau", "",
      "identity-changed" },
    { "whatever-is-made-for-it", "load-module", "12341111", "", "amdgpu dccp radeon", "",
      "amdgpu radeon ", "" },
    { "nothing-is-made-for-it", "load-module", "12341111", "", "", "", "", "" },
    { "any-module", "load-module", "12341111", "dccp", "", "", "", "step-rejected" },
};

/* Stands for libkmod: notes what it is asked for. */
typedef struct {
    const Case *expected;
    const char *root;
    GString *loaded;
} Modules;

static gboolean
load (const char *name, gpointer data, GError **error)
{
    const Modules *modules = data;

    g_string_append_printf (modules->loaded, "%s ", name);
    if (modules->expected->brings == NULL) {
        vf_error_set (error, VF_REASON_NO_VFIO_PCI, "The running kernel has no module %s.", name);
        return FALSE;
    }
    if (*modules->expected->brings != '\0') {
        g_autofree char *path =
            g_strdup_printf ("sys/bus/pci/drivers/%s/bind", modules->expected->brings);

        fake_tree_write (modules->root, path, "");
    }
    return TRUE;
}

static GStrv
find (const char *modalias, gpointer data)
{
    const Modules *modules = data;

    g_assert_true (g_str_has_prefix (modalias, "pci:v00001234d00001111sv"));
    return g_strsplit (modules->expected->aliases, " ", *modules->expected->aliases ? -1 : 0);
}

static void
test_case (gconstpointer data)
{
    const Case *expected = data;
    g_autofree char *root = fake_tree_build_named ("lab", NULL);
    g_autoptr (VfSysfs) sysfs = vf_sysfs_new (fake_tree_open (root));
    g_autoptr (GString) loaded = g_string_new (NULL);
    Modules state = { expected, root, loaded };
    static const VfmModules modules = { .load = load, .find = find };
    guint32 ids = (guint32) g_ascii_strtoull (expected->ids, NULL, 16);
    g_autoptr (GVariant) reply = NULL;
    const char *reason;
    int sockets[2];

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
    g_assert_true (vf_packet_send (
        sockets[0],
        g_variant_new (VF_STEP_VARIANT_TYPE, expected->kind, "0000:01:00.0", ids, expected->driver),
        NULL));
    shutdown (sockets[0], SHUT_WR);
    g_assert_cmpint (vfm_service_run (sockets[1], sysfs, &modules, &state), ==, 0);
    reply = vf_packet_receive (sockets[0], VF_STEP_REPLY_TYPE, NULL);
    g_assert_nonnull (reply);
    g_variant_get (reply, "(&s&s&s)", &reason, NULL, NULL);
    g_assert_cmpstr (reason, ==, expected->reason);
    g_assert_cmpstr (loaded->str, ==, expected->loaded);
    close (sockets[0]);
    close (sockets[1]);
    fake_tree_remove (root);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strconcat ("/host-driver/", cases[i].name, NULL);

        g_test_add_data_func (path, &cases[i], test_case);
    }
    return g_test_run ();
}
