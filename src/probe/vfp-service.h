/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The probe's side of its protocol: a question comes in, its answer goes out. */
#pragma once

#include "vf-sysfs.h"

/* A question and the functions that it is about. */
#define VFP_QUESTION_TYPE "(sas)"

/* Answers the questions that come in on @socket until the peer closes. Returns the status that the
 * program ends with. */
int vfp_service_run (int socket, const VfSysfs *root);
