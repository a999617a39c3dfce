/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read-machine FILE: whether the file is one for tests/machines as it stands. */
#include "fake-tree.h"

#include <stdlib.h>

int
main (int argc, char **argv)
{
    g_autofree char *folder = fake_tree_new_folder ();
    g_autofree char *text = NULL;
    g_autoptr (FakeMachine) machine = NULL;
    g_autoptr (GError) error = NULL;

    if (argc == 2 && g_file_get_contents (argv[1], &text, NULL, &error))
        machine = fake_machine_read (text, &error);
    if (machine != NULL)
        fake_tree_build (machine, folder);
    else
        g_printerr ("%s\n", error != NULL ? error->message : "one file");
    fake_tree_remove (folder);
    return machine != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}
