/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that the doctor has to know of this host, read and asked once. */
#pragma once

#include "vf-client.h"
#include "vf-host-facts.h"
#include "vf-libvirt.h"
#include "vf-service-facts.h"
#include "vf-snapshot.h"

typedef struct {
    VfSnapshot *machine;
    VfHostFacts *host;
    VfServiceFacts *services;
} VfSurvey;

/* @client is NULL when the daemon does not answer, and @daemon_error says why; the same of
 * @libvirt. Without an error it is silent. The caller owns the survey. NULL with VF_REASON_INTERNAL
 * when sysfs cannot be read. */
VfSurvey *vf_survey_new (VfClient *client,
                         const GError *daemon_error,
                         virConnect *libvirt,
                         const GError *libvirt_error,
                         GError **error);
void vf_survey_free (VfSurvey *survey);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfSurvey, vf_survey_free)
