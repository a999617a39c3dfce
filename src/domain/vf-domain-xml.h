/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One libvirt domain as a value: parsed once, checked, never changed afterwards. An edit makes a
 * new one (vf-domain-edit.h). */
#pragma once

#include "vf-pci-address.h"

#include <glib.h>

/* No domain is longer than this many bytes. */
#define VF_DOMAIN_XML_MAX (1024 * 1024)

/* The namespace of VirtFlow's marker in a domain's <metadata>. */
#define VF_DOMAIN_XML_NAMESPACE "https://virtflow.org/xmlns/libvirt/domain/1.0"

typedef struct VfDomainXml VfDomainXml;

/* One function of the host that the domain takes for itself: a PCI <hostdev>, an <interface> of
 * type hostdev, or the controller of an NVMe <disk>. */
typedef struct {
    VfPciAddress source;
    gboolean managed;   /* libvirt binds and returns it; VirtFlow's own are not managed */
    gboolean has_guest; /* whether @guest says where the guest sees it */
    VfPciAddress guest;
} VfDomainHostdev;

/* Reads @length bytes of @text (-1: up to the NUL). Refuses, with VF_REASON_INVALID_DOMAIN_XML,
 * what is longer than VF_DOMAIN_XML_MAX, not UTF-8, not well-formed, has a document type or
 * entities of its own, or whose root is not <domain>. Nothing outside of @text is ever read. The
 * caller owns one reference to the result. */
VfDomainXml *vf_domain_xml_parse (const char *text, gssize length, GError **error);

VfDomainXml *vf_domain_xml_ref (VfDomainXml *self);
void vf_domain_xml_unref (VfDomainXml *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfDomainXml, vf_domain_xml_unref)

/* The text: for a parsed domain the very bytes that were parsed; for an edited one as libvirt
 * prints it, with all comments and unknown elements. Owned by @self. */
const char *vf_domain_xml_text (const VfDomainXml *self);

/* Name and UUID; NULL where the text has none (what libvirt prints has both). Owned by @self. Names
 * hold what their owner liked: escape them before they reach a terminal, use none as a key. */
const char *vf_domain_xml_name (const VfDomainXml *self);
const char *vf_domain_xml_uuid (const VfDomainXml *self);

/* The functions of the host that the domain names, in the order of the text. An entry without a
 * readable source address is left out: libvirt itself refuses such a domain. An array of
 * VfDomainHostdev; owned by the caller. */
GArray *vf_domain_xml_hostdevs (const VfDomainXml *self);

/* The profile in VirtFlow's marker: "monitor"; "" if the marker names none; NULL if the domain has
 * no marker. Owned by @self. The marker says that an edit was made, and never proves a pairing:
 * whoever may define the domain may write it. */
const char *vf_domain_xml_mark (const VfDomainXml *self);

/* Whether both say the same to libvirt: order of attributes and of elements of different names,
 * white space between elements, comments, quotes and libvirt's own implicit <audio type='none'/>
 * make no difference. */
gboolean vf_domain_xml_equal (const VfDomainXml *a, const VfDomainXml *b);
