/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a helper that carries out steps: a step comes in, what became of it goes out. */
#pragma once

#include "vf-step.h"

/* Carries out @step. Returns its answer, which the caller owns; NULL with an error. */
typedef char *(*VfStepHandler) (const VfStep *step, gpointer data, GError **error);

/* Hands the steps that come in on @socket to @carry_out until the peer closes. Returns the status
 * that the program ends with. While a step is carried out the process has the name of its card
 * (vf_worker_process_name()): should the kernel not come back from it, that says on which card it
 * hangs. */
int vf_step_service_run (int socket, VfStepHandler carry_out, gpointer data);
