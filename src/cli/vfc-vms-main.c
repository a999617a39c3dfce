/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program virtflow-vms: the commands that need libvirt. virtflow becomes it. */
#include "vfc-commands.h"

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
    { 0 },
};

int
main (int argc, char **argv)
{
    return vfc_command_main (rows, argc, argv, NULL);
}
