/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the D-Bus object of the host. */
#include "vfd-host-object.h"

#include "vf-blocker.h"
#include "vf-text.h"
#include "vfd-libvirt-pulse.h"
#include "vfd-pairing-calls.h"
#include "vfd-recovery.h"

static gboolean
is_present (VfdDaemon *daemon, const VfdPairing *pairing)
{
    g_autofree char *identity = NULL;
    VfGpu gpu;

    if (!vf_gpu_find (vfd_inventory_snapshot (daemon->inventory), pairing->gpu, &gpu))
        return FALSE;
    identity = vf_gpu_identity (&gpu);
    return g_str_equal (identity, pairing->identity);
}

static GVariant *
describe_pairings (VfdDaemon *daemon)
{
    g_autoptr (GPtrArray) pairings = vfd_pairings_list (daemon->pairings);
    GVariantBuilder list;

    g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
    for (guint i = 0; i < pairings->len; i++) {
        const VfdPairing *pairing = g_ptr_array_index (pairings, i);
        VfPciAddressText gpu = vf_pci_address_format (pairing->gpu);

        g_variant_builder_open (&list, G_VARIANT_TYPE ("a{sv}"));
        g_variant_builder_add (&list, "{sv}", "uuid", g_variant_new_string (pairing->uuid));
        g_variant_builder_add (&list, "{sv}", "name", g_variant_new_string (pairing->name));
        g_variant_builder_add (&list, "{sv}", "gpu", g_variant_new_string (gpu.text));
        g_variant_builder_add (&list, "{sv}", "profile", g_variant_new_string (pairing->profile));
        g_variant_builder_add (&list, "{sv}", "on-start",
                               g_variant_new_boolean (pairing->on_start));
        g_variant_builder_add (&list, "{sv}", "pending", g_variant_new_boolean (pairing->pending));
        g_variant_builder_add (&list, "{sv}", "present",
                               g_variant_new_boolean (is_present (daemon, pairing)));
        g_variant_builder_close (&list);
    }
    return g_variant_builder_end (&list);
}

/* @skeleton remembers what the clients know. Whether a card is present changes without its pairing,
 * and the other way round most looks at the machine find nothing new. */
static void
tell_pairings (gpointer skeleton)
{
    GVariant *told = g_object_get_data (G_OBJECT (skeleton), "told-pairings");
    g_autoptr (GVariant) now =
        g_variant_ref_sink (describe_pairings (g_object_get_data (G_OBJECT (skeleton), "daemon")));

    if (told != NULL && g_variant_equal (told, now))
        return;
    g_object_set_data_full (G_OBJECT (skeleton), "told-pairings", g_variant_ref (now),
                            (GDestroyNotify) g_variant_unref);
    vf_dbus_host_emit_pairings_changed (skeleton);
}

static void
on_list_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    VfDbusHost *skeleton = data;
    VfdDaemon *daemon = g_object_get_data (G_OBJECT (skeleton), "daemon");

    vf_dbus_host_complete_list_pairings (skeleton, invocation, describe_pairings (daemon));
}

static gboolean
on_list_pairings (VfDbusHost *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
    VfdDaemon *daemon = data;

    vfg_authorizer_check (daemon->authorizer, invocation, "", on_list_granted, skeleton, NULL);
    return TRUE;
}

static gboolean
on_confirm_pairing (VfDbusHost *skeleton,
                    GDBusMethodInvocation *invocation,
                    const char *uuid,
                    const char *after,
                    gpointer data)
{
    vfd_pairing_call_confirm (data, skeleton, invocation, uuid, after);
    return TRUE;
}

static gboolean
on_open_pairing (VfDbusHost *skeleton,
                 GDBusMethodInvocation *invocation,
                 const char *uuid,
                 gpointer data)
{
    vfd_pairing_call_open (data, skeleton, invocation, uuid);
    return TRUE;
}

static gboolean
on_drop_pairing (VfDbusHost *skeleton,
                 GDBusMethodInvocation *invocation,
                 const char *uuid,
                 gpointer data)
{
    vfd_pairing_call_drop (data, skeleton, invocation, uuid);
    return TRUE;
}

