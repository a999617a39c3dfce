/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests that the worker keeps its laws whatever it is told, and writes nothing when it refuses. */
#include "fake-host.h"
#include "vf-error.h"
#include "vfw-executor.h"

#define OWN_IDS 0

typedef struct {
    const char *name, *machine, *address;
    VfStepKind kind;
    const char *value;
    guint32 ids; /* OWN_IDS: those that the function has */
    VfReason reason;
} Refusal;

#define NIC "0000:01:02.0"
#define DISK "0000:02:00.0"
#define GPU "0000:01:00.0"
#define AUDIO "0000:01:00.1"

/* What a taken-over daemon might send. */
static const Refusal refusals[] = {
    { "nic/override", "group-with-nic", NIC, VF_STEP_OVERRIDE, "vfio-pci", OWN_IDS,
      VF_REASON_NOT_A_GPU },
    { "nic/unbind", "group-with-nic", NIC, VF_STEP_UNBIND, "e1000e", OWN_IDS, VF_REASON_NOT_A_GPU },
    { "nic/bind", "group-with-nic", NIC, VF_STEP_BIND, "vfio-pci", OWN_IDS, VF_REASON_NOT_A_GPU },
    { "nic/fence", "group-with-nic", NIC, VF_STEP_FENCE, "", OWN_IDS, VF_REASON_NOT_A_GPU },
    { "nic/power", "group-with-nic", NIC, VF_STEP_POWER_CONTROL, "on", OWN_IDS,
      VF_REASON_NOT_A_GPU },
    { "nic/registers", "group-with-nic", NIC, VF_STEP_NOTE_REGISTERS, "", OWN_IDS,
      VF_REASON_NOT_A_GPU },
    { "disk/override", "group-with-disk", DISK, VF_STEP_OVERRIDE, "vfio-pci", OWN_IDS,
      VF_REASON_NOT_A_GPU },
    { "disk/unbind", "group-with-disk", DISK, VF_STEP_UNBIND, "ahci", OWN_IDS,
      VF_REASON_NOT_A_GPU },
    { "bridge/override", "lab", "0000:00:03.0", VF_STEP_OVERRIDE, "vfio-pci", OWN_IDS,
      VF_REASON_NOT_A_GPU },
    { "onboard-audio/override", "igpu-nvidia", "0000:00:1f.3", VF_STEP_OVERRIDE, "vfio-pci",
      OWN_IDS, VF_REASON_NOT_A_GPU },
    { "group-with-nic/override", "group-with-nic", "0000:01:01.0", VF_STEP_OVERRIDE, "vfio-pci",
      OWN_IDS, VF_REASON_FOREIGN_GROUP_MEMBER },
    { "group-with-nic/companion", "group-with-nic", "0000:01:01.1", VF_STEP_UNBIND, "snd_hda_intel",
      OWN_IDS, VF_REASON_FOREIGN_GROUP_MEMBER },
    { "group-with-disk/bind", "group-with-disk", GPU, VF_STEP_BIND, "vfio-pci", OWN_IDS,
      VF_REASON_FOREIGN_GROUP_MEMBER },
    { "group-with-disk/unbind", "group-with-disk", GPU, VF_STEP_UNBIND, "amdgpu", OWN_IDS,
      VF_REASON_FOREIGN_GROUP_MEMBER },
    { "group-with-disk/fence", "group-with-disk", GPU, VF_STEP_FENCE, "", OWN_IDS,
      VF_REASON_FOREIGN_GROUP_MEMBER },
    { "carries/override", "usb-in-use", GPU, VF_STEP_OVERRIDE, "vfio-pci", OWN_IDS,
      VF_REASON_CARRIES_DEVICE },
    { "carries/unbind", "usb-in-use", "0000:01:00.2", VF_STEP_UNBIND, "xhci_hcd", OWN_IDS,
      VF_REASON_CARRIES_DEVICE },
    { "carries/fence", "usb-in-use", AUDIO, VF_STEP_FENCE, "", OWN_IDS, VF_REASON_CARRIES_DEVICE },
    { "no-iommu/override", "no-iommu", GPU, VF_STEP_OVERRIDE, "vfio-pci", OWN_IDS,
      VF_REASON_NO_IOMMU },
    { "host-display/boot-vga", "boot-vga-dgpu", GPU, VF_STEP_OVERRIDE, "vfio-pci", OWN_IDS,
      VF_REASON_HOST_DISPLAY },
    { "host-display/companion", "boot-vga-dgpu", AUDIO, VF_STEP_UNBIND, "snd_hda_intel", OWN_IDS,
      VF_REASON_HOST_DISPLAY },
    { "host-display/enabled", "enabled-on-dgpu", GPU, VF_STEP_UNBIND, "nouveau", OWN_IDS,
      VF_REASON_HOST_DISPLAY },
    { "host-display/fence", "enabled-on-dgpu", GPU, VF_STEP_FENCE, "", OWN_IDS,
      VF_REASON_HOST_DISPLAY },
    { "host-display/boot-display", "boot-display-igpu", "0000:00:02.0", VF_STEP_OVERRIDE,
      "vfio-pci", OWN_IDS, VF_REASON_HOST_DISPLAY },
    { "host-display/card", "boot-display-card", "0000:00:02.0", VF_STEP_OVERRIDE, "vfio-pci",
      OWN_IDS, VF_REASON_HOST_DISPLAY },
    { "identity/other-ids", "lab", GPU, VF_STEP_OVERRIDE, "vfio-pci", 0x10de2484,
      VF_REASON_IDENTITY_CHANGED },
    { "identity/other-ids-power", "lab", GPU, VF_STEP_POWER_CONTROL, "on", 0x10de2484,
      VF_REASON_IDENTITY_CHANGED },
    { "identity/gone", "lab", "0000:07:00.0", VF_STEP_OVERRIDE, "vfio-pci", 0x10de2484,
      VF_REASON_IDENTITY_CHANGED },
    { "nic/probe-driver", "group-with-nic", NIC, VF_STEP_PROBE_DRIVER, "may", OWN_IDS,
      VF_REASON_NOT_A_GPU },
    { "nic/reset", "group-with-nic", NIC, VF_STEP_RESET, "", OWN_IDS, VF_REASON_NOT_A_GPU },
    { "nic/unfence", "group-with-nic", NIC, VF_STEP_UNFENCE, VF_STEP_USUAL_MODES, OWN_IDS,
      VF_REASON_NOT_A_GPU },
    { "reset/bound", "lab", GPU, VF_STEP_RESET, "", OWN_IDS, VF_REASON_STEP_REJECTED },
    { "reset/not-alone", "driverless", AUDIO, VF_STEP_RESET, "", OWN_IDS, VF_REASON_STEP_REJECTED },
    { "driver/override", "igpu-nvidia", AUDIO, VF_STEP_OVERRIDE, "xhci_hcd", OWN_IDS,
      VF_REASON_STEP_REJECTED },
    { "driver/own", "lab", GPU, VF_STEP_OVERRIDE, "bochs-drm", OWN_IDS, VF_REASON_STEP_REJECTED },
    { "driver/unknown", "igpu-nvidia", AUDIO, VF_STEP_OVERRIDE, "pci-stub", OWN_IDS,
      VF_REASON_STEP_REJECTED },
    { "actor/module", "lab", GPU, VF_STEP_LOAD_MODULE, "vfio-pci", OWN_IDS, VF_REASON_INTERNAL },
    { "actor/holders", "lab", GPU, VF_STEP_CHECK_HOLDERS, "", OWN_IDS, VF_REASON_INTERNAL },
    { "actor/vfio-users", "lab", GPU, VF_STEP_CHECK_VFIO_USERS, "", OWN_IDS, VF_REASON_INTERNAL },
};

