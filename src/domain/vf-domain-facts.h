/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person wants to know of a VM's hardware, as its domain says. Values with owned strings;
 * where the domain does not say something a string is NULL. All of them may hold what their owner
 * liked: escape them before they reach a terminal. */
#pragma once

#include "vf-domain-xml.h"
#include "vf-input.h"

typedef struct {
    char *target; /* "vda" */
    char *device; /* "disk", "cdrom", "floppy", "lun" */
    char *source; /* a file or device, "POOL/VOLUME", "PROTOCOL:NAME", or a folder; NULL: empty */
} VfDomainDisk;

typedef struct {
    char *type;   /* "network", "bridge", "user", "hostdev", ... */
    char *source; /* name of the network, the bridge or the host's interface */
    char *mac;
    char *model;
} VfDomainInterface;

typedef struct {
    guint processors;
    guint64 memory; /* in KiB */
    gboolean has_agent_channel;
    GPtrArray *disks;      /* VfDomainDisk, in the order of the text, as all of them */
    GPtrArray *interfaces; /* VfDomainInterface */
    GPtrArray *displays;   /* types of graphics: "spice", "vnc" */
    GPtrArray *inputs;     /* VfInput: keyboards, mice and USB devices of the host */
} VfDomainFacts;

/* Reads them from @domain; the caller owns them. */
VfDomainFacts *vf_domain_facts_new (const VfDomainXml *domain);

void vf_domain_facts_free (VfDomainFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfDomainFacts, vf_domain_facts_free)
