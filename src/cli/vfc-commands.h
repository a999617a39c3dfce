/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands, each of which has a file of its own. Those that need libvirt are in a program of
 * their own, virtflow-vms, which virtflow becomes for them: loading libvirt takes longer than all
 * that "virtflow gpus" does. */
#pragma once

#include "vfc-command.h"

/* How "virtflow doctor" ends, beside 0. */
#define VFC_DOCTOR_WARNING 20
#define VFC_DOCTOR_FAILED 21

/* In virtflow. */
extern const VfcCommand vfc_command_gpus;
extern const VfcCommand vfc_command_lend;
extern const VfcCommand vfc_command_return;
extern const VfcCommand vfc_command_recover;
extern const VfcCommand vfc_command_setup;
extern const VfcCommand vfc_command_help;

/* In virtflow-vms. */
extern const VfcCommand vfc_command_status;
extern const VfcCommand vfc_command_vms;
extern const VfcCommand vfc_command_show;
extern const VfcCommand vfc_command_activate;
extern const VfcCommand vfc_command_deactivate;
extern const VfcCommand vfc_command_start;
extern const VfcCommand vfc_command_stop;
extern const VfcCommand vfc_command_doctor;
extern const VfcCommand vfc_command_test;
extern const VfcCommand vfc_command_watch;
extern const VfcCommand vfc_command_log;
extern const VfcCommand vfc_command_report;
