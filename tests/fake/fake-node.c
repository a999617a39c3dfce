/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the table of what drivers make of functions. */
#include "fake-node.h"

#include "fake-tree.h"

#include <glib/gstdio.h>
#include <string.h>

#define DRM_MAJOR 226
#define SOUND_MAJOR 116
#define FRAMEBUFFER_MAJOR 29
#define I2C_MAJOR 89
#define DISK_MAJOR 8
#define HIDRAW_MAJOR 247
#define VFIO_GROUP_MAJOR 243
#define VFIO_DEVICE_MAJOR 511
#define FIRST_RENDER_MINOR 128

static void
node_free (FakeNode *node)
{
    g_free (node->name);
    g_free (node->below);
    g_free (node->device);
    g_free (node);
}

/* Takes @name and @below; @device_folder, below dev, is NULL for what has no device node. */
static FakeNode *
add (GPtrArray *nodes, const char *class, char *name, char *below, const char *device_folder)
{
    FakeNode *node = g_new0 (FakeNode, 1);

    node->class = class;
    node->name = name;
    node->below = below;
    if (device_folder != NULL)
        node->device = g_build_filename (device_folder, name, NULL);
    g_ptr_array_add (nodes, node);
    return node;
}

static void
set_number (FakeNode *node, guint major, int minor)
{
    node->major = major;
    node->minor = (guint) minor;
}

static void
add_attribute (FakeNode *node, const char *name, const char *text)
{
    node->attributes[node->n_attributes].name = name;
    node->attributes[node->n_attributes++].text = text;
}

/* "HDMI-A-1:enabled", "DP-1:disabled:connected": what is enabled is connected, unless it says so.
 */
static void
add_connector (GPtrArray *nodes, int card, const char *description)
{
    g_auto (GStrv) words = g_strsplit (description, ":", 3);
    gboolean enabled = words[1] != NULL && strcmp (words[1], "enabled") == 0;
    gboolean connected =
        words[1] != NULL && words[2] != NULL ? strcmp (words[2], "connected") == 0 : enabled;
    char *name = g_strdup_printf ("card%d-%s", card, words[0]);
    FakeNode *node = add (nodes, "drm", name, g_strdup_printf ("drm/card%d/%s", card, name), NULL);

    add_attribute (node, "enabled", enabled ? "enabled" : "disabled");
    add_attribute (node, "status", connected ? "connected" : "disconnected");
}

static void
add_display (GPtrArray *nodes, const FakeFunction *function)
{
    int card = function->card;
    int render = FIRST_RENDER_MINOR + card;
    FakeNode *node = add (nodes, "drm", g_strdup_printf ("card%d", card),
                          g_strdup_printf ("drm/card%d", card), "dri");

    set_number (node, DRM_MAJOR, card);
    if (function->card_display != NULL)
        add_attribute (node, "boot_display", function->card_display);
    for (char **item = function->connectors; item != NULL && *item != NULL; item++)
        add_connector (nodes, card, *item);
    node = add (nodes, "drm", g_strdup_printf ("renderD%d", render),
                g_strdup_printf ("drm/renderD%d", render), "dri");
    set_number (node, DRM_MAJOR, render);
    node = add (nodes, "graphics", g_strdup_printf ("fb%d", card),
                g_strdup_printf ("graphics/fb%d", card), "");
    set_number (node, FRAMEBUFFER_MAJOR, card);
    node = add (nodes, "i2c-dev", g_strdup_printf ("i2c-%d", card),
                g_strdup_printf ("i2c-%d/i2c-dev/i2c-%d", card, card), "");
    set_number (node, I2C_MAJOR, card);
}

/* A keyboard on a USB port of @function, which also has a raw device. */
static void
add_input (GPtrArray *nodes, const FakeFunction *function, int port)
{
    int number = function->address.bus * 8 + function->address.function * 4 + port;
    g_autofree char *folder =
        g_strdup_printf ("usb3/3-%d/3-%d:1.0/0003:046D:C31C.%04d", port + 1, port + 1, port + 1);
    g_autofree char *name = g_strdup_printf ("input%d", number);
    g_autofree char *raw = g_strdup_printf ("hidraw%d", number);
    FakeNode *node =
        add (nodes, "input", g_strdup (name), g_build_filename (folder, "input", name, NULL), NULL);

    add_attribute (node, "name", function->inputs[port]);
    node =
        add (nodes, "hidraw", g_strdup (raw), g_build_filename (folder, "hidraw", raw, NULL), "");
    set_number (node, HIDRAW_MAJOR, number);
}

