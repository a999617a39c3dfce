/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of virtflow.conf. */
#include "vfd-config.h"

#include "vf-error.h"
#include "vf-step.h"

#define GROUP "policy"

#define LONGEST (10 * 60 * 1000)

/* The hook itself gives up after 25 s; the daemon has to be first, so that it knows of it. */
#define LONGEST_HOOK (20 * 1000)

static gboolean
refuse (GError **error, const char *path, const char *what, const char *which)
{
    vf_error_set (error, VF_REASON_INVALID_OPTION, "%s: %s '%s'. See virtflow.conf(5).", path, what,
                  which);
    return FALSE;
}

static gboolean
read_denied (GKeyFile *file, const char *path, VfPolicy *policy, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_auto (GStrv) addresses = g_key_file_get_string_list (file, GROUP, "denied", NULL, &local);

    if (local != NULL)
        return refuse (error, path, "not a list of addresses:", "denied");
    g_array_set_size (policy->denied, 0);
    for (char **next = addresses; next != NULL && *next != NULL; next++) {
        VfPciAddress address;

        if (!vf_pci_address_parse (*next, &address, error)) {
            g_prefix_error (error, "%s: ", path);
            return FALSE;
        }
        g_array_append_val (policy->denied, address);
    }
    return TRUE;
}

static gboolean
read_waits (GKeyFile *file, const char *path, VfPolicy *policy, GError **error)
{
    static const char key[] = "return-waits";
    g_autoptr (GError) local = NULL;
    gsize n_waits = 0;
    g_autofree int *waits = g_key_file_get_integer_list (file, GROUP, key, &n_waits, &local);

    if (local != NULL || n_waits > VF_POLICY_MAX_WAITS)
        return refuse (error, path, "not a list of at most 8 numbers of milliseconds:", key);
    policy->n_return_waits = (guint) n_waits;
    for (gsize i = 0; i < n_waits; i++) {
        if (waits[i] < 0 || waits[i] > VF_STEP_PAUSE_MAX)
            return refuse (error, path, "not a pause of at most a minute, in milliseconds:", key);
        policy->return_waits[i] = (guint) waits[i];
    }
    return TRUE;
}

static gboolean
read_key (GKeyFile *file, const char *key, const char *path, VfPolicy *policy, GError **error)
{
    const struct {
        const char *key;
        guint *milliseconds;
        int most;
    } deadlines[] = {
        { "step-deadline", &policy->step_deadline, LONGEST },
        { "hook-deadline", &policy->hook_deadline, LONGEST_HOOK },
        { "release-deadline", &policy->release_deadline, LONGEST },
        { "sound-server-grace", &policy->sound_server_grace, LONGEST },
    };

    if (g_str_equal (key, "denied"))
        return read_denied (file, path, policy, error);
    if (g_str_equal (key, "return-waits"))
        return read_waits (file, path, policy, error);
    for (gsize i = 0; i < G_N_ELEMENTS (deadlines); i++) {
        g_autoptr (GError) local = NULL;
        int value;

        if (!g_str_equal (key, deadlines[i].key))
            continue;
        value = g_key_file_get_integer (file, GROUP, key, &local);
        if (local != NULL || value <= 0)
            return refuse (error, path, "not a number of milliseconds:", key);
        if (value > deadlines[i].most)
            return refuse (error, path, "longer than it may be:", key);
        *deadlines[i].milliseconds = (guint) value;
        return TRUE;
    }
    return refuse (error, path, "unknown key", key);
}

static gboolean
read_file (const char *path, VfPolicy *policy, GError **error)
{
    g_autoptr (GKeyFile) file = g_key_file_new ();
    g_autoptr (GError) local = NULL;
    g_auto (GStrv) groups = NULL;
    g_auto (GStrv) keys = NULL;

    if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &local)) {
        if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return TRUE;
        return refuse (error, path, "cannot be read:", local->message);
    }
    groups = g_key_file_get_groups (file, NULL);
    for (char **group = groups; *group != NULL; group++) {
        if (!g_str_equal (*group, GROUP))
            return refuse (error, path, "unknown group", *group);
    }
    keys = g_key_file_get_keys (file, GROUP, NULL, NULL);
    for (char **key = keys; key != NULL && *key != NULL; key++) {
        if (!read_key (file, *key, path, policy, error))
            return FALSE;
    }
    return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

VfPolicy *
vfd_config_load (const char *path, GError **error)
{
    g_autoptr (VfPolicy) policy = vf_policy_new ();
    g_autofree char *folder_path = g_strconcat (path, ".d", NULL);
    g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
    GDir *folder = g_dir_open (folder_path, 0, NULL);
    const char *name;

    if (!read_file (path, policy, error))
        return NULL;
    while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
        if (g_str_has_suffix (name, ".conf"))
            g_ptr_array_add (names, g_build_filename (folder_path, name, NULL));
    }
    g_clear_pointer (&folder, g_dir_close);
    g_ptr_array_sort (names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        if (!read_file (g_ptr_array_index (names, i), policy, error))
            return NULL;
    }
    return g_steal_pointer (&policy);
}
