/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order of manifest, changes and follow-ups. */
#include "vf-setup-course.h"

#include "vf-error.h"
#include "vf-host-change.h"
#include "vf-sysfs.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST_MAX (1024 * 1024)

VfManifest *
vf_setup_course_recall (const VfSetupPlace *place, GError **error)
{
    g_autoptr (VfSysfs) root = vf_sysfs_new (dup (place->root));
    g_autofree char *text = NULL;
    gsize length;
    int result = vf_sysfs_read_file (root, place->manifest, MANIFEST_MAX, &text, &length);

    if (result == -ENOENT)
        return vf_manifest_new ();
    if (result < 0) {
        vf_sysfs_set_error (error, place->manifest, result);
        return NULL;
    }
    return vf_manifest_parse (strlen (text) == length ? text : "", error);
}

static gboolean
note (const VfSetupPlace *place, const VfManifest *manifest, GError **error)
{
    g_autofree char *text = vf_manifest_format (manifest);

    if (!vf_manifest_is_empty (manifest))
        return vf_host_change_write (place->root, place->manifest, text, 0600, error);
    unlinkat (place->root, place->manifest, 0);
    return TRUE;
}

/* The folders on the way to @path that are not there yet, and are not in the manifest from @first
 * on. */
static void
add_folders (const VfSetupPlace *place,
             const VfSetupItem *item,
             const char *path,
             VfManifest *manifest,
             guint first)
{
    for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
        g_autofree char *folder = g_strndup (path, (gsize) (slash - path));
        gboolean known = FALSE;
        struct stat status;

        for (guint i = first; i < vf_manifest_size (manifest); i++)
            known = known || strcmp (vf_manifest_get (manifest, i)->amendment->path, folder) == 0;
        if (!known && fstatat (place->root, folder, &status, 0) != 0 && errno == ENOENT)
            vf_manifest_add (manifest, item->id, 0,
                             vf_amendment_new (VF_AMENDMENT_FOLDER, folder, NULL, ""));
    }
}

static void
add_item (const VfSetupPlace *place, const VfSetupItem *item, VfManifest *manifest)
{
    guint first = vf_manifest_size (manifest);

    for (guint i = 0; i < item->amendments->len; i++) {
        const VfAmendment *amendment = item->amendments->pdata[i];

        add_folders (place, item, amendment->path, manifest, first);
        vf_manifest_add (manifest, item->id, item->follow_ups,
                         vf_amendment_new (amendment->kind, amendment->path, amendment->before,
                                           amendment->after));
    }
}

/* All that is pending, whatever happens, and notes it; the first error of @needed counts, since the
 * others have failed before. What fails stays pending. */
static gboolean
follow (const VfSetupPlace *place, VfManifest *manifest, VfFollowUp needed, GError **error)
{
    VfFollowUp pending = vf_manifest_pending (manifest);
    gboolean well = TRUE;

    for (guint bit = VF_FOLLOW_UP_GRUB; bit <= VF_FOLLOW_UP_LIBVIRT; bit <<= 1) {
        gboolean counts = well && (needed & bit) != 0;

        if ((pending & bit) == 0)
            continue;
        if (place->follow (bit, place->data, counts ? error : NULL))
            pending &= ~bit;
        else if (counts)
            well = FALSE;
    }
    vf_manifest_set_pending (manifest, pending);
    return note (place, manifest, well ? error : NULL) && well;
}

/* The entries from @first on, from the last one. What cannot be taken back stays, with a sentence
 * in
 * @kept; @refused then when it is not for somebody's change, but the system does not let it be
 * written. Returns what has to be followed up. */
static VfFollowUp
take_back (const VfSetupPlace *place,
           VfManifest *manifest,
           guint first,
           GPtrArray *kept,
           gboolean *refused)
{
    VfFollowUp follow_ups = 0;

    *refused = FALSE;

    for (guint i = vf_manifest_size (manifest); i-- > first;) {
        const VfManifestEntry *entry = vf_manifest_get (manifest, i);
        g_autoptr (GError) error = NULL;

        if (!vf_host_change_take_back (place->root, entry->amendment, &error)) {
            g_ptr_array_add (kept, g_strdup (error->message));
            *refused = *refused || !vf_error_is (error, VF_REASON_FILE_CHANGED);
            continue;
        }
        follow_ups |= entry->follow_ups;
        vf_manifest_remove (manifest, i);
    }
    return follow_ups;
}

