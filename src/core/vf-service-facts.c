/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the value of what is known of services. */
#include "vf-service-facts.h"

#include "vf-blocker.h"

static void
clear_holder (gpointer data)
{
    vf_holder_free (((VfGpuHolder *) data)->holder);
}

VfServiceFacts *
vf_service_facts_new (void)
{
    VfServiceFacts *facts = g_new0 (VfServiceFacts, 1);

    facts->notices = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);
    facts->stuck = g_array_new (FALSE, FALSE, sizeof (VfStuckGpu));
    facts->holders = g_array_new (FALSE, FALSE, sizeof (VfGpuHolder));
    g_array_set_clear_func (facts->holders, clear_holder);
    return facts;
}

void
vf_service_facts_free (VfServiceFacts *facts)
{
    if (facts == NULL)
        return;
    g_free (facts->daemon_error);
    g_ptr_array_unref (facts->notices);
    g_array_unref (facts->stuck);
    g_array_unref (facts->holders);
    g_free (facts->libvirt_error);
    g_free (facts);
}

void
vf_service_facts_add_holder (VfServiceFacts *facts, VfPciAddress gpu, VfHolder *holder)
{
    VfGpuHolder one = { .gpu = gpu, .holder = holder };

    g_array_append_val (facts->holders, one);
}
