/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the object on the bus and its life. */
#include "vf-setup-service.h"

#include "vf-boot-remains.h"
#include "vf-bus-error.h"
#include "vf-bus-names.h"
#include "vf-dbus.h"
#include "vf-error.h"
#include "vf-follow-up.h"
#include "vf-host-facts-reader.h"
#include "vf-lack.h"
#include "vf-setup-plan.h"
#include "vf-snapshot-reader.h"
#include "vfg-authorizer.h"

#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST "var/lib/virtflow-setup/manifest"
#define ACTION "org.virtflow.VirtFlow1.set-up"

static const VfgRule rules[] = {
    { VF_BUS_SETUP_INTERFACE, "Plan", NULL, VFG_ANYBODY, NULL },
    { VF_BUS_SETUP_INTERFACE, "ListChanges", NULL, VFG_ANYBODY, NULL },
    { VF_BUS_SETUP_INTERFACE, "Make", "group", VFG_ASK_POLKIT, ACTION "-user" },
    { VF_BUS_SETUP_INTERFACE, "Make", NULL, VFG_ASK_POLKIT, ACTION },
    { VF_BUS_SETUP_INTERFACE, "Undo", NULL, VFG_ASK_POLKIT, ACTION },
    { NULL },
};

typedef struct {
    const VfSetupScenery *scenery;
    GMainLoop *loop;
    VfgAuthorizer *authorizer;
    VfDbusSetup *skeleton;
    guint n_calls; /* that are not answered yet */
    guint idle_id;
    int status;
} Service;

/* What is known of the host at this moment. */
typedef struct {
    VfSnapshot *machine;
    VfHostFacts *host;
    VfSetupFacts *files;
    GPtrArray *items;
} Look;

static void
look_clear (Look *look)
{
    g_clear_pointer (&look->items, g_ptr_array_unref);
    g_clear_pointer (&look->files, vf_setup_facts_free);
    g_clear_pointer (&look->host, vf_host_facts_free);
    g_clear_pointer (&look->machine, vf_snapshot_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Look, look_clear)

static const char *const kinds[] = {
    [VF_AMENDMENT_LINE] = "line", [VF_AMENDMENT_MEMBER] = "member", [VF_AMENDMENT_FILE] = "file",
    [VF_AMENDMENT_LINK] = "link", [VF_AMENDMENT_FOLDER] = "folder",
};

static const char *const effects[] = {
    [VF_EFFECT_NOW] = "now",
    [VF_EFFECT_LOGIN] = "login",
    [VF_EFFECT_RESTART] = "restart",
};

static gboolean
on_idle (gpointer data)
{
    Service *service = data;

    service->idle_id = 0;
    g_main_loop_quit (service->loop);
    return G_SOURCE_REMOVE;
}

static void
begin_call (Service *service)
{
    service->n_calls++;
    g_clear_handle_id (&service->idle_id, g_source_remove);
}

static void
end_call (gpointer data)
{
    Service *service = data;

    if (--service->n_calls == 0)
        service->idle_id = g_timeout_add (service->scenery->patience, on_idle, service);
}

/* The address of the option "gpu"; FALSE with an error for any other option. */
static gboolean
read_options (GVariant *options, VfPciAddress *gpu, gboolean *has_gpu, GError **error)
{
    GVariantIter iter;
    const char *key;
    GVariant *value;

    *has_gpu = FALSE;
    g_variant_iter_init (&iter, options);
    while (g_variant_iter_loop (&iter, "{&sv}", &key, &value)) {
        if (strcmp (key, "gpu") != 0 || !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)) {
            vf_error_set (error, VF_REASON_INVALID_OPTION, "There is no option '%s' of that form.",
                          key);
            g_variant_unref (value);
            return FALSE;
        }
        if (!vf_pci_address_parse (g_variant_get_string (value, NULL), gpu, error)) {
            g_variant_unref (value);
            return FALSE;
        }
        *has_gpu = TRUE;
    }
    return TRUE;
}

static gboolean
read_host (const Service *service, Look *look, GError **error)
{
    g_autoptr (VfSysfs) root = vf_sysfs_new (dup (service->scenery->root));

    look->machine = vf_snapshot_reader_read (root, error);
    if (look->machine == NULL)
        return FALSE;
    look->host = vf_host_facts_reader_read (root, look->machine);
    look->files = vf_setup_facts_read (root);
    return TRUE;
}

