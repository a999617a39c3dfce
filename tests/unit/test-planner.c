/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests the planner on facts that are made up: each plan in full, and all the reasons why not. */
#include "vf-holder.h"
#include "vf-planner.h"
#include "vf-refusal.h"

#include <string.h>

#define GPU ((VfPciAddress){ 0, 1, 0, 0 })

static VfPciFunction
function_at (guint8 number, const char *driver)
{
    VfPciFunction function = { .address = { 0, 1, 0, number },
                               .class_code = number == 0 ? 0x030000 : 0x040300,
                               .vendor = 0x10de,
                               .device = 0x2484,
                               .iommu_group = 14 };

    function.driver = driver;
    function.power_control = "auto";
    function.reset_methods = number == 0 ? "flr" : NULL;
    function.d3cold_allowed = "1";
    return function;
}

/* A card with a function for each word of @drivers; "-" is no driver. */
static VfSnapshot *
snapshot_of (const char *drivers, VfVfioSupport vfio)
{
    g_auto (GStrv) words = g_strsplit (drivers, " ", -1);
    VfSnapshot *snapshot = vf_snapshot_new ();

    for (guint8 i = 0; words[i] != NULL; i++) {
        gboolean none = g_str_equal (words[i], "-");
        VfPciFunction function =
            function_at (i, none ? NULL : vf_snapshot_text (snapshot, words[i]));

        vf_snapshot_add (snapshot, &function);
    }
    vf_snapshot_set_vfio (snapshot, vfio);
    vf_snapshot_add_driver (snapshot, "nouveau");
    vf_snapshot_add_driver (snapshot, "nvidia");
    vf_snapshot_add_driver (snapshot, "snd_hda_intel");
    vf_snapshot_seal (snapshot);
    return snapshot;
}

/* The record of a GPU that was like that; NULL gives NULL. */
static VfRecord *
record_of (const char *drivers)
{
    g_autoptr (VfSnapshot) snapshot = NULL;
    VfRecord *record;
    VfGpu gpu;

    if (drivers == NULL)
        return NULL;
    snapshot = snapshot_of (drivers, VF_VFIO_READY);
    g_assert_true (vf_gpu_find (snapshot, GPU, &gpu));
    record = vf_record_new (&gpu);
    vf_record_set_registers (record, GPU, "memory=on");
    vf_record_set_fence (record, GPU, "dri/card1=0660");
    return record;
}

/* "unbind .1 vfio-pci" for each step, a line each. */
static char *
describe (const VfPlan *plan)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < vf_plan_length (plan); i++) {
        const VfStep *step = vf_plan_step (plan, i);

        g_assert_true (vf_pci_address_same_slot (step->address, GPU));
        g_assert_cmphex (step->ids, ==, 0x10de2484);
        g_string_append_printf (text, "%s .%u %s\n", vf_step_kind_id (step->kind),
                                step->address.function, step->value);
    }
    return g_string_free (text, FALSE);
}

#define LEND_OVERRIDES "override .0 vfio-pci\noverride .1 vfio-pci\n"
#define RESTORED "power-control .0 auto\nunfence .0 dri/card1=0660\n"
#define KEEP_AWAKE "power-control .0 on\nd3cold .0 0\npower-control .1 on\nd3cold .1 0\n"
#define NO_OVERRIDES "override .0 \noverride .1 \n"
#define FENCED "note-nodes .0 dri/card1=0660\nfence .0 \n"

typedef struct {
    const char *name;
    const char *recorded; /* drivers of the functions when they were recorded; NULL: never */
    const char *now;      /* and now */
    gboolean unfinished;
    VfVfioSupport vfio;
    VfTarget target;
    const char *plan;
} Case;

