/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks the services what the doctor has to know of them. */
#pragma once

#include "vf-client.h"
#include "vf-libvirt.h"
#include "vf-service-facts.h"

/* @client is NULL when the daemon does not answer, and @daemon_error says why; the same of
 * @libvirt. The caller owns the facts. */
VfServiceFacts *vf_service_survey (VfClient *client,
                                   const GError *daemon_error,
                                   virConnect *libvirt,
                                   const GError *libvirt_error);
