/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the folder. */
#include "fuzz-folder.h"

#include "fake-tree.h"

#include <stdlib.h>

static char *folder;

static void
remove_folder (void)
{
    fake_tree_remove (folder);
    g_free (folder);
}

const char *
fuzz_folder (void)
{
    if (folder == NULL) {
        folder = fake_tree_new_folder ();
        atexit (remove_folder);
    }
    return folder;
}