static const Case cases[] = {
    { "lend", NULL, "nouveau snd_hda_intel", FALSE, VF_VFIO_READY, VF_TARGET_VFIO,
      "note-registers .0 \nnote-registers .1 \n" LEND_OVERRIDES "note-nodes .0 \nfence .0 \n"
      "note-nodes .1 \nfence .1 \ncheck-holders .0 \nunbind .1 snd_hda_intel\n"
      "check-holders .0 again\nunbind .0 nouveau\nbind .0 vfio-pci\nbind .1 "
      "vfio-pci\n" KEEP_AWAKE },
    { "lend/module", NULL, "nouveau -", FALSE, VF_VFIO_LOADABLE, VF_TARGET_VFIO,
      "load-module .0 vfio-pci\nnote-registers .0 \nnote-registers .1 \n" LEND_OVERRIDES
      "note-nodes .0 \nfence .0 \ncheck-holders .0 \nunbind .0 nouveau\nbind .0 vfio-pci\n"
      "bind .1 vfio-pci\n" KEEP_AWAKE },
    { "lend/lent", "nouveau snd_hda_intel", "vfio-pci vfio-pci", FALSE, VF_VFIO_READY,
      VF_TARGET_VFIO, "" },
    { "lend/return-unfinished", "nouveau snd_hda_intel", "vfio-pci vfio-pci", TRUE, VF_VFIO_READY,
      VF_TARGET_VFIO, "note-registers .1 \n" LEND_OVERRIDES KEEP_AWAKE },
    { "lend/half-way", "nouveau snd_hda_intel", "nouveau vfio-pci", TRUE, VF_VFIO_READY,
      VF_TARGET_VFIO,
      "note-registers .1 \n" LEND_OVERRIDES FENCED "check-holders .0 \nunbind .0 nouveau\n"
      "bind .0 vfio-pci\n" KEEP_AWAKE },
    { "return/never-lent", NULL, "nouveau snd_hda_intel", FALSE, VF_VFIO_READY, VF_TARGET_HOST,
      "" },
    { "return", "nouveau snd_hda_intel", "vfio-pci vfio-pci", FALSE, VF_VFIO_READY, VF_TARGET_HOST,
      "check-vfio-users .0 \n" NO_OVERRIDES "unbind .1 vfio-pci\nunbind .0 vfio-pci\n"
      "bind .0 nouveau\nbind .1 snd_hda_intel\nverify-registers .0 memory=on\n" RESTORED
      "power-control .1 auto\n" },
    { "return/no-driver-at-home", "nouveau -", "vfio-pci vfio-pci", FALSE, VF_VFIO_READY,
      VF_TARGET_HOST,
      "check-vfio-users .0 \n" NO_OVERRIDES "unbind .1 vfio-pci\nunbind .0 vfio-pci\n"
      "bind .0 nouveau\nverify-registers .0 memory=on\n" RESTORED "power-control .1 auto\n" },
    { "return/half-way", "nouveau snd_hda_intel", "- vfio-pci", TRUE, VF_VFIO_READY, VF_TARGET_HOST,
      "check-vfio-users .0 \n" NO_OVERRIDES "unbind .1 vfio-pci\nbind .0 nouveau\n"
      "bind .1 snd_hda_intel\nverify-registers .0 memory=on\n" RESTORED "power-control .1 auto\n" },
    { "return/bound-already", "nouveau snd_hda_intel", "nouveau snd_hda_intel", TRUE, VF_VFIO_READY,
      VF_TARGET_HOST,
      NO_OVERRIDES "verify-registers .0 memory=on\n" RESTORED "power-control .1 auto\n" },
    { "return/wrong-driver", "nvidia snd_hda_intel", "nouveau snd_hda_intel", TRUE, VF_VFIO_READY,
      VF_TARGET_HOST,
      NO_OVERRIDES "unbind .0 nouveau\nbind .0 nvidia\nverify-registers .0 memory=on\n" RESTORED
                   "power-control .1 auto\n" },
    { "return/not-recorded", "nouveau", "vfio-pci vfio-pci", FALSE, VF_VFIO_READY, VF_TARGET_HOST,
      "check-vfio-users .0 \n" NO_OVERRIDES "unbind .1 vfio-pci\nunbind .0 vfio-pci\n"
      "bind .0 nouveau\nverify-registers .0 memory=on\n" RESTORED },
    { "return/appeared", "nouveau", "vfio-pci snd_hda_intel", FALSE, VF_VFIO_READY, VF_TARGET_HOST,
      "check-vfio-users .0 \n" NO_OVERRIDES "unbind .0 vfio-pci\nbind .0 nouveau\n"
      "verify-registers .0 memory=on\n" RESTORED },
    { "return/unloaded", "amdgpu snd_hda_intel", "vfio-pci snd_hda_intel", FALSE, VF_VFIO_READY,
      VF_TARGET_HOST,
      "check-vfio-users .0 \nload-module .0 amdgpu\n" NO_OVERRIDES "unbind .0 vfio-pci\n"
      "bind .0 amdgpu\nverify-registers .0 memory=on\n" RESTORED "power-control .1 auto\n" },
    { "return/by-alias-unfinished", NULL, "- vfio-pci", TRUE, VF_VFIO_READY, VF_TARGET_HOST,
      "check-vfio-users .0 \n" NO_OVERRIDES "load-module .0 \nload-module .1 \n"
      "unbind .1 vfio-pci\nprobe-driver .0 must\nprobe-driver .1 may\nunfence .0 usual\n"
      "unfence .1 usual\n" },
    { "return/left-by-a-lend", NULL, "nouveau snd_hda_intel", TRUE, VF_VFIO_READY, VF_TARGET_HOST,
      NO_OVERRIDES "unfence .0 usual\nunfence .1 usual\n" },
};

