/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests what virtflow-modules loads and unloads, and what it answers. Does neither. */
#include "fake-host.h"
#include "vf-error.h"
#include "vf-packet.h"
#include "vf-reply.h"
#include "vfm-service.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Stands for libkmod: knows what is loaded, and notes what it is asked for. */
typedef struct {
    GString *asked;
    char **loaded;
    const char *busy; /* does not let itself be unloaded */
    gboolean is_there;
} Kmod;

static gboolean
load (const char *name, gpointer data, GError **error)
{
    const Kmod *kmod = data;

    g_string_append_printf (kmod->asked, "+%s ", name);
    if (!kmod->is_there)
        vf_error_set (error, VF_REASON_NO_VFIO_PCI, "The running kernel has no module %s.", name);
    return kmod->is_there;
}

static gboolean
is_loaded (const char *name, gpointer data)
{
    const Kmod *kmod = data;

    return kmod->loaded != NULL && g_strv_contains ((const char *const *) kmod->loaded, name);
}

static gboolean
reload (const char *name, gpointer data, GError **error)
{
    Kmod *kmod = data;
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

    g_string_append_printf (kmod->asked, "+%s ", name);
    g_strv_builder_addv (builder, (const char **) kmod->loaded);
    g_strv_builder_add (builder, name);
    g_strfreev (kmod->loaded);
    kmod->loaded = g_strv_builder_end (builder);
    return TRUE;
}

static gboolean
unload (const char *name, gpointer data, GError **error)
{
    Kmod *kmod = data;

    g_string_append_printf (kmod->asked, "-%s ", name);
    if (g_strcmp0 (kmod->busy, name) == 0) {
        vf_error_set (error, VF_REASON_MODULE_IN_USE, "The module %s is in use.", name);
        return FALSE;
    }
    for (char **one = kmod->loaded; *one != NULL; one++)
        if (g_str_equal (*one, name))
            strcpy (*one, "-");
    return TRUE;
}

/* Which drivers of the host are loaded: test-host-driver.c. */
static GStrv
find (const char *modalias, gpointer data)
{
    return g_new0 (char *, 1);
}

typedef struct {
    const char *name, *machine, *address, *kind, *value;
    const char *loaded; /* before */
    const char *busy;
    const char *asked; /* of libkmod: "+loaded -unloaded " */
    const char *reason, *answer;
    guint32 ids;      /* 0: those of the function */
    gboolean at_home; /* the function is not reserved for vfio-pci */
} Case;

#define GPU "0000:01:00.0"
#define ALL "nvidia_uvm nvidia_drm nvidia_modeset nvidia"

