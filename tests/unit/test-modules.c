/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests what virtflow-modules loads, and what it answers. Loads nothing. */
#include "vf-error.h"
#include "vf-packet.h"
#include "vf-reply.h"
#include "vf-step.h"
#include "vfm-service.h"

#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    GString *asked;
    gboolean is_there;
} Modules;

/* Stands for libkmod: notes what it is asked for. */
static gboolean
load (const char *name, gpointer data, GError **error)
{
    const Modules *modules = data;

    g_string_append_printf (modules->asked, "%s ", name);
    if (!modules->is_there)
        vf_error_set (error, VF_REASON_NO_VFIO_PCI, "The running kernel has no module %s.", name);
    return modules->is_there;
}

static const struct {
    const char *name, *kind, *driver;
    const char *module; /* what is asked for; "" for nothing */
    const char *reason;
} cases[] = {
    { "vfio", "load-module", "vfio-pci", "vfio-pci ", "" },
    { "missing", "load-module", "vfio-pci", "vfio-pci ", "no-vfio-pci" },
    { "host-driver", "load-module", "amdgpu", "", "internal" },
    { "any-module", "load-module", "dccp", "", "internal" },
    { "module-of-another-name", "load-module", "vfio_pci", "", "internal" },
    { "path", "load-module", "../evil", "", "internal" },
    { "option", "load-module", "vfio-pci ids=10de:2484", "", "internal" },
    { "no-driver", "load-module", "", "", "internal" },
    { "step-of-the-worker", "bind", "vfio-pci", "", "internal" },
};

static void
test_case (gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE (data);
    g_autoptr (GString) asked = g_string_new (NULL);
    Modules modules = { asked, !g_str_equal (cases[i].reason, "no-vfio-pci") };
    g_autoptr (GVariant) reply = NULL;
    const char *reason;
    int sockets[2];

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
    g_assert_true (vf_packet_send (
        sockets[0],
        g_variant_new (VF_STEP_VARIANT_TYPE, cases[i].kind, "0000:01:00.0", 0, cases[i].driver),
        NULL));
    shutdown (sockets[0], SHUT_WR);
    g_assert_cmpint (vfm_service_run (sockets[1], load, &modules), ==, 0);
    reply = vf_packet_receive (sockets[0], VF_STEP_REPLY_TYPE, NULL);
    g_assert_nonnull (reply);
    g_variant_get (reply, "(&s&s&s)", &reason, NULL, NULL);
    g_assert_cmpstr (reason, ==, cases[i].reason);
    g_assert_cmpstr (asked->str, ==, cases[i].module);
    close (sockets[0]);
    close (sockets[1]);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strconcat ("/modules/", cases[i].name, NULL);

        g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_case);
    }
    return g_test_run ();
}