static void
test_plan (gconstpointer data)
{
    const Case *one = data;
    g_autoptr (VfSnapshot) snapshot = snapshot_of (one->now, one->vfio);
    g_autoptr (VfRecord) record = record_of (one->recorded);
    g_autoptr (VfPolicy) policy = vf_policy_new ();
    VfFacts facts = {
        .snapshot = snapshot, .record = record, .unfinished = one->unfinished, .policy = policy
    };
    VfRequest request = { .target = one->target, .gpu = GPU };
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) plan = vf_planner_plan (&facts, &request, &blockers);
    g_autofree char *text = NULL;

    g_assert_nonnull (plan);
    g_assert_cmpint (vf_plan_target (plan), ==, one->target);
    text = describe (plan);
    g_assert_cmpstr (text, ==, one->plan);
}

/* A driver that refused is asked again; another function goes its way meanwhile. */
static void
test_patience (void)
{
    static const struct {
        guint refused[2];
        const char *binds; /* what is not the same in every plan */
    } patience[] = {
        { { 0, 0 }, "bind .0 nouveau\nbind .1 snd_hda_intel\nverify-registers .0 memory=on\n" },
        { { 1, 0 }, "bind .0 nouveau\nbind .1 snd_hda_intel\nverify-registers .0 memory=on\n" },
        { { 2, 0 },
          "reset .0 \npause .0 2000\nbind .0 nouveau\nbind .1 snd_hda_intel\n"
          "verify-registers .0 memory=on\n" },
        { { 3, 0 },
          "pause .0 8000\nbind .0 nouveau\nbind .1 snd_hda_intel\n"
          "verify-registers .0 memory=on\n" },
        { { 4, 0 }, "bind .1 snd_hda_intel\n" },
        { { 4, 2 }, "pause .1 2000\nbind .1 snd_hda_intel\n" },
        { { 4, 4 }, "" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (patience); i++) {
        g_autoptr (VfSnapshot) snapshot = snapshot_of ("- -", VF_VFIO_READY);
        g_autoptr (VfRecord) record = record_of ("nouveau snd_hda_intel");
        g_autoptr (VfPolicy) policy = vf_policy_new ();
        g_autoptr (GArray) refusals = g_array_new (FALSE, FALSE, sizeof (VfRefusal));
        VfFacts facts = {
            .snapshot = snapshot, .record = record, .refusals = refusals, .policy = policy
        };
        VfRequest request = { .target = VF_TARGET_HOST, .gpu = GPU };
        g_autoptr (GPtrArray) blockers = NULL;
        g_autoptr (VfPlan) plan = NULL;
        g_autofree char *wanted =
            g_strconcat (NO_OVERRIDES, patience[i].binds, RESTORED "power-control .1 auto\n", NULL);
        g_autofree char *text = NULL;

        for (guint8 number = 0; number < 2; number++)
            for (guint n = 0; n < patience[i].refused[number]; n++)
                vf_refusal_add (refusals, (VfPciAddress){ 0, 1, 0, number });
        plan = vf_planner_plan (&facts, &request, &blockers);
        text = describe (plan);
        g_assert_cmpstr (text, ==, wanted);
    }
}

/* What was never ours comes home only by its name. */
static void
test_named (void)
{
    g_autoptr (VfSnapshot) snapshot = snapshot_of ("vfio-pci vfio-pci", VF_VFIO_READY);
    g_autoptr (VfPolicy) policy = vf_policy_new ();
    VfFacts facts = { .snapshot = snapshot, .policy = policy };
    VfRequest request = { .target = VF_TARGET_HOST, .gpu = GPU };
    GPtrArray *blockers = NULL;
    g_autoptr (VfPlan) plan = NULL;
    g_autofree char *text = NULL;

    g_assert_null (vf_planner_plan (&facts, &request, &blockers));
    g_ptr_array_unref (blockers);
    request.by_alias = TRUE;
    plan = vf_planner_plan (&facts, &request, &blockers);
    g_assert_nonnull (plan);
    text = describe (plan);
    g_assert_cmpstr (text, ==,
                     "check-vfio-users .0 \n" NO_OVERRIDES "load-module .0 \nload-module .1 \n"
                     "unbind .1 vfio-pci\nunbind .0 vfio-pci\nprobe-driver .0 must\n"
                     "probe-driver .1 may\nunfence .0 usual\nunfence .1 usual\n");
}

#define NOTED_LEND \
    "note-registers .0 \nnote-registers .1 \n" LEND_OVERRIDES "note-nodes .0 \nfence .0 \n" \
    "note-nodes .1 \nfence .1 \ncheck-holders .0 \n"
#define TAKEN "bind .0 vfio-pci\nbind .1 vfio-pci\n" KEEP_AWAKE
#define SERVICES "nvidia-persistenced.service nvidia-powerd.service"
#define MODULES "nvidia_drm nvidia_modeset nvidia"

/* The card of @drivers, and another one in its own slot with @other for its driver. */
static VfSnapshot *
snapshot_with_other (const char *drivers, const char *other)
{
    g_autoptr (VfSnapshot) one = snapshot_of (drivers, VF_VFIO_READY);
    VfSnapshot *snapshot = vf_snapshot_new ();
    VfPciFunction second = function_at (0, other);

    for (guint i = 0; i < vf_snapshot_size (one); i++) {
        VfPciFunction function = *vf_snapshot_get (one, i);

        function.driver = vf_snapshot_text (snapshot, function.driver);
        vf_snapshot_add (snapshot, &function);
    }
    second.address.bus = 7;
    second.iommu_group = 20;
    vf_snapshot_add (snapshot, &second);
    vf_snapshot_set_vfio (snapshot, VF_VFIO_READY);
    vf_snapshot_add_driver (snapshot, "snd_hda_intel");
    vf_snapshot_seal (snapshot);
    return snapshot;
}

static char *
plan_with_other (const char *drivers, const char *other, const VfRecord *record, VfTarget target)
{
    g_autoptr (VfSnapshot) snapshot = snapshot_with_other (drivers, other);
    g_autoptr (VfPolicy) policy = vf_policy_new ();
    VfFacts facts = { .snapshot = snapshot, .record = record, .policy = policy };
    VfRequest request = { .target = target, .gpu = GPU };
    g_autoptr (GPtrArray) blockers = NULL;
    g_autoptr (VfPlan) plan = vf_planner_plan (&facts, &request, &blockers);

    g_assert_nonnull (plan);
    return describe (plan);
}

/* NVIDIA's driver is unloaded where no other card has it; else the second look is the gate. */
static void
test_nvidia_lend (void)
{
    g_autofree char *alone =
        plan_with_other ("nvidia snd_hda_intel", "nouveau", NULL, VF_TARGET_VFIO);
    g_autofree char *with_other =
        plan_with_other ("nvidia snd_hda_intel", "nvidia", NULL, VF_TARGET_VFIO);

    g_assert_cmpstr (alone, ==,
                     NOTED_LEND "note-services .0 \nstop-services .0 \nunbind .1 snd_hda_intel\n"
                                "note-modules .0 \ncheck-holders .0 again\n"
                                "unload-modules .0 nvidia\n" TAKEN);
    g_assert_cmpstr (with_other, ==,
                     NOTED_LEND "note-services .0 \nstop-services .0 \nunbind .1 snd_hda_intel\n"
                                "note-modules .0 \ncheck-holders .0 again\n"
                                "unbind .0 nvidia\n" TAKEN);
}

/* What ran and what was loaded is noted once, and put back when the card is home. */
static void
test_nvidia_return (void)
{
    g_autoptr (VfRecord) record = record_of ("nvidia snd_hda_intel");
    g_autofree char *home = NULL;
    g_autofree char *again = NULL;

    vf_record_set_services (record, SERVICES);
    vf_record_set_modules (record, MODULES);
    home = plan_with_other ("vfio-pci vfio-pci", "nouveau", record, VF_TARGET_HOST);
    g_assert_cmpstr (home, ==,
                     "check-vfio-users .0 \n" NO_OVERRIDES "unbind .1 vfio-pci\n"
                     "unbind .0 vfio-pci\nload-modules .0 " MODULES "\nbind .0 nvidia\n"
                     "bind .1 snd_hda_intel\nverify-registers .0 memory=on\n" RESTORED
                     "power-control .1 auto\nstart-services .0 " SERVICES "\n");
    again = plan_with_other ("nvidia vfio-pci", "nouveau", record, VF_TARGET_VFIO);
    g_assert_cmpstr (again, ==,
                     "note-registers .1 \n" LEND_OVERRIDES FENCED "check-holders .0 \n"
                     "note-services .0 " SERVICES "\nstop-services .0 \n"
                     "note-modules .0 " MODULES "\ncheck-holders .0 again\n"
                     "unload-modules .0 nvidia\nbind .0 vfio-pci\n" KEEP_AWAKE);
}

/* "reason subject" for each blocker, a line each. Takes @blockers. */
static char *
list (GPtrArray *blockers)
{
    GString *text = g_string_new (NULL);

    g_assert_nonnull (blockers);
    for (guint i = 0; i < blockers->len; i++) {
        const VfBlocker *blocker = g_ptr_array_index (blockers, i);

        g_assert_nonnull (strstr (blocker->sentence, "."));
        g_string_append_printf (text, "%s %s\n", vf_reason_id (blocker->reason), blocker->subject);
    }
    g_ptr_array_unref (blockers);
    return g_string_free (text, FALSE);
}

/* The services that a lend stops are no reason against it, unless they are still there at last. */
static void
test_known_services (void)
{
    VfHolder service = { 700,
                         1,
                         110,
                         (char *) "nvidia-persiste",
                         (char *) "nvidia",
                         (char *) "nvidia-persistenced.service",
                         (char *) "/dev/nvidia0" };
    g_autoptr (GPtrArray) open = g_ptr_array_new ();

    g_ptr_array_add (open, &service);
    for (int last_look = FALSE; last_look <= TRUE; last_look++) {
        GPtrArray *blockers = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);
        g_autofree char *text = NULL;

        vf_planner_block_holders (VF_TARGET_VFIO, GPU, open, last_look, blockers);
        text = list (blockers);
        g_assert_cmpstr (text, ==, last_look ? "held-by-process pid 700\n" : "");
    }
}

