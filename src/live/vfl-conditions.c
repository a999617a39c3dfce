/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement what is missing on this host. */
#include "vfl-conditions.h"

#include "vf-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    VflLibvirt *libvirt;
    VflDaemon *daemon;
    VflMachines *machines;
    GListStore *list; /* owns this */
} Watch;

static void
add (GPtrArray *found, const char *id, const char *title, const char *sentence, VflCure cure)
{
    g_ptr_array_add (found, vfl_condition_new (id, title, sentence, cure));
}

static void
judge_libvirt (const Watch *watch, GPtrArray *found)
{
    const GError *error = vfl_libvirt_error (watch->libvirt);
    VfReason reason;

    if (vfl_libvirt_link (watch->libvirt) == VFL_LINK_SILENT) {
        g_autofree char *sentence = vf_text_libvirt_silent ();

        add (found, "libvirt-silent", _ ("Libvirt Does Not Answer"), sentence, VFL_CURE_NONE);
    } else if (vfl_libvirt_link (watch->libvirt) == VFL_LINK_DOWN && error != NULL) {
        reason = vf_error_reason (error);
        add (found, vf_reason_id (reason),
             reason == VF_REASON_NOT_AUTHORIZED ? _ ("You May Not Manage Virtual Machines")
             : reason == VF_REASON_NO_LIBVIRT   ? _ ("Libvirt Is Not Running")
                                                : _ ("Libvirt Cannot Be Used"),
             error->message, VFL_CURE_TRY_AGAIN);
    }
}

static void
judge_daemon (const Watch *watch, GPtrArray *found)
{
    const GError *error = vfl_daemon_error (watch->daemon);

    if (vfl_daemon_link (watch->daemon) == VFL_LINK_SILENT) {
        g_autofree char *sentence = vf_text_daemon_silent ();

        add (found, "daemon-silent", _ ("VirtFlow’s Service Does Not Answer"), sentence,
             VFL_CURE_NONE);
    } else if (vfl_daemon_link (watch->daemon) == VFL_LINK_DOWN && error != NULL) {
        add (found, vf_reason_id (vf_error_reason (error)), _ ("VirtFlow’s Service Is Not Running"),
             error->message, VFL_CURE_TRY_AGAIN);
    }
}

static const char *
obstacle_title (VfReason reason)
{
    if (reason == VF_REASON_NO_IOMMU)
        return _ ("The IOMMU Is Off");
    if (reason == VF_REASON_NO_VFIO_PCI)
        return _ ("The Kernel Cannot Hand Out Devices");
    return _ ("No Card Can Be Passed");
}

static const char *
notice_title (VfReason reason)
{
    if (reason == VF_REASON_HOOK_NOT_CALLED)
        return _ ("Libvirt Does Not Tell VirtFlow of Its VMs");
    return _ ("Something Should Be Put Right");
}

static void
judge_host (const Watch *watch, GPtrArray *found)
{
    g_autoptr (GPtrArray) obstacles = vfl_daemon_obstacles (watch->daemon);
    g_autoptr (GPtrArray) notices = vfl_daemon_notices (watch->daemon);
    guint n_gpus = g_list_model_get_n_items (vfl_daemon_gpus (watch->daemon));

    if (vfl_daemon_link (watch->daemon) != VFL_LINK_UP)
        return;
    for (guint i = 0; i < obstacles->len; i++) {
        const VfBlocker *obstacle = g_ptr_array_index (obstacles, i);

        add (found, vf_reason_id (obstacle->reason), obstacle_title (obstacle->reason),
             obstacle->sentence, VFL_CURE_NONE);
    }
    for (guint i = 0; i < notices->len; i++) {
        const VfBlocker *notice = g_ptr_array_index (notices, i);

        add (found, vf_reason_id (notice->reason), notice_title (notice->reason), notice->sentence,
             VFL_CURE_NONE);
    }
    if (n_gpus < 2) {
        g_autofree char *sentence = vf_text_too_few_gpus (n_gpus);

        add (found, "no-second-gpu",
             n_gpus == 0 ? _ ("No Graphics Card") : _ ("Only One Graphics Card"), sentence,
             VFL_CURE_NONE);
    }
}

