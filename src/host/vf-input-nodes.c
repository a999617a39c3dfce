/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how udev names the links to input devices: BUS-VENDOR_MODEL_SERIAL[-ifNN]-event-KIND. */
#include "vf-input-nodes.h"

#include <errno.h>
#include <string.h>

#define FOLDER "dev/input/by-id"

void
vf_input_node_free (VfInputNode *node)
{
    g_free (node->path);
    g_free (node->name);
    g_free (node);
}

/* udev writes what it does not like in a name as \xNN. */
static char *
unescape (const char *text)
{
    GString *plain = g_string_new (NULL);

    for (; *text != '\0'; text++) {
        if (text[0] == '\\' && text[1] == 'x' && g_ascii_isxdigit (text[2])
            && g_ascii_isxdigit (text[3])) {
            g_string_append_c (plain, (char) (g_ascii_xdigit_value (text[2]) << 4
                                              | g_ascii_xdigit_value (text[3])));
            text += 3;
        } else {
            g_string_append_c (plain, *text);
        }
    }
    return g_string_free (plain, FALSE);
}

/* What udev has made of the device's own words, with its escapes and underscores undone. */
static char *
readable (const char *link, const char *suffix)
{
    g_autoptr (GRegex) interface = g_regex_new ("(-if[0-9a-f]{2})?$", 0, 0, NULL);
    const char *start = g_str_has_prefix (link, "usb-") ? link + strlen ("usb-") : link;
    g_autofree char *middle = g_strndup (start, strlen (start) - strlen (suffix));
    g_autofree char *device = g_regex_replace (interface, middle, -1, 0, "", 0, NULL);
    g_autofree char *plain = unescape (device != NULL ? device : middle);
    char *name = g_utf8_make_valid (plain, -1);

    return g_strstrip (g_strdelimit (name, "_", ' '));
}

static VfInputNode *
node_new (const char *link)
{
    static const struct {
        const char *suffix;
        gboolean is_keyboard;
    } kinds[] = { { "-event-kbd", TRUE }, { "-event-mouse", FALSE } };
    VfInputNode *node;

    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
        if (!g_str_has_suffix (link, kinds[i].suffix))
            continue;
        node = g_new0 (VfInputNode, 1);
        node->path = g_strdup_printf ("/" FOLDER "/%s", link);
        node->name = readable (link, kinds[i].suffix);
        node->is_keyboard = kinds[i].is_keyboard;
        return node;
    }
    return NULL;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
    return strcmp ((*(VfInputNode *const *) a)->path, (*(VfInputNode *const *) b)->path);
}

GPtrArray *
vf_input_nodes_list (const VfSysfs *root, GError **error)
{
    GPtrArray *nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_node_free);
    g_autoptr (GPtrArray) links = NULL;
    int result = vf_sysfs_list (root, FOLDER, &links);

    if (result < 0 && result != -ENOENT) {
        vf_sysfs_set_error (error, FOLDER, result);
        g_ptr_array_unref (nodes);
        return NULL;
    }
    for (guint i = 0; links != NULL && i < links->len; i++) {
        VfInputNode *node = node_new (links->pdata[i]);

        if (node != NULL)
            g_ptr_array_add (nodes, node);
    }
    g_ptr_array_sort (nodes, compare_paths);
    return nodes;
}

gboolean
vf_input_nodes_have (const VfSysfs *root, const char *path)
{
    return path[0] == '/' && vf_sysfs_exists (root, path + 1);
}