static const Case cases[] = {
    { "vfio", "lab", GPU, "load-module", "vfio-pci", "", NULL, "+vfio-pci ", "", "" },
    { "missing", "vfio-missing", GPU, "load-module", "vfio-pci", "", NULL, "+vfio-pci ",
      "no-vfio-pci", "" },
    { "any-module", "lab", GPU, "load-module", "dccp", "", NULL, "", "step-rejected", "" },
    { "module-of-another-name", "lab", GPU, "load-module", "vfio_pci", "", NULL, "",
      "step-rejected", "" },
    { "path", "lab", GPU, "load-module", "../evil", "", NULL, "", "internal", "" },
    { "option", "lab", GPU, "load-module", "vfio-pci ids=10de:2484", "", NULL, "", "internal", "" },
    { "step-of-the-worker", "lab", GPU, "bind", "vfio-pci", "", NULL, "", "internal", "" },
    { "step-of-the-services", "lab", GPU, "stop-services", "", "", NULL, "", "internal", "" },

    { "note", "nvidia-alone", GPU, "note-modules", "", "nvidia ext4 nvidia_drm", NULL, "", "",
      "nvidia_drm nvidia" },
    { "note/none", "nvidia-alone", GPU, "note-modules", "", "ext4", NULL, "", "", "" },
    { "note/known", "nvidia-alone", GPU, "note-modules", "nvidia_uvm nvidia", "nvidia nvidia_drm",
      NULL, "", "", "nvidia_uvm nvidia_drm nvidia" },
    { "note/other", "nvidia-alone", GPU, "note-modules", "nvidia dccp", "nvidia", NULL, "",
      "internal", "" },

    /* The fake driver stays bound, so that the last check speaks up. */
    { "unload/order", "nvidia-alone", GPU, "unload-modules", "nvidia",
      "nvidia nvidia_modeset nvidia_drm nvidia_uvm", NULL,
      "-nvidia_uvm -nvidia_drm -nvidia_modeset -nvidia ", "step-rejected", "" },
    { "unload/no-driver-left", "igpu-nvidia", GPU, "unload-modules", "nvidia", "nvidia_drm nvidia",
      NULL, "-nvidia_drm -nvidia ", "", "" },
    { "unload/busy", "nvidia-alone", GPU, "unload-modules", "nvidia", ALL, "nvidia_drm",
      "-nvidia_uvm -nvidia_drm ", "module-in-use", "" },
    { "unload/other-card", "nvidia-two", GPU, "unload-modules", "nvidia", ALL, NULL, "",
      "step-rejected", "" },
    { "unload/not-reserved", "nvidia-alone", GPU, "unload-modules", "nvidia", ALL, NULL, "",
      "step-rejected", "", 0, TRUE },
    { "unload/other-ids", "nvidia-alone", GPU, "unload-modules", "nvidia", ALL, NULL, "",
      "identity-changed", "", 0x10de1234 },
    { "unload/no-card", "nvidia-alone", "0000:07:00.0", "unload-modules", "nvidia", ALL, NULL, "",
      "identity-changed", "", 0x10de2484 },
    { "unload/amd", "amd-compute", "0000:03:00.0", "unload-modules", "amdgpu", "amdgpu", NULL, "",
      "internal", "" },
    { "unload/disk", "group-with-disk", "0000:02:00.0", "unload-modules", "ahci", "ahci", NULL, "",
      "internal", "" },

    { "load/order", "nvidia-alone", GPU, "load-modules", ALL, "ext4", NULL,
      "+nvidia +nvidia_modeset +nvidia_drm +nvidia_uvm ", "", "" },
    { "load/some", "nvidia-alone", GPU, "load-modules", "nvidia_drm nvidia_modeset nvidia",
      "nvidia", NULL, "+nvidia_modeset +nvidia_drm ", "", "" },
    { "load/there", "nvidia-alone", GPU, "load-modules", ALL, ALL, NULL, "", "", "" },
    { "load/other", "nvidia-alone", GPU, "load-modules", "nvidia dccp", "", NULL, "", "internal",
      "" },
    { "load/nothing", "nvidia-alone", GPU, "load-modules", "", "", NULL, "", "internal", "" },
};

static void
test_case (gconstpointer data)
{
    static const VfmModules modules = { load, reload, unload, is_loaded, find };
    const Case *one = data;
    g_autoptr (FakeHost) host = fake_host_new (one->machine);
    g_autoptr (GString) asked = g_string_new (NULL);
    VfPciAddress address = fake_host_address (one->address);
    guint32 ids = one->ids != 0 ? one->ids : fake_host_ids (host, address);
    Kmod kmod = { asked, g_strsplit (one->loaded, " ", -1), one->busy,
                  host->machine->vfio != FAKE_VFIO_MISSING };
    g_autoptr (GVariant) reply = NULL;
    const char *reason, *answer;
    int sockets[2];

    if (!one->at_home)
        host->kernel->kernel.write (&host->kernel->kernel, host->root,
                                    "sys/bus/pci/devices/" GPU "/driver_override", "vfio-pci");
    g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
    g_assert_true (vf_packet_send (
        sockets[0], g_variant_new (VF_STEP_VARIANT_TYPE, one->kind, one->address, ids, one->value),
        NULL));
    shutdown (sockets[0], SHUT_WR);
    g_assert_cmpint (vfm_service_run (sockets[1], host->root, &modules, &kmod), ==, 0);
    reply = vf_packet_receive (sockets[0], VF_STEP_REPLY_TYPE, NULL);
    g_assert_nonnull (reply);
    g_variant_get (reply, "(&s&s&s)", &reason, NULL, &answer);
    g_assert_cmpstr (reason, ==, one->reason);
    g_assert_cmpstr (answer, ==, one->answer);
    g_assert_cmpstr (asked->str, ==, one->asked);
    close (sockets[0]);
    close (sockets[1]);
    g_strfreev (kmod.loaded);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strconcat ("/modules/", cases[i].name, NULL);

        g_test_add_data_func (path, &cases[i], test_case);
    }
    return g_test_run ();
}