static void
judge_machines (const Watch *watch, GPtrArray *found)
{
    const GError *error = vfl_machines_error (watch->machines);
    g_autofree char *sentence = NULL;

    if (error != NULL)
        add (found, "list", _ ("The Machines Cannot Be Listed"), error->message, VFL_CURE_NONE);
    if (!vfl_machines_is_loaded (watch->machines)
        || g_list_model_get_n_items (vfl_machines_list (watch->machines)) > 0)
        return;
    sentence = vf_text_no_machines ();
    add (found, "no-machines", _ ("No Virtual Machines"), sentence, VFL_CURE_NONE);
}

static gboolean
is_the_same (GListModel *list, const GPtrArray *found)
{
    if (g_list_model_get_n_items (list) != found->len)
        return FALSE;
    for (guint i = 0; i < found->len; i++) {
        g_autoptr (VflCondition) known = g_list_model_get_item (list, i);

        if (!vfl_condition_equal (known, g_ptr_array_index (found, i)))
            return FALSE;
    }
    return TRUE;
}

static void
judge (Watch *watch)
{
    g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);

    judge_libvirt (watch, found);
    judge_daemon (watch, found);
    judge_host (watch, found);
    judge_machines (watch, found);
    if (!is_the_same (G_LIST_MODEL (watch->list), found))
        g_list_store_splice (watch->list, 0, g_list_model_get_n_items (G_LIST_MODEL (watch->list)),
                             found->pdata, found->len);
}

static void
free_watch (gpointer data)
{
    Watch *watch = data;

    g_signal_handlers_disconnect_by_data (watch->libvirt, watch);
    g_signal_handlers_disconnect_by_data (watch->daemon, watch);
    g_signal_handlers_disconnect_by_data (vfl_daemon_gpus (watch->daemon), watch);
    g_signal_handlers_disconnect_by_data (watch->machines, watch);
    g_signal_handlers_disconnect_by_data (vfl_machines_list (watch->machines), watch);
    g_object_unref (watch->libvirt);
    g_object_unref (watch->daemon);
    g_object_unref (watch->machines);
    g_free (watch);
}

GListModel *
vfl_conditions_new (VflLibvirt *libvirt, VflDaemon *daemon, VflMachines *machines)
{
    Watch *watch = g_new0 (Watch, 1);

    watch->libvirt = g_object_ref (libvirt);
    watch->daemon = g_object_ref (daemon);
    watch->machines = g_object_ref (machines);
    watch->list = g_list_store_new (VFL_TYPE_CONDITION);
    g_object_set_data_full (G_OBJECT (watch->list), "watch", watch, free_watch);
    g_signal_connect_swapped (libvirt, "link", G_CALLBACK (judge), watch);
    g_signal_connect_swapped (daemon, "link", G_CALLBACK (judge), watch);
    g_signal_connect_swapped (vfl_daemon_gpus (daemon), "items-changed", G_CALLBACK (judge), watch);
    g_signal_connect_swapped (machines, "notify::loaded", G_CALLBACK (judge), watch);
    g_signal_connect_swapped (vfl_machines_list (machines), "items-changed", G_CALLBACK (judge),
                              watch);
    judge (watch);
    return G_LIST_MODEL (watch->list);
}

VflCondition *
vfl_conditions_find (GListModel *conditions, const char *id)
{
    for (guint i = 0; i < g_list_model_get_n_items (conditions); i++) {
        g_autoptr (VflCondition) condition = g_list_model_get_item (conditions, i);

        if (strcmp (vfl_condition_id (condition), id) == 0)
            return condition;
    }
    return NULL;
}