static void
test_refusal (gconstpointer data)
{
    const Refusal *refusal = data;
    g_autoptr (FakeHost) host = fake_host_new (refusal->machine);
    VfPciAddress address = fake_host_address (refusal->address);
    guint32 ids = refusal->ids != OWN_IDS ? refusal->ids : fake_host_ids (host, address);
    g_autoptr (VfStep) step = vf_step_new (refusal->kind, address, ids, refusal->value);
    g_autofree char *before = fake_host_fingerprint (host);
    g_autoptr (GError) error = NULL;

    g_assert_null (vfw_executor_run (host->root, &host->kernel->kernel, step, NULL, &error));
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, vf_reason_id (refusal->reason));
    g_assert_cmpuint (host->kernel->writes, ==, 0);
    fake_host_assert_same (host, before, refusal->name);
}

/* The laws refuse what is told above, and let the daemon do its work. */
static const Refusal allowed[] = {
    { "gpu", "lab", GPU, VF_STEP_OVERRIDE, "vfio-pci", OWN_IDS, 0 },
    { "companion", "lab", AUDIO, VF_STEP_OVERRIDE, "vfio-pci", OWN_IDS, 0 },
    { "no-driver", "lab", GPU, VF_STEP_OVERRIDE, "", OWN_IDS, 0 },
    { "behind-bridges", "many-bridges", "0000:24:00.0", VF_STEP_OVERRIDE, "vfio-pci", OWN_IDS, 0 },
    { "monitor-connected", "monitor-connected", GPU, VF_STEP_OVERRIDE, "vfio-pci", OWN_IDS, 0 },
    { "boot-display-elsewhere", "boot-display-igpu", GPU, VF_STEP_OVERRIDE, "vfio-pci", OWN_IDS,
      0 },
    { "boot-display-on-card-elsewhere", "boot-display-card", GPU, VF_STEP_OVERRIDE, "vfio-pci",
      OWN_IDS, 0 },
    { "return-of-host-display", "enabled-on-dgpu", GPU, VF_STEP_OVERRIDE, "", OWN_IDS, 0 },
};

