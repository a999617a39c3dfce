/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflowd-fake TREE FOLDER BUS: the daemon on the folder of a fake machine, with the helpers'
 * sockets, the state and virtflow.conf in FOLDER. With "--recover" for the bus, and perhaps a GPU
 * behind it: virtflowd --recover. */
#include "fake-tree.h"
#include "vfd-rescue.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

int
main (int argc, char **argv)
{
    VfdSetup setup = { 0 };
    g_autofree char *config = NULL;

    gboolean recover = argc >= 4 && strcmp (argv[3], "--recover") == 0;

    if (argc < 4 || argc > (recover ? 5 : 4))
        return EXIT_FAILURE;
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    config = g_build_filename (argv[2], "virtflow.conf", NULL);
    setup = (VfdSetup){ .root_fd = fake_tree_open (argv[1]),
                        .helpers = argv[2],
                        .run = argv[2],
                        .state = argv[2],
                        .config = config,
                        .bus = argv[3] };
    return recover ? vfd_rescue_run (&setup, argv[4]) : vfd_life_run (&setup);
}