/* The entries from @first on, as far as it goes; the others are taken out again. */
static gboolean
make_all (const VfSetupPlace *place, VfManifest *manifest, guint first, GError **error)
{
    guint next = first;

    while (next < vf_manifest_size (manifest)
           && vf_host_change_make (place->root, vf_manifest_get (manifest, next)->amendment, error))
        next++;
    if (next == vf_manifest_size (manifest))
        return TRUE;
    while (vf_manifest_size (manifest) > next)
        vf_manifest_remove (manifest, vf_manifest_size (manifest) - 1);
    return FALSE;
}

/* Its own failure is what counts; what cannot be taken back is said with it. */
static void
take_back_item (const VfSetupPlace *place, VfManifest *manifest, guint first, GError **error)
{
    g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
    gboolean refused;
    VfFollowUp follow_ups = take_back (place, manifest, first, kept, &refused);

    vf_manifest_set_pending (manifest, vf_manifest_pending (manifest) | follow_ups);
    follow (place, manifest, 0, NULL);
    for (guint i = 0; i < kept->len && error != NULL; i++) {
        VfReason reason = vf_error_reason (*error);
        g_autofree char *sentences =
            g_strconcat ((*error)->message, "\n", (char *) kept->pdata[i], NULL);

        g_clear_error (error);
        *error = vf_error_new (reason, "%s", sentences);
    }
}

gboolean
vf_setup_course_make (const VfSetupPlace *place, const VfSetupItem *item, GError **error)
{
    g_autoptr (VfManifest) manifest = vf_setup_course_recall (place, error);
    guint first;

    if (manifest == NULL)
        return FALSE;
    first = vf_manifest_size (manifest);
    add_item (place, item, manifest);
    vf_manifest_set_pending (manifest, vf_manifest_pending (manifest) | item->follow_ups);
    if (!note (place, manifest, error))
        return FALSE;
    if (make_all (place, manifest, first, error)
        && follow (place, manifest, item->follow_ups, error))
        return TRUE;
    take_back_item (place, manifest, first, error);
    return FALSE;
}

/* With what is kept; each sentence is a line, and translated as one. */
static void
set_refused (const GPtrArray *kept, GError **error)
{
    g_autoptr (GString) sentences = g_string_new ("");

    for (guint i = 0; i < kept->len; i++)
        g_string_append_printf (sentences, "%s\n", (const char *) kept->pdata[i]);
    g_string_append (sentences, _ ("The rest was taken back. Put that right, then run 'virtflow "
                                   "setup --undo' once more."));
    vf_error_set (error, VF_REASON_INTERNAL, "%s", sentences->str);
}

gboolean
vf_setup_course_undo (const VfSetupPlace *place, GPtrArray *kept, GError **error)
{
    g_autoptr (VfManifest) manifest = vf_setup_course_recall (place, error);
    VfFollowUp follow_ups = 0;
    gboolean refused;

    if (manifest == NULL)
        return FALSE;
    for (guint i = 0; i < vf_manifest_size (manifest); i++)
        follow_ups |= vf_manifest_get (manifest, i)->follow_ups;
    vf_manifest_set_pending (manifest, vf_manifest_pending (manifest) | follow_ups);
    if (!note (place, manifest, error))
        return FALSE;
    take_back (place, manifest, 0, kept, &refused);
    if (refused) {
        follow (place, manifest, 0, NULL);
        set_refused (kept, error);
        return FALSE;
    }
    /* What others have changed is theirs from here on. */
    while (vf_manifest_size (manifest) > 0)
        vf_manifest_remove (manifest, vf_manifest_size (manifest) - 1);
    return follow (place, manifest, follow_ups, error);
}