static void
test_allowed (gconstpointer data)
{
    const Refusal *step_of = data;
    g_autoptr (FakeHost) host = fake_host_new (step_of->machine);
    VfPciAddress address = fake_host_address (step_of->address);
    g_autoptr (VfStep) step =
        vf_step_new (step_of->kind, address, fake_host_ids (host, address), step_of->value);
    g_autoptr (GError) error = NULL;
    g_autofree char *answer =
        vfw_executor_run (host->root, &host->kernel->kernel, step, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (answer, ==, "");
}

/* A verdict holds for its slot and for a second, and is given only by the laws. */
static void
test_verdict (void)
{
    g_autoptr (FakeHost) host = fake_host_new ("group-with-disk");
    VfPciAddress gpu = fake_host_address (GPU);
    g_autoptr (VfStep) step =
        vf_step_new (VF_STEP_OVERRIDE, gpu, fake_host_ids (host, gpu), "vfio-pci");
    gint64 now = g_get_monotonic_time ();
    const struct {
        VfwVerdict verdict;
        gboolean holds;
    } verdicts[] = {
        { { gpu, 0 }, FALSE },
        { { gpu, now + G_USEC_PER_SEC * 60 }, TRUE },
        { { gpu, now - G_USEC_PER_SEC * 2 }, FALSE },
        { { { 0, 2, 0, 0 }, now + G_USEC_PER_SEC * 60 }, FALSE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (verdicts); i++) {
        VfwVerdict verdict = verdicts[i].verdict;
        g_autoptr (GError) error = NULL;
        g_autofree char *answer =
            vfw_executor_run (host->root, &host->kernel->kernel, step, &verdict, &error);

        g_assert_true ((answer != NULL) == verdicts[i].holds);
        g_assert_cmpint (verdict.judged, ==, verdicts[i].verdict.judged);
    }
}

/* What is no valid step never reaches the laws. */
static void
test_malformed (void)
{
    static const struct {
        const char *kind, *address, *value;
    } steps[] = {
        { "override", GPU, "vfio-pci\n" },
        { "override", GPU, "../vfio-pci" },
        { "bind", GPU, "" },
        { "unbind", GPU, "snd_hda_intel/../ahci" },
        { "power-control", GPU, "off" },
        { "d3cold", GPU, "2" },
        { "override", "0000:01:00.0/", "" },
        { "override", "../0000:01:00.0", "" },
        { "override", "0000:01:00.8", "" },
        { "new_id", GPU, "10de 2484" },
        { "remove", GPU, "1" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
        g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new (
            VF_STEP_VARIANT_TYPE, steps[i].kind, steps[i].address, 0x12341111, steps[i].value));
        g_autoptr (GError) error = NULL;

        g_assert_null (vf_step_from_variant (variant, &error));
        g_assert_nonnull (error);
    }
}

static void
add (const Refusal *cases, gsize n_cases, const char *folder, GTestDataFunc test)
{
    for (gsize i = 0; i < n_cases; i++) {
        g_autofree char *path = g_strconcat ("/laws/", folder, "/", cases[i].name, NULL);

        g_test_add_data_func (path, &cases[i], test);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/laws/verdict", test_verdict);
    add (refusals, G_N_ELEMENTS (refusals), "refuse", test_refusal);
    add (allowed, G_N_ELEMENTS (allowed), "allow", test_allowed);
    g_test_add_func ("/laws/malformed", test_malformed);
    return g_test_run ();
}
