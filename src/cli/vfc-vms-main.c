/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program virtflow-vms: the commands that need libvirt. virtflow becomes it. */
#include "vfc-commands.h"

#include "vfc-vm-candidates.h"

static const VfcCommandRow rows[] = {
    { "status", NULL, &vfc_command_status },
    { "vms", NULL, &vfc_command_vms },
    { "show", NULL, &vfc_command_show },
    { "activate", NULL, &vfc_command_activate },
    { "deactivate", NULL, &vfc_command_deactivate },
    { "start", NULL, &vfc_command_start },
    { "stop", NULL, &vfc_command_stop },
    { "doctor", NULL, &vfc_command_doctor },
    { "test", NULL, &vfc_command_test },
    { "watch", NULL, &vfc_command_watch },
    { "log", NULL, &vfc_command_log },
    { "report", NULL, &vfc_command_report },
    { 0 },
};

int
main (int argc, char **argv)
{
    const VfcProgram program = { .rows = rows, .sources = vfc_candidates_of_vms };

    return vfc_command_main (&program, argc, argv);
}