static void
test_stand (void)
{
    static const struct {
        const char *recorded, *now;
        VfStand stand;
    } stands[] = {
        { NULL, "nouveau snd_hda_intel", VF_STAND_HOST },
        { NULL, "nouveau -", VF_STAND_HOST },
        { NULL, "- snd_hda_intel", VF_STAND_FOREIGN },
        { NULL, "nouveau vfio-pci", VF_STAND_FOREIGN },
        { NULL, "vfio-pci vfio-pci", VF_STAND_FOREIGN },
        { "nouveau -", "nouveau -", VF_STAND_HOST },
        { "nouveau snd_hda_intel", "vfio-pci vfio-pci", VF_STAND_LENT },
        { "nouveau snd_hda_intel", "nouveau vfio-pci", VF_STAND_MIXED },
        { "nouveau snd_hda_intel", "nvidia snd_hda_intel", VF_STAND_MIXED },
        { "nouveau snd_hda_intel", "- -", VF_STAND_MIXED },
        /* Functions that appeared when the GPU was recorded already. */
        { "nouveau", "nouveau snd_hda_intel", VF_STAND_HOST },
        { "nouveau", "nouveau -", VF_STAND_HOST },
        { "nouveau", "nouveau vfio-pci", VF_STAND_MIXED },
        { "nouveau", "vfio-pci snd_hda_intel", VF_STAND_MIXED },
        { "nouveau", "vfio-pci vfio-pci", VF_STAND_LENT },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (stands); i++) {
        g_autoptr (VfSnapshot) snapshot = snapshot_of (stands[i].now, VF_VFIO_READY);
        g_autoptr (VfRecord) record = record_of (stands[i].recorded);
        VfGpu gpu;

        g_test_message ("%s: %s", stands[i].recorded, stands[i].now);
        g_assert_true (vf_gpu_find (snapshot, GPU, &gpu));
        g_assert_cmpint (vf_planner_stand (&gpu, record), ==, stands[i].stand);
    }
}