static void
add_sound (GPtrArray *nodes, int card)
{
    FakeNode *node;

    add (nodes, "sound", g_strdup_printf ("card%d", card), g_strdup_printf ("sound/card%d", card),
         NULL);
    /* For what is plugged into it. */
    node = add (nodes, "input", g_strdup_printf ("input%d", 100 + card),
                g_strdup_printf ("sound/card%d/input%d", card, 100 + card), NULL);
    add_attribute (node, "name", "HDA Fake HDMI/DP,pcm=3");
    node = add (nodes, "sound", g_strdup_printf ("controlC%d", card),
                g_strdup_printf ("sound/card%d/controlC%d", card, card), "snd");
    set_number (node, SOUND_MAJOR, card * 32);
    node = add (nodes, "sound", g_strdup_printf ("pcmC%dD3p", card),
                g_strdup_printf ("sound/card%d/pcmC%dD3p", card, card), "snd");
    set_number (node, SOUND_MAJOR, card * 32 + 3);
}

/* "sda:/:/boot": a disk with a partition for each thing that is mounted of it. */
static void
add_disk (GPtrArray *nodes, const char *description)
{
    g_auto (GStrv) words = g_strsplit (description, ":", -1);
    const char *last = words[0] + strlen (words[0]) - 1;
    const char *separator = g_ascii_isdigit (*last) ? "p" : "";
    int minor = (g_ascii_isdigit (*last) ? *last - '0' : *last - 'a') * 16;
    const char *folder =
        g_str_has_prefix (words[0], "nvme") ? "nvme/nvme0" : "ata1/host0/target0:0:0/0:0:0:0/block";
    char *below = g_build_filename (folder, words[0], NULL);
    FakeNode *node = add (nodes, "block", g_strdup (words[0]), below, "");

    set_number (node, DISK_MAJOR, minor);
    for (int i = 1; words[i] != NULL; i++) {
        char *name = g_strdup_printf ("%s%s%d", words[0], separator, i);

        node = add (nodes, "block", name, g_build_filename (below, name, NULL), "");
        set_number (node, DISK_MAJOR, minor + i);
        add_attribute (node, "partition", "1");
    }
}

static void
add_vfio (GPtrArray *nodes, const FakeFunction *function)
{
    int number = function->group * 8 + function->address.function;
    FakeNode *node = add (nodes, "vfio", g_strdup_printf ("%d", function->group),
                          g_strdup_printf ("vfio/%d", function->group), "vfio");

    node->virtual = TRUE;
    set_number (node, VFIO_GROUP_MAJOR, function->group);
    node = add (nodes, "vfio-dev", g_strdup_printf ("vfio%d", number),
                g_strdup_printf ("vfio-dev/vfio%d", number), "vfio/devices");
    set_number (node, VFIO_DEVICE_MAJOR, number);
}

GPtrArray *
fake_node_list (const FakeFunction *function, const char *driver)
{
    GPtrArray *nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) node_free);

    if (strcmp (driver, "vfio-pci") == 0) {
        add_vfio (nodes, function);
        return nodes;
    }
    if (function->card >= 0 && function->class_code >> 16 == 0x03)
        add_display (nodes, function);
    else if (function->card >= 0)
        add_sound (nodes, function->card);
    for (char **name = function->networks; name != NULL && *name != NULL; name++)
        add (nodes, "net", g_strdup (*name), g_build_filename ("net", *name, NULL), NULL);
    for (char **disk = function->disks; disk != NULL && *disk != NULL; disk++)
        add_disk (nodes, *disk);
    for (int port = 0; function->inputs != NULL && function->inputs[port] != NULL; port++)
        add_input (nodes, function, port);
    return nodes;
}

static gboolean
has_nvidia_node (const FakeFunction *function, const char *driver)
{
    return function->nvidia_minor >= 0 && strcmp (driver, "nvidia") == 0;
}

void
fake_node_add_nvidia (const char *root, const FakeFunction *function, const char *driver)
{
    g_autofree char *information =
        g_build_filename ("proc/driver/nvidia/gpus", function->name.text, "information", NULL);
    g_autofree char *text = NULL;
    g_autofree char *node = NULL;
    g_autofree char *full = NULL;

    if (!has_nvidia_node (function, driver))
        return;
    text = g_strdup_printf ("Model: \t\t Fake\nBus Location: \t %s\nDevice Minor: \t %d\n",
                            function->name.text, function->nvidia_minor);
    node = g_strdup_printf ("dev/nvidia%d", function->nvidia_minor);
    fake_tree_write (root, information, text);
    full = g_build_filename (root, node, NULL);
    if (g_access (full, F_OK) != 0)
        fake_tree_write (root, node, "");
}

/* The node was made by a program and outlives the driver's hold on the card. */
void
fake_node_remove_nvidia (const char *root, const FakeFunction *function, const char *driver)
{
    g_autofree char *information = NULL;

    if (!has_nvidia_node (function, driver))
        return;
    information = g_build_filename (root, "proc/driver/nvidia/gpus", function->name.text, NULL);
    fake_tree_remove (information);
}
