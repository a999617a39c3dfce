/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the items of a set-up. */
#include "vf-setup-item.h"

VfSetupItem *
vf_setup_item_new (const char *id, VfEffect effect, char *purpose)
{
    VfSetupItem *item = g_new0 (VfSetupItem, 1);

    item->id = id;
    item->purpose = purpose;
    item->effect = effect;
    item->amendments = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_amendment_free);
    return item;
}

void
vf_setup_item_free (VfSetupItem *item)
{
    g_free (item->purpose);
    g_ptr_array_unref (item->amendments);
    g_free (item->by_hand);
    g_free (item);
}

void
vf_setup_item_add (VfSetupItem *item, VfAmendment *amendment)
{
    g_ptr_array_add (item->amendments, amendment);
}
