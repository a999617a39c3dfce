/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the newest snapshot. */
#include "vfd-inventory.h"

#include "vf-hwdb.h"
#include "vf-snapshot-reader.h"

struct _VfdInventory {
    VfSysfs *root;
    VfSnapshot *snapshot;
    GHashTable *names;                /* modalias -> name */
    void (*listener) (gpointer data); /* or NULL */
    gpointer data;
};

VfdInventory *
vfd_inventory_new (VfSysfs *root, GError **error)
{
    VfSnapshot *snapshot = vf_snapshot_reader_read (root, error);
    VfdInventory *inventory;

    if (snapshot == NULL)
        return NULL;
    inventory = g_new0 (VfdInventory, 1);
    inventory->root = root;
    inventory->snapshot = snapshot;
    inventory->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return inventory;
}

void
vfd_inventory_free (VfdInventory *inventory)
{
    vf_snapshot_unref (inventory->snapshot);
    g_hash_table_unref (inventory->names);
    g_free (inventory);
}

void
vfd_inventory_refresh (VfdInventory *inventory)
{
    g_autoptr (GError) error = NULL;
    VfSnapshot *snapshot = vf_snapshot_reader_read (inventory->root, &error);

    if (snapshot == NULL) {
        g_warning ("Could not look at the machine: %s", error->message);
        return;
    }
    vf_snapshot_unref (inventory->snapshot);
    inventory->snapshot = snapshot;
    if (inventory->listener != NULL)
        inventory->listener (inventory->data);
}

void
vfd_inventory_listen (VfdInventory *inventory, void (*listener) (gpointer data), gpointer data)
{
    inventory->listener = listener;
    inventory->data = data;
}

const VfSnapshot *
vfd_inventory_snapshot (VfdInventory *inventory)
{
    return inventory->snapshot;
}

const char *
vfd_inventory_name (VfdInventory *inventory, const VfPciFunction *function)
{
    const char *modalias = function->modalias != NULL ? function->modalias : "";
    const char *name = g_hash_table_lookup (inventory->names, modalias);

    if (name == NULL) {
        g_autoptr (VfHwdb) hwdb = vf_hwdb_new ();

        g_hash_table_insert (inventory->names, g_strdup (modalias), vf_hwdb_name (hwdb, function));
        name = g_hash_table_lookup (inventory->names, modalias);
    }
    return name;
}

const VfSysfs *
vfd_inventory_root (VfdInventory *inventory)
{
    return inventory->root;
}
