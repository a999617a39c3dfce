/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests what is noted of a GPU, and that what was stored comes back. */
#include "vf-record.h"

#define CARD "0000:01:00"

static VfSnapshot *
snapshot_of (const char *display, const char *audio)
{
    VfPciFunction functions[] = {
        { .address = { 0, 1, 0, 0 },
          .class_code = 0x030000,
          .vendor = 0x10de,
          .device = 0x2484,
          .iommu_group = 14,
          .driver = display,
          .power_control = "auto",
          .d3cold_allowed = "1" },
        { .address = { 0, 1, 0, 1 },
          .class_code = 0x040300,
          .vendor = 0x10de,
          .device = 0x228b,
          .iommu_group = 14,
          .driver = audio },
    };
    VfSnapshot *snapshot = vf_snapshot_new ();

    vf_snapshot_add (snapshot, &functions[0]);
    if (audio != NULL)
        vf_snapshot_add (snapshot, &functions[1]);
    vf_snapshot_seal (snapshot);
    return snapshot;
}

static VfGpu
gpu_of (const VfSnapshot *snapshot)
{
    VfGpu gpu;

    g_assert_true (vf_gpu_find (snapshot, (VfPciAddress){ 0, 1, 0, 0 }, &gpu));
    return gpu;
}

static VfRecord *
store_and_load (const VfRecord *record)
{
    g_autoptr (GVariant) variant = g_variant_ref_sink (vf_record_to_variant (record));

    return vf_record_from_variant (variant);
}

static void
assert_same (const VfRecord *a, const VfRecord *b)
{
    g_autoptr (GVariant) first = g_variant_ref_sink (vf_record_to_variant (a));
    g_autoptr (GVariant) second = g_variant_ref_sink (vf_record_to_variant (b));

    g_assert_true (g_variant_equal (first, second));
}

static void
test_new (void)
{
    g_autoptr (VfSnapshot) snapshot = snapshot_of ("nouveau", "snd_hda_intel");
    VfGpu gpu = gpu_of (snapshot);
    g_autoptr (VfRecord) record = vf_record_new (&gpu);
    g_autoptr (VfRecord) loaded = NULL;
    const VfFunctionRecord *display, *audio;

    vf_record_set_registers (record, gpu.functions[0]->address, "memory=on");
    vf_record_set_fence (record, gpu.functions[1]->address, "snd/controlC0=0660");
    vf_record_set_registers (record, (VfPciAddress){ 0, 7, 0, 0 }, "of another card");
    vf_record_set_services (record, "nvidia-persistenced.service");
    vf_record_set_modules (record, "nvidia_drm nvidia");
    loaded = store_and_load (record);
    g_assert_nonnull (loaded);
    assert_same (record, loaded);
    g_assert_cmpuint (loaded->n_functions, ==, 2);
    g_assert_cmpstr (loaded->services, ==, "nvidia-persistenced.service");
    g_assert_cmpstr (loaded->modules, ==, "nvidia_drm nvidia");
    display = vf_record_find (loaded, gpu.functions[0]->address);
    audio = vf_record_find (loaded, gpu.functions[1]->address);
    g_assert_cmpstr (display->driver, ==, "nouveau");
    g_assert_cmphex (display->ids, ==, 0x10de2484);
    g_assert_cmpstr (display->power_control, ==, "auto");
    g_assert_cmpstr (display->registers, ==, "memory=on");
    g_assert_cmpstr (audio->d3cold_allowed, ==, "");
    g_assert_cmpstr (audio->fence, ==, "snd/controlC0=0660");
    g_assert_null (vf_record_find (loaded, (VfPciAddress){ 0, 7, 0, 0 }));
}

/* The sound of the card appears when it was recorded already. */
static void
test_add_missing (void)
{
    g_autoptr (VfSnapshot) early = snapshot_of ("nouveau", NULL);
    g_autoptr (VfSnapshot) late = snapshot_of ("vfio-pci", "snd_hda_intel");
    VfGpu gpu = gpu_of (early), grown = gpu_of (late);
    g_autoptr (VfRecord) record = vf_record_new (&gpu);

    vf_record_set_registers (record, gpu.functions[0]->address, "memory=on");
    vf_record_add_missing (record, &gpu);
    g_assert_cmpuint (record->n_functions, ==, 1);
    for (guint times = 0; times < 2; times++) {
        vf_record_add_missing (record, &grown);
        g_assert_cmpuint (record->n_functions, ==, 2);
        g_assert_cmpstr (record->functions[0].driver, ==, "nouveau");
        g_assert_cmpstr (record->functions[0].registers, ==, "memory=on");
        g_assert_cmpstr (record->functions[1].driver, ==, "snd_hda_intel");
        g_assert_cmpstr (record->functions[1].registers, ==, "");
    }
}

/* Where a function on vfio-pci belongs is what the record would have had to say. */
static void
test_add_missing_on_vfio (void)
{
    g_autoptr (VfSnapshot) early = snapshot_of ("nouveau", NULL);
    g_autoptr (VfSnapshot) late = snapshot_of ("nouveau", "vfio-pci");
    VfGpu gpu = gpu_of (early), grown = gpu_of (late);
    g_autoptr (VfRecord) record = vf_record_new (&gpu);

    vf_record_add_missing (record, &grown);
    g_assert_cmpuint (record->n_functions, ==, 1);
}

static void
test_hostile (void)
{
#define FUNCTION "('" CARD ".0',0x10de2484,'nouveau','on','1','','')"
#define TWO FUNCTION "," FUNCTION
    static const char *const texts[] = {
        "('x', 1)",
        "('x', 'no address', [" FUNCTION "], '', '')",
        "('x', '" CARD ".0', [('no address', 1, 'a', 'b', 'c', 'd', 'e')], '', '')",
        "('x', '" CARD ".0', [" TWO "," TWO "," TWO "," TWO "," FUNCTION "], '', '')",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        const char *type = i == 0 ? NULL : VF_RECORD_VARIANT_TYPE;
        g_autoptr (GVariant) variant = g_variant_parse (type != NULL ? G_VARIANT_TYPE (type) : NULL,
                                                        texts[i], NULL, NULL, NULL);

        g_assert_nonnull (variant);
        g_assert_null (vf_record_from_variant (variant));
    }
}

/* As the first version wrote it. */
static void
test_first_version (void)
{
    g_autoptr (GVariant) variant =
        g_variant_parse (G_VARIANT_TYPE (VF_RECORD_VARIANT_TYPE_1),
                         "('x', '" CARD ".0', [" FUNCTION "])", NULL, NULL, NULL);
    g_autoptr (VfRecord) record = vf_record_from_variant (variant);

    g_assert_nonnull (record);
    g_assert_cmpuint (record->n_functions, ==, 1);
    g_assert_cmpstr (record->functions[0].driver, ==, "nouveau");
    g_assert_cmpstr (record->services, ==, "");
    g_assert_cmpstr (record->modules, ==, "");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/record/new", test_new);
    g_test_add_func ("/record/add-missing", test_add_missing);
    g_test_add_func ("/record/add-missing-on-vfio", test_add_missing_on_vfio);
    g_test_add_func ("/record/hostile", test_hostile);
    g_test_add_func ("/record/first-version", test_first_version);
    return g_test_run ();
}
