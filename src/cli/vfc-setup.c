/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow setup". */
#include "vfc-commands.h"

#include "vfc-agent.h"
#include "vfc-confirm.h"
#include "vfc-gpu-choice.h"
#include "vfc-json.h"
#include "vfc-setup-text.h"

#include "vf-lack.h"
#include "vf-setup-client.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

static gboolean dry_run, undo, yes;
static char **only;

static const GOptionEntry options[] = {
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Say what would happen, and do nothing", NULL },
    { "yes", 0, 0, G_OPTION_ARG_NONE, &yes, "Do it without asking", NULL },
    { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &only,
      "Of what is missing, put this right alone; may be repeated", "ITEM" },
    { "undo", 0, 0, G_OPTION_ARG_NONE, &undo, "Take back all that set-up has changed", NULL },
    { 0 },
};

static gboolean
is_wanted (const VfLack *item)
{
    return only == NULL || g_strv_contains ((const char *const *) only, item->id);
}

static gboolean
can_be_made (const VfLack *item)
{
    return is_wanted (item) && vf_lack_can_be_made (item);
}

static guint
count (GVariant *items, gboolean (*counts) (const VfLack *item))
{
    guint n = 0;

    for (gsize i = 0; i < g_variant_n_children (items); i++) {
        g_auto (VfLack) item = { 0 };

        vf_lack_get (items, i, &item);
        if (counts (&item))
            n++;
    }
    return n;
}

/* Each word of --only is something that can be missing. */
static gboolean
check_only (GError **error)
{
    for (char **word = only; word != NULL && *word != NULL; word++) {
        g_autofree char *ids = NULL;

        if (g_strv_contains (vf_lack_ids, *word))
            continue;
        ids = g_strjoinv (", ", (char **) vf_lack_ids);
        vf_error_set (error, VF_REASON_INVALID_OPTION,
                      "Set-up knows no '%s'. What it can put right is: %s.", *word, ids);
        return FALSE;
    }
    return TRUE;
}

static void
add_change (JsonBuilder *builder, GVariant *change)
{
    const char *kind, *path, *before, *after;

    g_variant_get (change, "(&s&s&s&s)", &kind, &path, &before, &after);
    json_builder_begin_object (builder);
    vfc_json_text (builder, "kind", kind);
    vfc_json_text (builder, "path", path);
    vfc_json_text (builder, "before", before);
    vfc_json_text (builder, "after", after);
    json_builder_end_object (builder);
}

static void
answer_items (VfcRun *run, GVariant *items, gboolean made)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    json_builder_set_member_name (builder, "items");
    json_builder_begin_array (builder);
    for (gsize i = 0; i < g_variant_n_children (items); i++) {
        g_auto (VfLack) item = { 0 };

        vf_lack_get (items, i, &item);
        if (!is_wanted (&item))
            continue;
        json_builder_begin_object (builder);
        vfc_json_text (builder, "id", item.id);
        vfc_json_text (builder, "purpose", item.purpose);
        vfc_json_text (builder, "to_do", item.to_do);
        vfc_json_text (builder, "counts", item.counts);
        vfc_json_flag (builder, "made", made && can_be_made (&item));
        json_builder_set_member_name (builder, "changes");
        json_builder_begin_array (builder);
        for (gsize k = 0; k < g_variant_n_children (item.changes); k++) {
            g_autoptr (GVariant) change = g_variant_get_child_value (item.changes, k);

            add_change (builder, change);
        }
        json_builder_end_array (builder);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
    vfc_json_end (run, builder);
}

static void
print_items (const VfcRun *run, GVariant *items)
{
    for (gsize i = 0; i < g_variant_n_children (items); i++) {
        g_auto (VfLack) item = { 0 };

        vf_lack_get (items, i, &item);
        if (!is_wanted (&item))
            continue;
        vfc_setup_text_item (item.id, item.purpose);
        for (gsize k = 0; k < g_variant_n_children (item.changes); k++) {
            g_autoptr (GVariant) change = g_variant_get_child_value (item.changes, k);
            const char *kind, *path, *before, *after;

            g_variant_get (change, "(&s&s&s&s)", &kind, &path, &before, &after);
            if (strcmp (kind, "then") == 0)
                vfc_setup_text_then (after);
            else
                vfc_setup_text_change (run, path, before, after);
        }
        if (can_be_made (&item))
            vfc_setup_text_counts (vf_lack_counts_sentence (&item));
        if (*item.to_do != '\0')
            vfc_setup_text_to_do (item.to_do);
    }
}

