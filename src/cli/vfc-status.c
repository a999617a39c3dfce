/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow status", which is also what virtflow alone does. */
#include "vfc-commands.h"

#include "vfc-libvirt.h"
#include "vfc-survey.h"
#include "vfc-vm.h"

#include "vf-text.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

typedef struct {
    VfDbusHost *host; /* NULL without the daemon; belongs to the run */
    GPtrArray *gpus;
    GPtrArray *machines; /* NULL when libvirt does not answer */
    GPtrArray *pairings;
    GError *libvirt_error;
} Status;

static void
status_clear (Status *status)
{
    g_clear_pointer (&status->gpus, g_ptr_array_unref);
    g_clear_pointer (&status->machines, g_ptr_array_unref);
    g_clear_pointer (&status->pairings, g_ptr_array_unref);
    g_clear_error (&status->libvirt_error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Status, status_clear)

static gboolean
look (VfcRun *run, Status *status, GError **error)
{
    g_autoptr (virConnect) connection = NULL;

    status->gpus = vfc_survey_with_daemon (run, error);
    if (status->gpus == NULL)
        return FALSE;
    if (run->client != NULL) {
        status->host = vf_client_host (run->client);
        status->pairings = vf_pairing_list (run->client, error);
        if (status->pairings == NULL)
            return FALSE;
    } else
        status->pairings = g_ptr_array_new ();
    connection = vfc_libvirt_open (run, &status->libvirt_error);
    if (connection != NULL)
        status->machines = vf_machine_list (connection, &status->libvirt_error);
    if (!vf_error_is (status->libvirt_error, VF_REASON_FOREIGN_LIBVIRT))
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&status->libvirt_error));
    return FALSE;
}

static GPtrArray *
obstacles_of (VfDbusHost *host)
{
    GVariant *variant = host != NULL ? vf_dbus_host_get_obstacles (host) : NULL;

    return variant != NULL ? vf_blockers_from_variant (variant) : NULL;
}

static GPtrArray *
notices_of (VfDbusHost *host)
{
    GVariant *variant = host != NULL ? vf_dbus_host_get_notices (host) : NULL;

    return variant != NULL ? vf_blockers_from_variant (variant) : NULL;
}

static void
add_daemon (VfDbusHost *host, JsonBuilder *builder)
{
    g_autoptr (GPtrArray) obstacles = obstacles_of (host);
    g_autoptr (GPtrArray) notices = notices_of (host);

    json_builder_set_member_name (builder, "daemon");
    if (host == NULL) {
        json_builder_add_null_value (builder);
        return;
    }
    json_builder_begin_object (builder);
    vfc_json_text (builder, "version", vf_dbus_host_get_version (host));
    vfc_json_blockers (builder, obstacles);
    vfc_json_notices (builder, notices);
    json_builder_end_object (builder);
}

static void
answer (VfcRun *run, const Status *status)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    add_daemon (status->host, builder);
    vfc_json_flag (builder, "libvirt", status->machines != NULL);
    vfc_gpu_add_json_list (status->gpus, builder);
    if (status->machines != NULL)
        vfc_vm_add_json_list (status->machines, status->pairings, builder);
    else
        vfc_json_text (builder, "vms", NULL);
    vfc_json_end (run, builder);
}

/* Why a GPU is left alone, which its state alone does not say. */
static void
print_wedges (const GPtrArray *gpus)
{
    for (guint i = 0; i < gpus->len; i++) {
        const VfcGpu *gpu = g_ptr_array_index (gpus, i);

        for (guint k = 0; gpu->blockers != NULL && k < gpu->blockers->len; k++) {
            const VfBlocker *blocker = g_ptr_array_index (gpu->blockers, k);

            if (blocker->reason == VF_REASON_WEDGED)
                printf ("\n%s: %s\n", gpu->address, blocker->sentence);
        }
    }
}

static void
print (const VfcRun *run, const Status *status)
{
    g_autoptr (GPtrArray) obstacles = obstacles_of (status->host);
    g_autoptr (GPtrArray) notices = notices_of (status->host);
    g_autofree char *too_few = NULL;

    for (guint i = 0; obstacles != NULL && i < obstacles->len; i++) {
        const VfBlocker *obstacle = g_ptr_array_index (obstacles, i);

        printf (_ ("No GPU of this host can be lent: %s\n\n"), obstacle->sentence);
    }
    for (guint i = 0; notices != NULL && i < notices->len; i++)
        printf ("%s\n\n", ((VfBlocker *) g_ptr_array_index (notices, i))->sentence);
    if (status->gpus->len > 0)
        vfc_gpu_print_table (run, status->gpus);
    print_wedges (status->gpus);
    if (status->gpus->len < 2) {
        too_few = vf_text_too_few_gpus (status->gpus->len);
        printf ("%s\n", too_few);
    }
    if (status->machines == NULL || status->machines->len == 0)
        return;
    putchar ('\n');
    vfc_vm_print_table (run, status->machines, status->pairings);
}

static gboolean
show_status (VfcRun *run, char **arguments, GError **error)
{
    g_auto (Status) status = { 0 };

    if (!look (run, &status, error))
        return FALSE;
    if (run->json)
        answer (run, &status);
    else
        print (run, &status);
    if (status.libvirt_error != NULL)
        vfc_say ("The VMs are not known. %s", status.libvirt_error->message);
    return TRUE;
}

const VfcCommand vfc_command_status = {
    .name = "status",
    .arguments = "",
    .description = "Shows on one screen what keeps this host from lending GPUs or should be put"
                   " right, its GPUs and\nwhere they are, and its VMs.",
    .example = "  virtflow status\n  virtflow",
    .run = show_status,
};
