/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow.conf: what is accepted is a policy that can be lived with. */
#include "fuzz.h"

#include "fuzz-folder.h"
#include "vf-error.h"
#include "vfd-config.h"

static const char *
find_path (void)
{
    static char *path;

    if (path == NULL)
        path = g_build_filename (fuzz_folder (), "virtflow.conf", NULL);
    return path;
}

static void
check (const VfPolicy *policy)
{
    const guint deadlines[] = { policy->step_deadline, policy->hook_deadline,
                                policy->release_deadline, policy->sound_server_grace };

    for (gsize i = 0; i < G_N_ELEMENTS (deadlines); i++)
        FUZZ_ASSERT (deadlines[i] > 0 && deadlines[i] <= 10 * 60 * 1000);
    FUZZ_ASSERT (policy->hook_deadline <= 20 * 1000);
    for (guint i = 0; i < policy->denied->len; i++) {
        VfPciAddress address = g_array_index (policy->denied, VfPciAddress, i);

        FUZZ_ASSERT (vf_policy_denies (policy, address));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfPolicy) policy = NULL;

    FUZZ_ASSERT (g_file_set_contents_full (find_path (), (const char *) data, (gssize) size,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    policy = vfd_config_load (find_path (), &error);
    FUZZ_ASSERT ((policy != NULL) == (error == NULL));
    if (policy != NULL)
        check (policy);
    else
        FUZZ_ASSERT (vf_error_code (error) == VF_ERROR_INVALID_ARGUMENT);
    return 0;
}
