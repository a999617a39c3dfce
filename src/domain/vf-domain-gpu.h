/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hostdevs by which a domain has the GPU that an activation gave it. */
#pragma once

#include "vf-domain-xml.h"

/* The functions of the host's slot @gpu for which the domain has a <hostdev> that libvirt does not
 * manage. An array of VfPciAddress in the order of the text; the caller owns it. */
GArray *vf_domain_gpu_functions (const VfDomainXml *domain, VfPciAddress gpu);

/* The same where nobody knows which GPU it was: recognised by the form in which
 * vf_domain_edit_activate() puts it there. Empty when nothing has that form. NULL, with
 * VF_REASON_HOSTDEV_BY_HAND, when several have it: one may be the owner's own. */
GArray *vf_domain_gpu_guess (const VfDomainXml *domain, GError **error);
