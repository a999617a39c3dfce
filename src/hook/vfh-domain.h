/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the hook needs to know of a domain. A value that does not change. */
#pragma once

#include "vf-pci-address.h"

typedef struct {
    VfPciAddress address; /* on the host */
    gboolean managed;     /* whether libvirt binds it by itself */
} VfhHostdev;

typedef struct {
    char *uuid;
    gboolean marked;  /* its metadata carries VirtFlow's mark */
    GArray *hostdevs; /* VfhHostdev values: its PCI hostdevs */
} VfhDomain;

/* Reads the text that libvirt passes. VF_REASON_INVALID_DOMAIN_XML. The caller owns the domain. */
VfhDomain *vfh_domain_parse (const GString *text, GError **error);
void vfh_domain_free (VfhDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfhDomain, vfh_domain_free)

/* Whether VirtFlow may have to do with it at all; most domains stop mattering here. */
gboolean vfh_domain_concerns_us (const VfhDomain *domain);

/* Whether a text that cannot be parsed looks as if it concerned VirtFlow. */
gboolean vfh_domain_text_concerns_us (const GString *text);