/* Root needs no group, and is not somebody who logs in. */
static const char *
name_of (guint32 uid)
{
    const struct passwd *entry = uid != 0 ? getpwuid (uid) : NULL;

    return entry != NULL ? entry->pw_name : NULL;
}

static VfSetupPlace place_of (const Service *service, gpointer follower);

static gboolean
plan (const Service *service, guint32 uid, GVariant *options, Look *look, GError **error)
{
    VfSetupPlace place = place_of (service, NULL);
    g_autoptr (VfManifest) manifest = NULL;
    VfPciAddress gpu;
    gboolean has_gpu;
    VfGpu found;

    if (!read_options (options, &gpu, &has_gpu, error) || !read_host (service, look, error)
        || (manifest = vf_setup_course_recall (&place, error)) == NULL)
        return FALSE;
    if (has_gpu && !vf_gpu_find (look->machine, gpu, &found)) {
        vf_error_set (error, VF_REASON_NO_SUCH_GPU,
                      "There is no GPU at %s. \"virtflow gpus\" lists those that there are.",
                      vf_pci_address_format (gpu).text);
        return FALSE;
    }
    look->items = vf_setup_plan (
        &(VfSetupScene){ look->host, look->machine, look->files, vf_manifest_pending (manifest) },
        &(VfSetupWish){ name_of (uid), has_gpu ? &gpu : NULL });
    return TRUE;
}

/* Whether everybody may read the file at @path, or could if it was there. */
static gboolean
is_public (const Service *service, const char *path)
{
    struct stat status;

    for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
        g_autofree char *folder = g_strndup (path, (gsize) (slash - path));

        if (fstatat (service->scenery->root, folder, &status, 0) == 0
            && (status.st_mode & S_IXOTH) == 0)
            return FALSE;
    }
    return fstatat (service->scenery->root, path, &status, 0) != 0
           || (status.st_mode & S_IROTH) != 0;
}

static const char *
shown_before (const Service *service, guint32 uid, const VfAmendment *amendment)
{
    return amendment->before != NULL && (uid == 0 || is_public (service, amendment->path))
               ? amendment->before
               : "";
}

/* Who is a member of a group anybody may ask. */
static const char *
shown_after (const Service *service, guint32 uid, const VfAmendment *amendment)
{
    return amendment->kind == VF_AMENDMENT_MEMBER || uid == 0
                   || is_public (service, amendment->path)
               ? amendment->after
               : "";
}

/* For the eyes of user @uid. A floating reference. */
static GVariant *
format_changes (const Service *service, guint32 uid, const VfSetupItem *item)
{
    GVariantBuilder changes;

    g_variant_builder_init (&changes, G_VARIANT_TYPE ("a(ssss)"));
    for (guint i = 0; i < item->amendments->len; i++) {
        const VfAmendment *amendment = item->amendments->pdata[i];

        g_variant_builder_add (&changes, "(ssss)", kinds[amendment->kind], amendment->path,
                               shown_before (service, uid, amendment),
                               shown_after (service, uid, amendment));
    }
    for (guint follow_up = 1; follow_up <= item->follow_ups; follow_up <<= 1) {
        if ((item->follow_ups & follow_up) != 0)
            g_variant_builder_add (&changes, "(ssss)", "then", "", "",
                                   vf_follow_up_sentence (follow_up));
    }
    return g_variant_builder_end (&changes);
}

static GVariant *
format_item (const Service *service, guint32 uid, const VfSetupItem *item)
{
    return g_variant_new ("(ssss@a(ssss))", item->id, item->purpose,
                          item->by_hand != NULL ? item->by_hand : "", effects[item->effect],
                          format_changes (service, uid, item));
}

static void
on_plan_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    Service *service = data;
    g_autoptr (GVariant) options =
        g_variant_get_child_value (g_dbus_method_invocation_get_parameters (invocation), 0);
    g_auto (Look) look = { 0 };
    g_autoptr (GError) error = NULL;
    GVariantBuilder items;

    if (!plan (service, uid, options, &look, &error)) {
        vf_bus_error_return (invocation, error);
        return;
    }
    g_variant_builder_init (&items, G_VARIANT_TYPE ("a(ssssa(ssss))"));
    for (guint i = 0; i < look.items->len; i++)
        g_variant_builder_add_value (&items, format_item (service, uid, look.items->pdata[i]));
    vf_dbus_setup_complete_plan (service->skeleton, invocation, g_variant_builder_end (&items));
}