/* A card with everything against it: it is the display, its sound has no IOMMU group, its USB
 * carries a disk, and it shares its group with a bridge, which does not count, and a network card.
 */
static VfSnapshot *
hopeless (void)
{
    VfPciFunction functions[] = { function_at (0, "nouveau"),  function_at (1, "snd_hda_intel"),
                                  function_at (2, "xhci_hcd"), function_at (0, NULL),
                                  function_at (0, "e1000e"),   function_at (0, "i915") };
    VfSnapshot *snapshot = vf_snapshot_new ();

    functions[0].boot_vga = VF_ANSWER_YES;
    functions[1].iommu_group = VF_NO_IOMMU_GROUP;
    functions[2].class_code = 0x0c0330;
    functions[2].carries = "disk sda (in use: /)";
    functions[3].address.bus = 0;
    functions[3].class_code = 0x060400;
    functions[4].address.bus = 2;
    functions[4].class_code = 0x020000;
    functions[5].address.bus = 3;
    functions[5].iommu_group = 15;
    for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
        vf_snapshot_add (snapshot, &functions[i]);
    vf_snapshot_set_vfio (snapshot, VF_VFIO_MISSING);
    vf_snapshot_seal (snapshot);
    return snapshot;
}

static VfHolder holders[] = {
    { 1812, 1, 1000, (char *) "game", (char *) "anna", (char *) "", (char *) "/dev/dri/card1" },
    { 900, 1, 1000, (char *) "wireplumber", (char *) "anna", (char *) "",
      (char *) "/dev/snd/controlC1" },
    { 1900, 1, 1000, (char *) "wireplumber", (char *) "anna", (char *) "",
      (char *) "/dev/snd/pcmC1D3p" },
};

