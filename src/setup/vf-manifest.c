/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of the manifest. */
#include "vf-manifest.h"

#include "vf-error.h"

#include <string.h>

#define HEAD "# What \"virtflow setup\" has changed. \"virtflow setup --undo\" takes it back.\n"
/* Item, follow-ups, kind, path, line before, line or text after. */
#define TYPE "a(suusmss)"

struct _VfManifest {
    GPtrArray *entries; /* VfManifestEntry */
};

static void
entry_free (gpointer data)
{
    VfManifestEntry *entry = data;

    g_free (entry->item);
    vf_amendment_free (entry->amendment);
    g_free (entry);
}

VfManifest *
vf_manifest_new (void)
{
    VfManifest *manifest = g_new0 (VfManifest, 1);

    manifest->entries = g_ptr_array_new_with_free_func (entry_free);
    return manifest;
}

void
vf_manifest_free (VfManifest *manifest)
{
    g_ptr_array_unref (manifest->entries);
    g_free (manifest);
}

static gboolean
is_path (const char *path)
{
    g_auto (GStrv) parts = g_strsplit (path, "/", -1);

    for (char **part = parts; *part != NULL; part++) {
        if (**part == '\0' || strcmp (*part, ".") == 0 || strcmp (*part, "..") == 0)
            return FALSE;
    }
    return *path != '\0';
}

VfManifest *
vf_manifest_parse (const char *text, GError **error)
{
    g_autoptr (VfManifest) manifest = vf_manifest_new ();
    const char *value = g_str_has_prefix (text, "#") ? strchr (text, '\n') : text;
    g_autoptr (GVariant) list =
        value != NULL ? g_variant_parse (G_VARIANT_TYPE (TYPE), value, NULL, NULL, NULL) : NULL;
    GVariantIter iter;
    const char *item, *path, *before, *after;
    guint32 follow_ups, kind;

    if (list == NULL) {
        vf_error_set (error, VF_REASON_FOREIGN_STATE,
                      "The list of what set-up has changed cannot be read.");
        return NULL;
    }
    g_variant_iter_init (&iter, list);
    while (g_variant_iter_next (&iter, "(&suu&sm&s&s)", &item, &follow_ups, &kind, &path, &before,
                                &after)) {
        if (kind > VF_AMENDMENT_FOLDER || !is_path (path)) {
            vf_error_set (error, VF_REASON_FOREIGN_STATE,
                          "The list of what set-up has changed cannot be read.");
            return NULL;
        }
        vf_manifest_add (manifest, item, follow_ups, vf_amendment_new (kind, path, before, after));
    }
    return g_steal_pointer (&manifest);
}

char *
vf_manifest_format (const VfManifest *manifest)
{
    GVariantBuilder builder;
    g_autoptr (GVariant) list = NULL;
    g_autofree char *value = NULL;

    g_variant_builder_init (&builder, G_VARIANT_TYPE (TYPE));
    for (guint i = 0; i < manifest->entries->len; i++) {
        const VfManifestEntry *entry = manifest->entries->pdata[i];
        const VfAmendment *amendment = entry->amendment;

        g_variant_builder_add (&builder, "(suusmss)", entry->item, (guint32) entry->follow_ups,
                               (guint32) amendment->kind, amendment->path, amendment->before,
                               amendment->after);
    }
    list = g_variant_ref_sink (g_variant_builder_end (&builder));
    value = g_variant_print (list, FALSE);
    return g_strconcat (HEAD, value, "\n", NULL);
}

guint
vf_manifest_size (const VfManifest *manifest)
{
    return manifest->entries->len;
}

const VfManifestEntry *
vf_manifest_get (const VfManifest *manifest, guint index)
{
    return manifest->entries->pdata[index];
}

void
vf_manifest_add (VfManifest *manifest,
                 const char *item,
                 VfFollowUp follow_ups,
                 VfAmendment *amendment)
{
    VfManifestEntry *entry = g_new0 (VfManifestEntry, 1);

    entry->item = g_strdup (item);
    entry->follow_ups = follow_ups;
    entry->amendment = amendment;
    g_ptr_array_add (manifest->entries, entry);
}

void
vf_manifest_remove (VfManifest *manifest, guint index)
{
    g_ptr_array_remove_index (manifest->entries, index);
}
