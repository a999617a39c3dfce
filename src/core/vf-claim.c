/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns claims: comparing them and their wire form. */
#include "vf-claim.h"

static const char *const kinds[] = {
    [VF_CLAIM_NONE] = "none",
    [VF_CLAIM_USER] = "user",
    [VF_CLAIM_VM] = "vm",
};

VfClaim *
vf_claim_new (VfClaimKind kind, const char *id, const char *label)
{
    VfClaim *claim = g_new0 (VfClaim, 1);

    claim->kind = kind;
    claim->id = g_strdup (id);
    claim->label = g_strdup (label);
    return claim;
}

VfClaim *
vf_claim_copy (const VfClaim *claim)
{
    return claim == NULL ? NULL : vf_claim_new (claim->kind, claim->id, claim->label);
}

void
vf_claim_free (VfClaim *claim)
{
    if (claim == NULL)
        return;
    g_free (claim->id);
    g_free (claim->label);
    g_free (claim);
}

gboolean
vf_claim_equal (const VfClaim *a, const VfClaim *b)
{
    VfClaimKind kind_a = a == NULL ? VF_CLAIM_NONE : a->kind;
    VfClaimKind kind_b = b == NULL ? VF_CLAIM_NONE : b->kind;

    if (kind_a != kind_b)
        return FALSE;
    return kind_a == VF_CLAIM_NONE || g_strcmp0 (a->id, b->id) == 0;
}

const char *
vf_claim_kind_id (VfClaimKind kind)
{
    return kinds[kind];
}

GVariant *
vf_claim_to_variant (const VfClaim *claim)
{
    if (claim == NULL)
        return g_variant_new ("(sss)", kinds[VF_CLAIM_NONE], "", "");
    return g_variant_new ("(sss)", kinds[claim->kind], claim->id, claim->label);
}

VfClaim *
vf_claim_from_variant (GVariant *variant)
{
    const char *kind, *id, *label;

    if (!g_variant_is_of_type (variant, G_VARIANT_TYPE ("(sss)")))
        return NULL;
    g_variant_get (variant, "(&s&s&s)", &kind, &id, &label);
    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
        if (g_str_equal (kind, kinds[i]))
            return vf_claim_new ((VfClaimKind) i, id, label);
    }
    return NULL;
}