static GPtrArray *
all_holders (void)
{
    GPtrArray *array = g_ptr_array_new ();

    for (gsize i = 0; i < G_N_ELEMENTS (holders); i++)
        g_ptr_array_add (array, &holders[i]);
    return array;
}

/* Every reason at once, each with what it is about. */
static void
test_all_reasons (void)
{
    g_autoptr (VfSnapshot) snapshot = hopeless ();
    g_autoptr (VfPolicy) policy = vf_policy_new ();
    g_autoptr (VfClaim) claim = vf_claim_new (VF_CLAIM_VM, "a-uuid", "first");
    g_autoptr (VfClaim) claimant = vf_claim_new (VF_CLAIM_USER, "1000", "anna");
    g_autoptr (GPtrArray) open = all_holders ();
    VfPciAddress denied = GPU;
    VfFacts facts = { .snapshot = snapshot, .claim = claim, .holders = open, .policy = policy };
    VfRequest request = { .target = VF_TARGET_VFIO, .gpu = GPU, .claimant = claimant };
    GPtrArray *blockers = NULL;
    g_autofree char *text = NULL;

    g_array_append_val (policy->denied, denied);
    g_assert_null (vf_planner_plan (&facts, &request, &blockers));
    text = list (blockers);
    g_assert_cmpstr (text, ==,
                     "claimed-by-vm first\ndenied-by-policy 0000:01:00.0\nno-iommu 0000:01:00.0\n"
                     "no-vfio-pci 0000:01:00.0\nhost-display 0000:01:00.0\n"
                     "foreign-group-member 0000:02:00.0\ncarries-device 0000:01:00.2\n"
                     "held-by-process pid 1812\nheld-by-process pid 1900\n");
}

static void
test_carries (void)
{
    g_autoptr (VfSnapshot) snapshot = hopeless ();
    g_autoptr (VfPolicy) policy = vf_policy_new ();
    VfFacts facts = { .snapshot = snapshot, .policy = policy };
    VfRequest request = { .target = VF_TARGET_VFIO, .gpu = GPU };
    g_autoptr (GPtrArray) blockers = NULL;
    const VfBlocker *last;

    g_assert_null (vf_planner_plan (&facts, &request, &blockers));
    last = g_ptr_array_index (blockers, blockers->len - 1);
    g_assert_nonnull (strstr (last->sentence, "the USB controller 0000:01:00.2 of the card carries "
                                              "the disk sda (in use: /)"));
}

