/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the answers of the probe. Reads only. */
#include "vfp-question.h"

#include "vf-device-nodes.h"
#include "vf-error.h"
#include "vf-holders.h"
#include "vf-libvirt-traces.h"
#include "vf-worker-process.h"

#include <string.h>

typedef GPtrArray *(*ListNodes) (const VfSysfs *root, VfPciAddress address, GError **error);

static gboolean
is_same_node (gconstpointer a, gconstpointer b)
{
    const VfDeviceNode *first = a;
    const VfDeviceNode *second = b;

    return first->number == second->number && strcmp (first->name, second->name) == 0;
}

/* Adds the nodes of all @functions, each of them once: two functions of an IOMMU group share one.
 */
static gboolean
collect_nodes (
    const VfSysfs *root, const GArray *functions, ListNodes list, GPtrArray *nodes, GError **error)
{
    for (guint i = 0; i < functions->len; i++) {
        g_autoptr (GPtrArray) own = list (root, g_array_index (functions, VfPciAddress, i), error);

        if (own == NULL)
            return FALSE;
        for (guint k = own->len; k-- > 0;)
            if (!g_ptr_array_find_with_equal_func (nodes, own->pdata[k], is_same_node, NULL))
                g_ptr_array_add (nodes, g_ptr_array_steal_index (own, k));
    }
    return TRUE;
}

/* Whether somebody is among @holders who neither lets go by himself nor is stopped by a lend. */
static gboolean
any_blocks (const GPtrArray *holders)
{
    for (guint i = 0; i < holders->len; i++) {
        const VfHolder *holder = g_ptr_array_index (holders, i);

        if (!vf_holder_is_idle_sound_server (holder) && !vf_holder_is_known_service (holder))
            return TRUE;
    }
    return FALSE;
}

/* A list without anybody who blocks is a promise: it must not be cut off, and no process may have
 * been left out of it. */
static gboolean
check_complete (const GPtrArray *holders, guint n_hidden, GError **error)
{
    if (any_blocks (holders))
        return TRUE;
    if (n_hidden > 0) {
        vf_error_set (error, VF_REASON_INTERNAL,
                      "Cannot see what %u processes have open, so one of them may use the card.",
                      n_hidden);
        return FALSE;
    }
    if (holders->len < VF_HOLDERS_MAX)
        return TRUE;
    vf_error_set (error, VF_REASON_HELD_BY_PROCESS,
                  "More than %d processes that look like services have the card open. End "
                  "them, then try again.",
                  VF_HOLDERS_MAX);
    return FALSE;
}

void
vfp_visit_clear (VfpVisit *visit)
{
    g_clear_pointer (&visit->nodes, g_ptr_array_unref);
}

/* Takes @nodes, and remembers them for the rest of the visit. */
static GVariant *
find_holders (VfpVisit *visit, GPtrArray *nodes, GError **error)
{
    g_autoptr (GPtrArray) holders = NULL;
    guint n_hidden = 0;

    vfp_visit_clear (visit);
    visit->nodes = nodes;
    holders = vf_holders_find (visit->root, nodes, &n_hidden, error);
    if (holders == NULL || !check_complete (holders, n_hidden, error))
        return NULL;
    return vf_holders_to_variant (holders);
}

static GPtrArray *
new_list (void)
{
    return g_ptr_array_new_with_free_func ((GDestroyNotify) vf_device_node_free);
}

GVariant *
vfp_question_holders (VfpVisit *visit, const GArray *functions, GError **error)
{
    g_autoptr (GPtrArray) nodes = new_list ();

    if (!collect_nodes (visit->root, functions, vf_device_nodes_of_host, nodes, error)
        || !collect_nodes (visit->root, functions, vf_device_nodes_shared, nodes, error))
        return NULL;
    return find_holders (visit, g_steal_pointer (&nodes), error);
}

GVariant *
vfp_question_vfio_users (VfpVisit *visit, const GArray *functions, GError **error)
{
    g_autoptr (GPtrArray) nodes = new_list ();

    if (!collect_nodes (visit->root, functions, vf_device_nodes_of_vfio, nodes, error))
        return NULL;
    return find_holders (visit, g_steal_pointer (&nodes), error);
}

GVariant *
vfp_question_still_held (VfpVisit *visit, const GArray *functions, GError **error)
{
    g_autoptr (GPtrArray) none = g_ptr_array_new ();
    g_autoptr (GPtrArray) holders = NULL;
    guint n_hidden = 0;

    holders =
        vf_holders_find (visit->root, visit->nodes != NULL ? visit->nodes : none, &n_hidden, error);
    return holders != NULL ? vf_holders_to_variant (holders) : NULL;
}

static VfPciAddress
first_of (const GArray *functions)
{
    return g_array_index (functions, VfPciAddress, 0);
}

GVariant *
vfp_question_stuck (VfpVisit *visit, const GArray *functions, GError **error)
{
    g_autoptr (GPtrArray) workers =
        vf_worker_process_find (visit->root, first_of (functions), error);

    return workers != NULL ? vf_worker_processes_to_variant (workers) : NULL;
}

GVariant *
vfp_question_domains (VfpVisit *visit, const GArray *functions, GError **error)
{
    g_autoptr (GPtrArray) names = vf_libvirt_traces_find (visit->root, first_of (functions), error);

    if (names == NULL)
        return NULL;
    return g_variant_new_strv ((const char *const *) names->pdata, (gssize) names->len);
}