static void
set_no_such_item (GError **error)
{
    vf_error_set (error, VF_REASON_INVALID_OPTION,
                  "There is nothing of that name that set-up can put right now.");
}

static const VfSetupItem *
find_item (const GPtrArray *items, const char *id, GError **error)
{
    for (guint i = 0; i < items->len; i++) {
        const VfSetupItem *item = items->pdata[i];

        if (strcmp (item->id, id) == 0 && (item->amendments->len > 0 || item->follow_ups != 0))
            return item;
    }
    set_no_such_item (error);
    return NULL;
}

/* A person has agreed to what was shown, and files and cards may have changed meanwhile. */
static gboolean
is_as_shown (
    const Service *service, guint32 uid, const VfSetupItem *item, GVariant *shown, GError **error)
{
    g_autoptr (GVariant) changes = g_variant_ref_sink (format_changes (service, uid, item));

    if (g_variant_equal (changes, shown))
        return TRUE;
    vf_error_set (error, VF_REASON_FILE_CHANGED,
                  "What is to be changed is not any more what was shown, so nothing was changed. "
                  "Look once more at what is missing.");
    return FALSE;
}

/* Both of it: who follows, and what is to be known for it. */
typedef struct {
    const Service *service;
    const VfSetupFacts *files;
} Follower;

static gboolean
follow (VfFollowUp follow_up, gpointer data, GError **error)
{
    const Follower *follower = data;
    const VfSetupScenery *scenery = follower->service->scenery;

    return scenery->follow != NULL ? scenery->follow (follow_up, scenery->data, error)
                                   : vf_follow_up_do (follower->files, follow_up, error);
}

static VfSetupPlace
place_of (const Service *service, gpointer follower)
{
    return (VfSetupPlace){ service->scenery->root, MANIFEST, follow, follower };
}

static void
on_make_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    Service *service = data;
    g_autoptr (GVariant) shown = NULL;
    g_autoptr (GVariant) options = NULL;
    g_auto (Look) look = { 0 };
    g_autoptr (GError) error = NULL;
    const VfSetupItem *item = NULL;
    const char *id;

    g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&s@a(ssss)@a{sv})", &id,
                   &shown, &options);
    if (plan (service, uid, options, &look, &error))
        item = find_item (look.items, id, &error);
    if (item != NULL && is_as_shown (service, uid, item, shown, &error)) {
        Follower follower = { service, look.files };
        VfSetupPlace place = place_of (service, &follower);

        if (vf_setup_course_make (&place, item, &error))
            g_message ("%s was put right for user %u", item->id, uid);
    }
    if (error != NULL)
        vf_bus_error_return (invocation, error);
    else
        vf_dbus_setup_complete_make (service->skeleton, invocation);
}

static void
on_list_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    Service *service = data;
    VfSetupPlace place = place_of (service, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (VfManifest) manifest = vf_setup_course_recall (&place, &error);
    GVariantBuilder changes;

    if (manifest == NULL) {
        vf_bus_error_return (invocation, error);
        return;
    }
    g_variant_builder_init (&changes, G_VARIANT_TYPE ("a(sssss)"));
    for (guint i = 0; i < vf_manifest_size (manifest); i++) {
        const VfManifestEntry *entry = vf_manifest_get (manifest, i);

        g_variant_builder_add (&changes, "(sssss)", entry->item, kinds[entry->amendment->kind],
                               entry->amendment->path,
                               shown_before (service, uid, entry->amendment),
                               shown_after (service, uid, entry->amendment));
    }
    if (vf_manifest_pending (manifest) != 0)
        g_variant_builder_add (&changes, "(sssss)", "unfinished", "tell", "", "", "");
    vf_dbus_setup_complete_list_changes (service->skeleton, invocation,
                                         g_variant_builder_end (&changes));
}

/* What the undo that was done leaves in files that nobody has in a manifest. */
static void
find_remains (const Service *service, const GPtrArray *words, GPtrArray *kept)
{
    g_autoptr (VfSysfs) root = vf_sysfs_new (dup (service->scenery->root));
    g_autoptr (VfSetupFacts) files = vf_setup_facts_read (root);

    vf_boot_remains_find (files, words, kept);
}

