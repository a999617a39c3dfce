/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of the manifest. */
#include "vf-manifest.h"

#include "vf-error.h"

#include <string.h>

#define HEAD "# What \"virtflow setup\" has changed. \"virtflow setup --undo\" takes it back.\n"
/* The follow-ups that are pending; and item, follow-ups, kind, path, line before, line or text
 * after. */
#define TYPE "(ua(suusmss))"

struct _VfManifest {
    VfFollowUp pending;
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
    g_autoptr (GVariant) whole =
        value != NULL ? g_variant_parse (G_VARIANT_TYPE (TYPE), value, NULL, NULL, NULL) : NULL;
    g_autoptr (GVariant) list = NULL;
    GVariantIter iter;
    const char *item, *path, *before, *after;
    guint32 follow_ups, kind, pending;

    if (whole == NULL) {
        vf_error_set (error, VF_REASON_FOREIGN_STATE,
                      "The list of what set-up has changed cannot be read.");
        return NULL;
    }
    g_variant_get (whole, "(u@a(suusmss))", &pending, &list);
    manifest->pending = pending;
    g_variant_iter_init (&iter, list);
    while (g_variant_iter_next (&iter, "(&suu&sm&s&s)", &item, &follow_ups, &kind, &path, &before,
                                &after)) {
        if (kind > VF_AMENDMENT_FOLDER || !is_path (path)
            || (kind == VF_AMENDMENT_MEMBER && strchr (after, ':') == NULL)) {
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
    g_autoptr (GVariant) whole = NULL;
    g_autofree char *value = NULL;

    g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(suusmss)"));
    for (guint i = 0; i < manifest->entries->len; i++) {
        const VfManifestEntry *entry = manifest->entries->pdata[i];
        const VfAmendment *amendment = entry->amendment;

        g_variant_builder_add (&builder, "(suusmss)", entry->item, (guint32) entry->follow_ups,
                               (guint32) amendment->kind, amendment->path, amendment->before,
                               amendment->after);
    }
    whole =
        g_variant_ref_sink (g_variant_new ("(ua(suusmss))", (guint32) manifest->pending, &builder));
    value = g_variant_print (whole, TRUE);
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

VfFollowUp
vf_manifest_pending (const VfManifest *manifest)
{
    return manifest->pending;
}

void
vf_manifest_set_pending (VfManifest *manifest, VfFollowUp pending)
{
    manifest->pending = pending;
}

gboolean
vf_manifest_is_empty (const VfManifest *manifest)
{
    return manifest->pending == 0 && manifest->entries->len == 0;
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
