/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-setup-fake BUS TREE: the set-up service on a fake machine. What it would tell other
 * programs of the host it writes to TREE/followed; while there is a file TREE/failing they fail. */
#include "vf-setup-service.h"

#include "vf-error.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static const char *tree;

static gboolean
follow (VfFollowUp follow_up, gpointer data, GError **error)
{
    g_autofree char *path = g_build_filename (tree, "followed", NULL);
    g_autofree char *failing = g_build_filename (tree, "failing", NULL);
    FILE *file = fopen (path, "a");

    g_assert_nonnull (file);
    fprintf (file, "%u\n", (guint) follow_up);
    fclose (file);
    if (!g_file_test (failing, G_FILE_TEST_EXISTS))
        return TRUE;
    vf_error_set (error, VF_REASON_SERVICE_FAILED, "%s failed: %s", "/usr/sbin/update-grub", "no");
    return FALSE;
}

int
main (int argc, char **argv)
{
    VfSetupScenery scenery = { .follow = follow, .patience = 600000 };

    if (argc != 3)
        return EXIT_FAILURE;
    tree = argv[2];
    scenery.bus = argv[1];
    scenery.root = open (tree, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return vf_setup_service_run (&scenery);
}
