/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflowd: owns the command line and the fixed places of the installed daemon. */
#include "vfd-account.h"
#include "vfd-rescue.h"

#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
    g_autofree char *bus = NULL;
    gboolean version = FALSE, recover = FALSE, journals = FALSE;
    const GOptionEntry entries[] = {
        { "bus", 0, 0, G_OPTION_ARG_STRING, &bus, "Talk on this bus, not on the system bus",
          "ADDRESS" },
        { "recover", 0, 0, G_OPTION_ARG_NONE, &recover,
          "As root, with the daemon down: bring GPUs back to the host", NULL },
        { "journals", 0, 0, G_OPTION_ARG_NONE, &journals,
          "As root: say what the journals of GPUs hold and end", NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and end", NULL },
        G_OPTION_ENTRY_NULL
    };
    g_autoptr (GOptionContext) context = NULL;
    g_autoptr (GError) error = NULL;
    VfdSetup setup = { .helpers = "/run/virtflow-helpers",
                       .run = "/run/virtflow",
                       .state = "/var/lib/virtflow",
                       .config = "/etc/virtflow/virtflow.conf",
                       .programs = VIRTFLOW_PROGRAMS };

    clearenv ();
    context = g_option_context_new ("[GPU] - lends GPUs to virtual machines");
    g_option_context_add_main_entries (context, entries, NULL);
    if (!g_option_context_parse (context, &argc, &argv, &error) || argc > (recover ? 2 : 1)) {
        g_printerr ("virtflowd: %s\n", error != NULL ? error->message : "unexpected argument");
        return 2;
    }
    if (version) {
        g_print ("virtflowd %s\n", VIRTFLOW_VERSION);
        return 0;
    }
    if (recover && geteuid () != 0) {
        g_printerr ("virtflowd: Only root can recover without the daemon: sudo virtflow recover\n");
        return 5;
    }
    if (journals)
        return vfd_account_print (setup.run);
    setup.bus = bus;
    setup.root_fd = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return recover ? vfd_rescue_run (&setup, argv[1]) : vfd_life_run (&setup);
}