/* The service adds who calls it, and root needs no group. */
static void
say_who_is_left_out (void)
{
    if (getuid () == 0 && (only == NULL || g_strv_contains ((const char *const *) only, "group")))
        vfc_say ("As root it adds nobody to the group libvirt. For that, run \"virtflow setup\" as "
                 "the user who is to use VMs.");
}

/* What a person has to do for the changes to count, once for all of them. */
static void
say_what_remains (GVariant *items)
{
    gboolean restart = FALSE, login = FALSE;

    for (gsize i = 0; i < g_variant_n_children (items); i++) {
        g_auto (VfLack) item = { 0 };

        vf_lack_get (items, i, &item);
        restart = restart || (can_be_made (&item) && strcmp (item.counts, "restart") == 0);
        login = login || (can_be_made (&item) && strcmp (item.counts, "login") == 0);
    }
    if (restart)
        vfc_say ("Restart the host now. \"virtflow doctor\" then tells what is still missing.");
    else if (login)
        vfc_say ("Log out and in again now. \"virtflow doctor\" then tells what is still missing.");
    say_who_is_left_out ();
    vfc_say ("\"virtflow setup --undo\" takes all of it back.");
}

static gboolean
make_item (VfSetupClient *client, const VfLack *item, const char *gpu, GError **error)
{
    gint64 began = g_get_monotonic_time ();

    vfc_say ("%s ...", item->id);
    if (!vf_setup_client_make (client, item, gpu, error)) {
        g_prefix_error (error, "%s: ", item->id);
        return FALSE;
    }
    vfc_say ("%s: done (%.1f s)", item->id,
             (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC);
    return TRUE;
}

/* One that fails keeps no other one from being made, unless nobody may make any. The first error
 * counts, the others are said. */
static gboolean
make_items (VfSetupClient *client, GVariant *items, const char *gpu, GError **error)
{
    g_autoptr (GError) first = NULL;

    for (gsize i = 0; i < g_variant_n_children (items); i++) {
        g_auto (VfLack) item = { 0 };
        g_autoptr (GError) failure = NULL;

        vf_lack_get (items, i, &item);
        if (!can_be_made (&item) || make_item (client, &item, gpu, &failure))
            continue;
        if (first != NULL)
            vfc_say ("virtflow: %s", failure->message);
        else
            first = g_steal_pointer (&failure);
        if (vf_error_is (first, VF_REASON_NOT_AUTHORIZED)
            || vf_error_is (first, VF_REASON_NO_DAEMON))
            break;
    }
    if (first == NULL)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&first));
    return FALSE;
}

/* The address of what @name means; the caller owns it. An address needs no daemon to be understood.
 */
static char *
address_of (VfcRun *run, const char *name, GError **error)
{
    g_autoptr (VfClientGpu) gpu = NULL;
    VfPciAddress address;
    VfClient *client;

    if (vf_pci_address_parse_lenient (name, &address, NULL))
        return g_strdup (vf_pci_address_format (address).text);
    client = vfc_run_client (run, error);
    if (client != NULL)
        gpu = vfc_gpu_choose (client, name, NULL, error);
    return gpu != NULL ? vf_dbus_gpu_dup_address (gpu) : NULL;
}

static gboolean
put_right (VfcRun *run, VfSetupClient *client, const char *name, GError **error)
{
    g_autofree char *gpu = NULL;
    g_autoptr (GVariant) items = NULL;
    gboolean make;

    if (!check_only (error) || (name != NULL && (gpu = address_of (run, name, error)) == NULL)
        || (items = vf_setup_client_plan (client, gpu, error)) == NULL)
        return FALSE;
    make = !dry_run && count (items, can_be_made) > 0;
    if (run->json && make && !yes) {
        vf_error_set (error, VF_REASON_INVALID_OPTION,
                      "With --json nothing is shown before it is made: add --dry-run to see it, or "
                      "--yes if that is what you want.");
        return FALSE;
    }
    if (!run->json)
        print_items (run, items);
    if (!run->json && count (items, is_wanted) == 0)
        vfc_say ("Nothing is missing that set-up could put right.");
    if (make
        && ((!yes && !vfc_confirm (_ ("These files are changed."), error))
            || !make_items (client, items, gpu, error)))
        return FALSE;
    if (run->json)
        answer_items (run, items, make);
    else if (make)
        say_what_remains (items);
    return TRUE;
}

