/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the course of a recovery by hand. */
#include "vfd-rescue.h"

#include "vf-error.h"
#include "vf-text.h"
#include "vfd-config.h"
#include "vfd-helper-children.h"
#include "vfd-recovery.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    VfdDaemon daemon;
    VfdHelperChildren *children; /* NULL when the sockets of others are used */
    GMainLoop *loop;
    gboolean ended;
    GHashTable *told; /* addresses of GPUs that had their sentence */
    int status;
} Rescue;

/* The first failure is the one that the program ends with. */
static void
note (Rescue *rescue, const GError *error)
{
    if (error != NULL && rescue->status == 0)
        rescue->status = vf_error_code_exit_status (vf_error_code (error));
}

static void
tell (Rescue *rescue, const char *sentence)
{
    g_auto (GStrv) lines = g_strsplit (sentence, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *shown = vf_text_escape (lines[i]);

        puts (shown);
    }
    g_hash_table_add (rescue->told, g_strndup (sentence, strcspn (sentence, " ")));
}

static void
tell_unreadable (Rescue *rescue, VfPciAddress address, const GError *error)
{
    VfPciAddressText text = vf_pci_address_format (address);
    g_autofree char *sentence = g_strdup_printf (
        "%s is left alone: its journal /run/virtflow/gpu/%s cannot be used (%s). 'virtflow recover "
        "%s' throws that away and brings the card to its host drivers.",
        text.text, text.text, error->message, text.text);

    tell (rescue, sentence);
    note (rescue, error);
}

static void
find_gpu (Rescue *rescue, VfPciAddress address, gboolean is_named)
{
    g_autoptr (GError) error = NULL;
    VfdGpu *gpu;

    if (vfd_gpu_find (&rescue->daemon, address) != NULL)
        return;
    gpu = vfd_gpu_new (&rescue->daemon, address, &error);
    if (gpu == NULL && is_named)
        gpu = vfd_gpu_new_unrecorded (&rescue->daemon, address);
    if (gpu != NULL)
        g_ptr_array_add (rescue->daemon.gpus, gpu);
    else
        tell_unreadable (rescue, address, error);
}

/* Those in the machine. What a journal tells of a card that is not there, nobody can bring home. */
static void
find_gpus (Rescue *rescue)
{
    g_autoptr (GArray) present = vf_gpu_list (vfd_inventory_snapshot (rescue->daemon.inventory));

    for (guint i = 0; i < present->len; i++)
        find_gpu (rescue, g_array_index (present, VfGpu, i).address, FALSE);
}

/* Of the others that it is all right, or how it stands. */
static void
tell_rest (Rescue *rescue)
{
    for (guint i = 0; i < rescue->daemon.gpus->len; i++) {
        const VfdGpu *gpu = g_ptr_array_index (rescue->daemon.gpus, i);
        VfPciAddressText address = vf_pci_address_format (vfd_gpu_address (gpu));
        g_autofree char *state =
            vf_text_gpu_state (vfd_gpu_state_id (gpu), vfd_gpu_lease (gpu)->claim, FALSE);
        g_autofree char *sentence = g_strdup_printf ("%s is %s.", address.text, state);

        if (!g_hash_table_contains (rescue->told, address.text))
            tell (rescue, sentence);
    }
}

static void
on_recovered (GPtrArray *sentences, const GError *failure, gpointer data)
{
    Rescue *rescue = data;

    for (guint i = 0; i < sentences->len; i++)
        tell (rescue, g_ptr_array_index (sentences, i));
    note (rescue, failure);
    rescue->ended = TRUE;
    g_main_loop_quit (rescue->loop);
}

static gboolean
recover_named (Rescue *rescue, const char *name, GError **error)
{
    g_autofree char *whole = g_strconcat ("0000:", name, NULL);
    VfPciAddress address;
    VfGpu gpu;

    if (!vf_pci_address_parse (whole, &address, NULL)
        && !vf_pci_address_parse (name, &address, error))
        return FALSE;
    if (!vf_gpu_find (vfd_inventory_snapshot (rescue->daemon.inventory), address, &gpu)) {
        g_autofree char *sentence = vf_text_no_such_gpu (name);

        vf_error_set (error, VF_REASON_NO_SUCH_GPU, "%s", sentence);
        return FALSE;
    }
    find_gpu (rescue, gpu.address, TRUE);
    vfd_gpu_suspect (vfd_gpu_find (&rescue->daemon, gpu.address));
    vfd_recovery_fetch (vfd_gpu_find (&rescue->daemon, gpu.address), on_recovered, rescue);
    return TRUE;
}

/* A mistake in it keeps the daemon down, and must not keep the card away as well. */
static VfPolicy *
load_policy (const VfdSetup *setup)
{
    g_autoptr (GError) error = NULL;
    VfPolicy *policy = vfd_config_load (setup->config, &error);

    if (policy != NULL)
        return policy;
    g_printerr ("virtflowd: %s\nMeanwhile the defaults count.\n", error->message);
    return vf_policy_new ();
}

static gboolean
prepare (Rescue *rescue, const VfdSetup *setup, GError **error)
{
    VfdDaemon *daemon = &rescue->daemon;

    daemon->run_folder = (VfdRunFolder){ -1, -1 };
    daemon->root = vf_sysfs_new (setup->root_fd);
    daemon->gpus = g_ptr_array_new_with_free_func ((GDestroyNotify) vfd_gpu_free);
    daemon->policy = load_policy (setup);
    if (!vfd_run_folder_open (&daemon->run_folder, setup->run, VFD_RUN_FOLDER_ANY, error)
        || (daemon->inventory = vfd_inventory_new (daemon->root, error)) == NULL)
        return FALSE;
    if (setup->programs != NULL
        && (rescue->children = vfd_helper_children_new (setup->programs, error)) == NULL)
        return FALSE;
    daemon->helpers = g_strdup (
        rescue->children != NULL ? vfd_helper_children_folder (rescue->children) : setup->helpers);
    return TRUE;
}

static void
tear_down (Rescue *rescue)
{
    VfdDaemon *daemon = &rescue->daemon;

    g_clear_pointer (&daemon->gpus, g_ptr_array_unref);
    g_clear_pointer (&rescue->children, vfd_helper_children_free);
    g_clear_pointer (&daemon->inventory, vfd_inventory_free);
    g_clear_pointer (&daemon->policy, vf_policy_free);
    g_clear_pointer (&daemon->helpers, g_free);
    g_clear_pointer (&daemon->root, vf_sysfs_free);
    vfd_run_folder_close (&daemon->run_folder);
    g_hash_table_unref (rescue->told);
    g_main_loop_unref (rescue->loop);
}

static gboolean
run (Rescue *rescue, const VfdSetup *setup, const char *name, GError **error)
{
    if (!prepare (rescue, setup, error))
        return FALSE;
    if (name != NULL) {
        if (!recover_named (rescue, name, error))
            return FALSE;
    } else {
        find_gpus (rescue);
        vfd_recovery_start (&rescue->daemon, VFD_RECOVERY_BY_HAND, on_recovered, rescue);
    }
    if (!rescue->ended)
        g_main_loop_run (rescue->loop);
    tell_rest (rescue);
    return TRUE;
}

int
vfd_rescue_run (const VfdSetup *setup, const char *name)
{
    Rescue rescue = { .loop = g_main_loop_new (NULL, FALSE),
                      .told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
    g_autoptr (GError) error = NULL;

    if (!run (&rescue, setup, name, &error)) {
        g_printerr ("virtflowd: %s\n", error->message);
        note (&rescue, error);
    }
    tear_down (&rescue);
    return rescue.status;
}
