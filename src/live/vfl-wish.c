/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the copy of a wish. */
#include "vfl-wish.h"

static gpointer
copy_input (gconstpointer input, gpointer data)
{
    return vf_input_copy (input);
}

VflWish *
vfl_wish_copy (const VflWish *wish)
{
    VflWish *copy = g_memdup2 (wish, sizeof *wish);

    copy->bus = g_strdup (wish->bus);
    copy->machine = vf_machine_copy (wish->machine);
    copy->pairing = wish->pairing != NULL ? vf_pairing_copy (wish->pairing) : NULL;
    copy->gpu = g_strdup (wish->gpu);
    copy->inputs = g_ptr_array_copy ((GPtrArray *) wish->inputs, copy_input, NULL);
    g_ptr_array_set_free_func ((GPtrArray *) copy->inputs, (GDestroyNotify) vf_input_free);
    return copy;
}

void
vfl_wish_free (gpointer data)
{
    VflWish *wish = data;

    g_free ((char *) wish->bus);
    vf_machine_free ((VfMachine *) wish->machine);
    g_clear_pointer ((VfPairing **) &wish->pairing, vf_pairing_free);
    g_free ((char *) wish->gpu);
    g_ptr_array_unref ((GPtrArray *) wish->inputs);
    g_free (wish);
}

VfClientGpu *
vfl_wish_find_gpu (const VflWish *wish, VfClient *client, GError **error)
{
    VfPciAddress address;

    return vf_pci_address_parse (wish->gpu, &address, error)
               ? vf_client_find_gpu (client, address, error)
               : NULL;
}

VfActivationWish
vfl_wish_for_activation (const VflWish *wish, VfClientGpu *gpu)
{
    return (VfActivationWish){ .gpu = gpu,
                               .profile = VF_DISPLAY_PROFILE_MONITOR,
                               .on_start = wish->on_start,
                               .inputs = wish->inputs };
}
