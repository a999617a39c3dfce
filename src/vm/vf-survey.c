/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is asked of the daemon for the doctor, and the one look at the machine. */
#include "vf-survey.h"

#include "vf-host-facts-reader.h"
#include "vf-snapshot-reader.h"
#include "vf-text.h"

#include <fcntl.h>

static void
note_stuck (VfServiceFacts *facts, VfClientGpu *gpu, VfPciAddress address)
{
    g_autofree char *state = vf_dbus_gpu_dup_state (gpu);
    VfStuckGpu stuck = { .gpu = address, .hangs = g_strcmp0 (state, "wedged") == 0 };

    if (stuck.hangs || g_strcmp0 (state, "mixed") == 0)
        g_array_append_val (facts->stuck, stuck);
}

/* Whether it could be asked. */
static gboolean
ask_about (VfServiceFacts *facts, VfClientGpu *gpu)
{
    g_autofree char *text = vf_dbus_gpu_dup_address (gpu);
    g_autoptr (GPtrArray) holders = NULL;
    g_autoptr (GVariant) about = NULL;
    VfPciAddress address;

    if (!vf_pci_address_parse (text, &address, NULL))
        return FALSE;
    note_stuck (facts, gpu, address);
    if (!vf_client_inspect (gpu, &about, &holders, NULL))
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
    facts->hook_called = vf_dbus_host_get_hook_called (vf_client_host (client));
    facts->holders_known = TRUE;
    for (guint i = 0; i < gpus->len; i++)
        facts->holders_known = ask_about (facts, gpus->pdata[i]) && facts->holders_known;
}

static VfServiceFacts *
ask_services (VfClient *client,
              const GError *daemon_error,
              virConnect *libvirt,
              const GError *libvirt_error)
{
    VfServiceFacts *facts = vf_service_facts_new ();

    if (client != NULL)
        ask_daemon (facts, client);
    else
        facts->daemon_error =
            daemon_error != NULL ? g_strdup (daemon_error->message) : vf_text_daemon_silent ();
    if (libvirt == NULL)
        facts->libvirt_error =
            libvirt_error != NULL ? g_strdup (libvirt_error->message) : vf_text_libvirt_silent ();
    return facts;
}

VfSurvey *
vf_survey_new (VfClient *client,
               const GError *daemon_error,
               virConnect *libvirt,
               const GError *libvirt_error,
               GError **error)
{
    g_autoptr (VfSysfs) root = vf_sysfs_new (open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    g_autoptr (VfSnapshot) machine = vf_snapshot_reader_read (root, error);
    VfSurvey *survey;

    if (machine == NULL)
        return NULL;
    survey = g_new (VfSurvey, 1);
    survey->host = vf_host_facts_reader_read (root, machine);
    survey->machine = g_steal_pointer (&machine);
    survey->services = ask_services (client, daemon_error, libvirt, libvirt_error);
    return survey;
}

void
vf_survey_free (VfSurvey *survey)
{
    vf_snapshot_unref (survey->machine);
    vf_host_facts_free (survey->host);
    vf_service_facts_free (survey->services);
    g_free (survey);
}