static void
on_undo_granted (GDBusMethodInvocation *invocation, guint32 uid, gpointer data)
{
    Service *service = data;
    g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
    g_auto (Look) look = { 0 };
    g_autoptr (GError) error = NULL;
    Follower follower = { service, NULL };
    VfSetupPlace place = place_of (service, &follower);
    g_autoptr (VfManifest) manifest = vf_setup_course_recall (&place, &error);

    if (manifest != NULL && read_host (service, &look, &error)) {
        g_autoptr (GPtrArray) words = vf_boot_remains_words (manifest);

        follower.files = look.files;
        if (vf_setup_course_undo (&place, kept, &error)) {
            find_remains (service, words, kept);
            g_message ("Set-up was taken back for user %u; %u changes stay", uid, kept->len);
        }
    }
    if (error != NULL) {
        vf_bus_error_return (invocation, error);
        return;
    }
    g_ptr_array_add (kept, NULL);
    vf_dbus_setup_complete_undo (service->skeleton, invocation, (const char *const *) kept->pdata);
}

static gboolean
judge (Service *service,
       GDBusMethodInvocation *invocation,
       const char *subject,
       VfgAuthorized granted)
{
    begin_call (service);
    vfg_authorizer_check (service->authorizer, invocation, subject, granted, service, end_call);
    return TRUE;
}

static gboolean
on_plan (VfDbusSetup *skeleton, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
    return judge (data, invocation, "", on_plan_granted);
}

static gboolean
on_make (VfDbusSetup *skeleton,
         GDBusMethodInvocation *invocation,
         const char *item,
         GVariant *changes,
         GVariant *options,
         gpointer data)
{
    g_autoptr (GError) error = NULL;

    /* It is part of the question to the administrator: only words that are known get there. */
    if (g_strv_contains (vf_lack_ids, item))
        return judge (data, invocation, item, on_make_granted);
    set_no_such_item (&error);
    vf_bus_error_return (invocation, error);
    return TRUE;
}

static gboolean
on_list (VfDbusSetup *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
    return judge (data, invocation, "", on_list_granted);
}

static gboolean
on_undo (VfDbusSetup *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
    return judge (data, invocation, "undo", on_undo_granted);
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer data)
{
    Service *service = data;

    service->status = 1;
    g_main_loop_quit (service->loop);
}

static void
serve (Service *service, GDBusConnection *connection)
{
    guint name_id;

    service->loop = g_main_loop_new (NULL, FALSE);
    service->authorizer = vfg_authorizer_new (connection, rules);
    service->skeleton = vf_dbus_setup_skeleton_new ();
    g_signal_connect (service->skeleton, "handle-plan", G_CALLBACK (on_plan), service);
    g_signal_connect (service->skeleton, "handle-make", G_CALLBACK (on_make), service);
    g_signal_connect (service->skeleton, "handle-list-changes", G_CALLBACK (on_list), service);
    g_signal_connect (service->skeleton, "handle-undo", G_CALLBACK (on_undo), service);
    g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (service->skeleton), connection,
                                      VF_BUS_SETUP_PATH, NULL);
    begin_call (service);
    end_call (service);
    name_id = g_bus_own_name_on_connection (connection, VF_BUS_SETUP_NAME,
                                            G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL, on_name_lost,
                                            service, NULL);
    g_main_loop_run (service->loop);
    g_bus_unown_name (name_id);
    /* Who was quicker than that is served. */
    while (g_main_context_iteration (NULL, service->n_calls > 0) || service->n_calls > 0)
        ;
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (service->skeleton));
    g_clear_handle_id (&service->idle_id, g_source_remove);
    vfg_authorizer_free (service->authorizer);
    g_object_unref (service->skeleton);
    g_main_loop_unref (service->loop);
}

int
vf_setup_service_run (const VfSetupScenery *scenery)
{
    Service service = { .scenery = scenery };
    g_autoptr (GDBusConnection) connection = NULL;
    g_autoptr (GError) error = NULL;

    connection = scenery->bus == NULL ? g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error)
                                      : g_dbus_connection_new_for_address_sync (
                                          scenery->bus,
                                          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                              | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                          NULL, NULL, &error);
    if (connection == NULL) {
        g_printerr ("virtflow-setup: %s\n", error->message);
        return 1;
    }
    serve (&service, connection);
    return service.status;
}