static void
test_refusals (void)
{
    static const struct {
        const char *recorded, *now;
        VfTarget target;
        const char *blockers;
    } refusals[] = {
        { NULL, "- vfio-pci", VF_TARGET_VFIO,
          "foreign-driver 0000:01:00.0\nforeign-driver 0000:01:00.1\n" },
        { NULL, "vfio-pci vfio-pci", VF_TARGET_HOST,
          "foreign-driver 0000:01:00.0\nforeign-driver 0000:01:00.1\n"
          "vm-running pid 1812\nvm-running pid 900\nvm-running pid 1900\n" },
        { "nouveau snd_hda_intel", "vfio-pci vfio-pci", VF_TARGET_HOST,
          "vm-running pid 1812\nvm-running pid 900\nvm-running pid 1900\n" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++) {
        g_autoptr (VfSnapshot) snapshot = snapshot_of (refusals[i].now, VF_VFIO_READY);
        g_autoptr (VfRecord) record = record_of (refusals[i].recorded);
        g_autoptr (VfPolicy) policy = vf_policy_new ();
        g_autoptr (GPtrArray) open = all_holders ();
        VfFacts facts = { .snapshot = snapshot, .record = record, .policy = policy };
        VfRequest request = { .target = refusals[i].target, .gpu = GPU };
        GPtrArray *blockers = NULL;
        g_autofree char *text = NULL;

        if (refusals[i].target == VF_TARGET_HOST)
            facts.holders = open;
        g_assert_null (vf_planner_plan (&facts, &request, &blockers));
        text = list (blockers);
        g_assert_cmpstr (text, ==, refusals[i].blockers);
    }
}

/* Another card in the slot is touched in neither direction; one that the host has is home. */
static void
test_other_card (void)
{
    static const struct {
        const char *drivers;
        VfTarget target;
        const char *blockers; /* NULL: an empty plan */
    } others[] = {
        { "nouveau snd_hda_intel", VF_TARGET_VFIO, "identity-changed 0000:01:00.0\n" },
        { "vfio-pci vfio-pci", VF_TARGET_HOST, "identity-changed 0000:01:00.0\n" },
        { "nouveau snd_hda_intel", VF_TARGET_HOST, NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
        g_autoptr (VfSnapshot) snapshot = snapshot_of (others[i].drivers, VF_VFIO_READY);
        g_autoptr (VfRecord) record = record_of ("nouveau snd_hda_intel");
        g_autoptr (VfPolicy) policy = vf_policy_new ();
        VfFacts facts = { .snapshot = snapshot, .record = record, .policy = policy };
        VfRequest request = { .target = others[i].target, .gpu = GPU };
        GPtrArray *blockers = NULL;
        g_autoptr (VfPlan) plan = NULL;
        g_autofree char *text = NULL;
        g_autofree char *absent = NULL;

        g_free (record->identity);
        record->identity = g_strdup ("another card");
        plan = vf_planner_plan (&facts, &request, &blockers);
        if (others[i].blockers == NULL) {
            g_assert_cmpuint (vf_plan_length (plan), ==, 0);
        } else {
            g_assert_null (plan);
            text = list (blockers);
            g_assert_cmpstr (text, ==, others[i].blockers);
        }
        request.gpu.bus = 9;
        g_assert_null (vf_planner_plan (&facts, &request, &blockers));
        absent = list (blockers);
        g_assert_cmpstr (absent, ==, "no-such-gpu 0000:09:00.0\n");
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strconcat ("/planner/plan/", cases[i].name, NULL);

        g_test_add_data_func (path, &cases[i], test_plan);
    }
    g_test_add_func ("/planner/patience", test_patience);
    g_test_add_func ("/planner/named", test_named);
    g_test_add_func ("/planner/nvidia/lend", test_nvidia_lend);
    g_test_add_func ("/planner/nvidia/return", test_nvidia_return);
    g_test_add_func ("/planner/nvidia/known-services", test_known_services);
    g_test_add_func ("/planner/stand", test_stand);
    g_test_add_func ("/planner/all-reasons", test_all_reasons);
    g_test_add_func ("/planner/carries", test_carries);
    g_test_add_func ("/planner/refusals", test_refusals);
    g_test_add_func ("/planner/other-card", test_other_card);
    return g_test_run ();
}
