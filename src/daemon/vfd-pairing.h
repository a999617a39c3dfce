/* SPDX-License-Identifier: GPL-3.0-or-later */
/* That a VM may have a GPU, and the VM's original text: authorised once. A value. */
#pragma once

#include "vf-pci-address.h"

#include <gio/gio.h>

typedef struct {
    char *uuid; /* of the domain, lower case, in canonical form */
    char *name; /* of the domain when it was paired */
    VfPciAddress gpu;
    char *identity; /* vf_gpu_identity() */
    char *profile;
    gboolean on_start; /* bind at each start, not at activation */
    gboolean pending;  /* nobody has said yet that the domain was defined with its GPU */
    GBytes
        *before;   /* the domain's text before activation, with its final NUL; may hold passwords */
    GBytes *after; /* right after it; "" while pending */
    char *owner;   /* unique bus name that made it, while it is pending; not stored */
    char *opener;  /* unique bus name that was authorised to open it last; not stored */
    guint owner_watch;
} VfdPairing;

void vfd_pairing_free (VfdPairing *pairing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdPairing, vfd_pairing_free)

/* A UUID as libvirt prints it: lower case, with dashes. */
gboolean vfd_pairing_is_uuid (const char *text);

/* uuid, name, gpu, identity, profile, on start, pending, before, after. */
#define VFD_PAIRING_VARIANT_TYPE "(sssssbbayay)"

/* As it is stored. Floating. */
GVariant *vfd_pairing_to_variant (const VfdPairing *pairing);

/* From a variant of that type; NULL for one that no pairing has made. */
VfdPairing *vfd_pairing_from_variant (GVariant *variant);