static void
answer_undo (VfcRun *run, GVariant *changes, char **kept)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    json_builder_set_member_name (builder, "changes");
    json_builder_begin_array (builder);
    for (gsize i = 0; i < g_variant_n_children (changes); i++) {
        g_autoptr (GVariant) change = NULL;
        const char *id, *kind, *path, *before, *after;

        g_variant_get_child (changes, i, "(&s&s&s&s&s)", &id, &kind, &path, &before, &after);
        change = g_variant_ref_sink (g_variant_new ("(ssss)", kind, path, before, after));
        add_change (builder, change);
    }
    json_builder_end_array (builder);
    json_builder_set_member_name (builder, "kept");
    json_builder_begin_array (builder);
    for (; kept != NULL && *kept != NULL; kept++)
        json_builder_add_string_value (builder, *kept);
    json_builder_end_array (builder);
    vfc_json_end (run, builder);
}

static void
print_changes (const VfcRun *run, GVariant *changes)
{
    for (gsize i = g_variant_n_children (changes); i-- > 0;) {
        const char *id, *kind, *path, *before, *after;

        g_variant_get_child (changes, i, "(&s&s&s&s&s)", &id, &kind, &path, &before, &after);
        if (strcmp (kind, "tell") == 0)
            vfc_setup_text_tell ();
        else
            vfc_setup_text_change (run, path, after, before);
    }
}

static gboolean
take_back (VfcRun *run, VfSetupClient *client, GError **error)
{
    g_autoptr (GVariant) changes = vf_setup_client_list_changes (client, error);
    g_auto (GStrv) kept = NULL;
    gboolean go;

    if (changes == NULL)
        return FALSE;
    go = !dry_run && g_variant_n_children (changes) > 0;
    if (!run->json)
        print_changes (run, changes);
    if (!run->json && g_variant_n_children (changes) == 0)
        vfc_say ("Set-up has changed nothing on this host.");
    if (go
        && ((!yes && !vfc_confirm (_ ("These changes are taken back."), error))
            || (kept = vf_setup_client_undo (client, error)) == NULL))
        return FALSE;
    if (run->json)
        answer_undo (run, changes, kept);
    for (char **sentence = kept; !run->json && sentence != NULL && *sentence != NULL; sentence++)
        vfc_say ("%s", *sentence);
    if (kept == NULL || *kept == NULL)
        return TRUE;
    vf_error_set (
        error, VF_REASON_FILE_CHANGED,
        "Not all could be taken back: what somebody has changed since is left to that person.");
    return FALSE;
}

static gboolean
setup (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (VfcAgent) agent = NULL;
    g_autoptr (VfSetupClient) client = NULL;

    if (undo && (arguments[0] != NULL || only != NULL)) {
        vf_error_set (error, VF_REASON_INVALID_OPTION,
                      "--undo takes back all that set-up has changed, and nothing else.");
        return FALSE;
    }
    client = vf_setup_client_new (run->bus, error);
    if (client == NULL)
        return FALSE;
    agent = vfc_agent_new (run);
    return undo ? take_back (run, client, error) : put_right (run, client, arguments[0], error);
}

const VfcCommand vfc_command_setup = {
    .name = "setup",
    .arguments = "[GPU]",
    .description =
        "Puts right what \"virtflow doctor\" finds missing on this host, as far as files can: the"
        " kernel's\ncommand line in the boot loader, GPUs that are reserved at boot, bans of vfio's"
        " modules,\nlibvirt's hook, the user's membership in the group libvirt, and the desktop,"
        " which is kept off\nthe GPU. Shows each change before it is made, and remembers it: --undo"
        " takes back exactly those,\nand leaves what somebody has changed since.\n\nGPU is the one"
        " that the desktop is to leave alone: its address (0000:01:00.0 or 01:00.0), a\npart of its"
        " model's name, or nothing when only one can be spared.",
    .example =
        "  virtflow setup --dry-run\n  virtflow setup\n  virtflow setup --only desktop 01:00.0\n"
        "  virtflow setup --undo",
    .options = options,
    .most = 1,
    .run = setup,
};
