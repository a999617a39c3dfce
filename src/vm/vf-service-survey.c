/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is asked of the daemon for the doctor. */
#include "vf-service-survey.h"

static gboolean
ask_for_holders (VfServiceFacts *facts, VfClientGpu *gpu)
{
    g_autofree char *text = vf_dbus_gpu_dup_address (gpu);
    g_autoptr (GPtrArray) holders = NULL;
    g_autoptr (GVariant) about = NULL;
    VfPciAddress address;

    if (!vf_pci_address_parse (text, &address, NULL)
        || !vf_client_inspect (gpu, &about, &holders, NULL))
        return FALSE;
    while (holders->len > 0)
        vf_service_facts_add_holder (facts, address, g_ptr_array_steal_index (holders, 0));
    return TRUE;
}

static void
ask_daemon (VfServiceFacts *facts, VfClient *client)
{
    GVariant *notices = vf_dbus_host_get_notices (vf_client_host (client));
    GPtrArray *known = notices != NULL ? vf_blockers_from_variant (notices) : NULL;
    g_autoptr (GPtrArray) gpus = vf_client_list_gpus (client);

    if (known != NULL) {
        g_ptr_array_unref (facts->notices);
        facts->notices = known;
    }
    facts->holders_known = TRUE;
    for (guint i = 0; i < gpus->len; i++)
        facts->holders_known = ask_for_holders (facts, gpus->pdata[i]) && facts->holders_known;
}

VfServiceFacts *
vf_service_survey (VfClient *client,
                   const GError *daemon_error,
                   virConnect *libvirt,
                   const GError *libvirt_error)
{
    VfServiceFacts *facts = vf_service_facts_new ();

    if (client != NULL)
        ask_daemon (facts, client);
    else
        facts->daemon_error = g_strdup (daemon_error != NULL ? daemon_error->message : "");
    if (libvirt == NULL)
        facts->libvirt_error = g_strdup (libvirt_error != NULL ? libvirt_error->message : "");
    return facts;
}
