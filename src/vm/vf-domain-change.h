/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One change of a domain: the text before it, the new definition, and the way back. Calls block. */
#pragma once

#include "vf-domain-xml.h"
#include "vf-machine.h"

typedef struct {
    const VfMachine *machine;
    char *before; /* the domain's text as it is put back, with passwords */
    gboolean defined;
} VfDomainChange;

/* Begins a change of @machine, which must outlive it. The caller clears it. */
gboolean vf_domain_change_begin (VfDomainChange *change, const VfMachine *machine, GError **error);
void vf_domain_change_clear (VfDomainChange *change);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VfDomainChange, vf_domain_change_clear)

/* Why this VM's domain cannot be changed for good: VF_REASON_TRANSIENT_DOMAIN,
 * VF_REASON_MANAGED_SAVE. */
gboolean vf_domain_change_is_possible (const VfMachine *machine, GError **error);

/* Defines the domain as it is, and takes what libvirt makes of that as the text before: the first
 * definition of a text may reorder it, the next ones give the same text again. A VM that runs does
 * not notice: this is about its next start. */
gboolean vf_domain_change_settle (VfDomainChange *change, GError **error);

/* Defines @text, checked by libvirt, in place of the text before. VF_REASON_DOMAIN_CHANGED, and
 * nothing is defined, when somebody else has changed the domain since, or started the VM. @after,
 * which may be NULL, is the text as libvirt has it then; the caller owns it. */
gboolean
vf_domain_change_define (VfDomainChange *change, const char *text, char **after, GError **error);

/* Puts the text before back, if it was replaced. */
gboolean vf_domain_change_undo (VfDomainChange *change, GError **error);