static void
on_recovered (GPtrArray *sentences, const GError *failure, gpointer data)
{
    vfd_recovery_answer (data, sentences);
}

static void
on_recover_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    vfd_recovery_start (data, VFD_RECOVERY_ASKED, on_recovered, invocation);
}

static gboolean
on_recover (VfDbusHost *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
    VfdDaemon *daemon = data;

    vfg_authorizer_check (daemon->authorizer, invocation, "all GPUs", on_recover_granted, daemon,
                          NULL);
    return TRUE;
}

static void
add_obstacle (GPtrArray *obstacles, VfReason reason, char *sentence)
{
    g_ptr_array_add (obstacles, vf_blocker_new (reason, "host", sentence));
}

static void
add_notice (GPtrArray *notices, VfReason reason, char *sentence)
{
    g_ptr_array_add (notices, vf_blocker_new (reason, "host", sentence));
}

/* They are in the machine, and not among those that can be asked of. */
static void
add_unknown_gpus (GPtrArray *notices, VfdDaemon *daemon)
{
    g_autoptr (GArray) present = vf_gpu_list (vfd_inventory_snapshot (daemon->inventory));

    for (guint i = 0; i < present->len; i++) {
        VfPciAddress address = g_array_index (present, VfGpu, i).address;

        if (vfd_gpu_find (daemon, address) == NULL)
            add_notice (notices, VF_REASON_FOREIGN_STATE, vf_text_state_unknown (address));
    }
}

static void
show_notices (VfDbusHost *skeleton, VfdDaemon *daemon)
{
    const char *vm = vfd_hook_pulse_missed (daemon->hook_pulse);
    g_autoptr (GPtrArray) notices =
        g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);

    if (vm != NULL)
        add_notice (notices, VF_REASON_HOOK_NOT_CALLED,
                    vf_text_hook_not_called (vm, vfd_libvirt_pulse_unit (daemon->root)));
    add_unknown_gpus (notices, daemon);
    vf_dbus_host_set_notices (skeleton, vf_blockers_to_variant (notices));
    vf_dbus_host_set_hook_called (skeleton, vfd_hook_pulse_felt (daemon->hook_pulse));
}

void
vfd_host_object_show (VfDbusHost *skeleton, VfdDaemon *daemon)
{
    const VfSnapshot *snapshot = vfd_inventory_snapshot (daemon->inventory);
    g_autoptr (GPtrArray) obstacles =
        g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);

    if (!vf_snapshot_has_iommu (snapshot))
        add_obstacle (obstacles, VF_REASON_NO_IOMMU, vf_text_host_without_iommu ());
    if (vf_snapshot_vfio (snapshot) == VF_VFIO_MISSING)
        add_obstacle (obstacles, VF_REASON_NO_VFIO_PCI, vf_text_no_vfio ());
    vf_dbus_host_set_obstacles (skeleton, vf_blockers_to_variant (obstacles));
    show_notices (skeleton, daemon);
}

VfDbusHost *
vfd_host_object_new (VfdDaemon *daemon)
{
    VfDbusHost *skeleton = vf_dbus_host_skeleton_new ();

    g_object_set_data (G_OBJECT (skeleton), "daemon", daemon);
    vf_dbus_host_set_version (skeleton, VIRTFLOW_VERSION);
    tell_pairings (skeleton);
    vfd_pairings_listen (daemon->pairings, tell_pairings, skeleton);
    vfd_inventory_listen (daemon->inventory, tell_pairings, skeleton);
    g_signal_connect (skeleton, "handle-list-pairings", G_CALLBACK (on_list_pairings), daemon);
    g_signal_connect (skeleton, "handle-confirm-pairing", G_CALLBACK (on_confirm_pairing), daemon);
    g_signal_connect (skeleton, "handle-open-pairing", G_CALLBACK (on_open_pairing), daemon);
    g_signal_connect (skeleton, "handle-drop-pairing", G_CALLBACK (on_drop_pairing), daemon);
    g_signal_connect (skeleton, "handle-recover", G_CALLBACK (on_recover), daemon);
    return skeleton;
}
