/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edit that gives a domain a GPU, and its inverse. Pure: both make a new domain from the
 * given ones and touch nothing. */
#pragma once

#include "vf-display-profile.h"
#include "vf-domain-xml.h"
#include "vf-input.h"

/* Whether @domain may be given any GPU: VF_REASON_ALREADY_ACTIVATED if it is marked. */
gboolean vf_domain_edit_is_possible (const VfDomainXml *domain, GError **error);

/* The domain with the GPU in it: the devices that @profile gives up are gone, one <hostdev> for
 * each of the @n_functions host @functions is added, all on one free guest slot and with the
 * function numbers they have on the host (on PCI Express behind an unused root port, or a new one),
 * and the marker is set. @functions are of one slot, ascending, and begin with function 0.
 *
 * @inputs (VfInput; may be NULL) are added as well, but those that the domain has already; the
 * marker notes which ones were added.
 *
 * @before should be what libvirt prints for the inactive domain, with security-sensitive text, so
 * that passwords are in it and every device has its address.
 *
 * Errors: VF_REASON_ALREADY_ACTIVATED (marked), VF_REASON_HOSTDEV_BY_HAND (names one of @functions
 * already), VF_REASON_MEDIATED_DISPLAY (an mdev needs the graphics that would go),
 * VF_REASON_NO_FREE_SLOT, VF_REASON_NO_USB (an input is a USB device, and the domain has USB
 * switched off), VF_REASON_INVALID_DOMAIN_XML (no <devices>, or the result is too long),
 * VF_REASON_INVALID_ADDRESS (@functions are not one slot's, or function 0 is missing). */
VfDomainXml *vf_domain_edit_activate (const VfDomainXml *before,
                                      const VfPciAddress *functions,
                                      guint n_functions,
                                      VfDisplayProfile profile,
                                      const GPtrArray *inputs,
                                      GError **error);

/* The domain without the GPU again. @before is what vf_domain_edit_activate() was given and @after
 * what libvirt made of its result. If @current equals @after (vf_domain_xml_equal()) this is
 * @before itself. Otherwise the owner has changed something since: then only our own edits are
 * reversed in @current. Our hostdevs, our root port if nothing else sits on it, the inputs that a
 * marker notes (of @after or, where nobody kept that text, of @current) and the marker go; each
 * device that was taken out comes back, unless the owner has put one of its kind there himself; an
 * address that is taken by now is left for libvirt to choose.
 *
 * Errors: VF_REASON_DOMAIN_CHANGED (the UUIDs differ), VF_REASON_INVALID_DOMAIN_XML (@current has
 * no <devices>, or the result is too long). */
VfDomainXml *vf_domain_edit_deactivate (VfDomainXml *current,
                                        VfDomainXml *before,
                                        VfDomainXml *after,
                                        GError **error);
