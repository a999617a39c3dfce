/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a lent GPU is reserved for. A small value with owned strings. */
#pragma once

#include <glib.h>

typedef enum {
    VF_CLAIM_NONE,
    VF_CLAIM_USER, /* lent by hand; id is the uid in decimal */
    VF_CLAIM_VM,   /* id is the domain's UUID */
} VfClaimKind;

typedef struct {
    VfClaimKind kind;
    char *id;    /* "" for VF_CLAIM_NONE */
    char *label; /* what a person calls it: VM name or user name */
} VfClaim;

VfClaim *vf_claim_new (VfClaimKind kind, const char *id, const char *label);
VfClaim *vf_claim_copy (const VfClaim *claim);
void vf_claim_free (VfClaim *claim);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfClaim, vf_claim_free)

/* Same kind and id; the label does not count. NULL equals a claim of kind VF_CLAIM_NONE. */
gboolean vf_claim_equal (const VfClaim *a, const VfClaim *b);

/* "none", "user" or "vm". */
const char *vf_claim_kind_id (VfClaimKind kind);

/* Type "(sss)": kind, id, label. Floating. */
GVariant *vf_claim_to_variant (const VfClaim *claim);
/* NULL for a variant of another form. */
VfClaim *vf_claim_from_variant (GVariant *variant);
