/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the modes of the device nodes of a function, and their text. */
#include "vfw-fence.h"

#include "vf-device-nodes.h"
#include "vf-error.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

#define PERMISSIONS 07777

/* What a mode given back may hold at most: no more than reading and writing. */
#define OPENING 0666

/* What any program may open at any time. i2c-N as well: to take the card's bus away waits until it
 * is closed (i2c_del_adapter), and programs for lights and monitors open it. Of what is behind a
 * USB controller only the holders are asked: there can be any number of nodes, and logging in needs
 * some of them. */
static gboolean
is_fenced (const VfDeviceNode *node)
{
    static const char *const starts[] = { "dri/", "drm_dp_aux", "fb", "i2c-", "nvidia", "snd/" };

    for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
        if (g_str_has_prefix (node->name, starts[i]))
            return TRUE;
    return FALSE;
}

/* NULL with VF_REASON_INTERNAL when the function cannot be read. */
static GPtrArray *
find_nodes (const VfSysfs *root, VfPciAddress address, GError **error)
{
    GPtrArray *nodes = vf_device_nodes_of_host (root, address, error);

    for (guint i = nodes != NULL ? nodes->len : 0; i-- > 0;)
        if (!is_fenced (g_ptr_array_index (nodes, i)))
            g_ptr_array_remove_index (nodes, i);
    return nodes;
}

/* The mode of the node at @path below the root; FALSE when it is not there (any more). */
static gboolean
read_mode (const VfSysfs *root, const char *path, mode_t *mode)
{
    struct stat status;

    if (fstatat (vf_sysfs_fd (root), path, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return FALSE;
    *mode = status.st_mode & PERMISSIONS;
    return TRUE;
}

/* Finds "NAME=" among the words of @modes and reads the four digits after it. */
static gboolean
find_mode (const char *modes, const char *name, mode_t *mode)
{
    gsize length = strlen (name);

    for (const char *word = modes; word != NULL; word = strchr (word, ' ')) {
        word += strspn (word, " ");
        if (strncmp (word, name, length) == 0 && word[length] == '=') {
            *mode = (mode_t) g_ascii_strtoull (word + length + 1, NULL, 8) & OPENING;
            return TRUE;
        }
    }
    return FALSE;
}

/* "dri/card1=0660" */
static gboolean
is_node_and_mode (const char *word)
{
    gsize name = strspn (word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/_.-");

    return name > 0 && word[name] == '=' && strlen (word + name + 1) == 4
           && strspn (word + name + 1, "01234567") == 4;
}

/* Such words, or nothing at all. */
static gboolean
check_form (const char *modes, GError **error)
{
    g_auto (GStrv) words = g_strsplit (modes, " ", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        if (!is_node_and_mode (words[i])) {
            vf_error_set (error, VF_REASON_INTERNAL,
                          "A text of device nodes and their modes is malformed.");
            return FALSE;
        }
    }
    return TRUE;
}

char *
vfw_fence_note (const VfSysfs *root, VfPciAddress address, const char *known, GError **error)
{
    g_autoptr (GPtrArray) nodes = NULL;
    g_autoptr (GString) text = g_string_new (NULL);

    if (!check_form (known, error) || (nodes = find_nodes (root, address, error)) == NULL)
        return NULL;
    for (guint i = 0; i < nodes->len; i++) {
        const VfDeviceNode *node = g_ptr_array_index (nodes, i);
        g_autofree char *path = g_strconcat ("dev/", node->name, NULL);
        mode_t mode;

        if (!read_mode (root, path, &mode) || (mode == 0 && !find_mode (known, node->name, &mode)))
            continue;
        g_string_append_printf (text, "%s%s=%04o", text->len > 0 ? " " : "", node->name,
                                mode & OPENING);
    }
    return g_string_free (g_steal_pointer (&text), FALSE);
}

/* A node that vanishes meanwhile needs no mode. */
static gboolean
set_mode (
    const VfSysfs *root, VfwKernel *kernel, const VfDeviceNode *node, mode_t wanted, GError **error)
{
    g_autofree char *path = g_strconcat ("dev/", node->name, NULL);
    int result = kernel->set_mode (kernel, path, node->number, wanted);
    mode_t now;

    if (!read_mode (root, path, &now) || now == wanted)
        return TRUE;
    vf_error_set (error, VF_REASON_STEP_REJECTED,
                  "Could not change the mode of /%s from %04o to %04o: %s.", path, now, wanted,
                  result != 0 ? g_strerror (result) : _ ("it had no effect"));
    return FALSE;
}

gboolean
vfw_fence_close (const VfSysfs *root, VfwKernel *kernel, VfPciAddress address, GError **error)
{
    g_autoptr (GPtrArray) nodes = find_nodes (root, address, error);

    for (guint i = 0; nodes != NULL && i < nodes->len; i++) {
        const VfDeviceNode *node = g_ptr_array_index (nodes, i);
        g_autofree char *path = g_strconcat ("dev/", node->name, NULL);
        mode_t mode;

        if (read_mode (root, path, &mode) && mode != 0 && !set_mode (root, kernel, node, 0, error))
            return FALSE;
    }
    return nodes != NULL;
}

/* Whether one of the nodes in @modes has no mode now. Most drivers make new nodes when they are
 * bound, and to find those takes longer than to see that there is nothing to do. */
static gboolean
any_is_closed (const VfSysfs *root, const char *modes)
{
    g_auto (GStrv) words = g_strsplit (modes, " ", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        g_autofree char *name = g_strndup (words[i], strcspn (words[i], "="));
        g_autofree char *path = g_strconcat ("dev/", name, NULL);
        mode_t mode;

        if (read_mode (root, path, &mode) && mode == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
vfw_fence_open (
    const VfSysfs *root, VfwKernel *kernel, VfPciAddress address, const char *modes, GError **error)
{
    g_autoptr (GPtrArray) nodes = NULL;

    if (!check_form (modes, error))
        return FALSE;
    if (!any_is_closed (root, modes))
        return TRUE;
    nodes = find_nodes (root, address, error);
    for (guint i = 0; nodes != NULL && i < nodes->len; i++) {
        const VfDeviceNode *node = g_ptr_array_index (nodes, i);
        g_autofree char *path = g_strconcat ("dev/", node->name, NULL);
        mode_t now, wanted;

        if (find_mode (modes, node->name, &wanted) && read_mode (root, path, &now) && now == 0
            && !set_mode (root, kernel, node, wanted, error))
            return FALSE;
    }
    return nodes != NULL;
}

/* The proprietary driver's nodes are for everybody (NVreg_DeviceFileMode), those of the others for
 * a group: video, render, audio. */
static mode_t
usual_mode (const VfDeviceNode *node)
{
    return g_str_has_prefix (node->name, "nvidia") ? 0666 : 0660;
}

gboolean
vfw_fence_open_as_usual (const VfSysfs *root,
                         VfwKernel *kernel,
                         VfPciAddress address,
                         GError **error)
{
    g_autoptr (GPtrArray) nodes = find_nodes (root, address, error);

    for (guint i = 0; nodes != NULL && i < nodes->len; i++) {
        const VfDeviceNode *node = g_ptr_array_index (nodes, i);
        g_autofree char *path = g_strconcat ("dev/", node->name, NULL);
        mode_t now;

        if (read_mode (root, path, &now) && now == 0
            && !set_mode (root, kernel, node, usual_mode (node), error))
            return FALSE;
    }
    return nodes != NULL;
}
