/* SPDX-License-Identifier: GPL-3.0-or-later OR GPL-2.0-only */
/* Owns the middle of the fake NVIDIA stack: a node of its own, /dev/nvidia-modeset, and the need of
 * nvidia. */
#include "nvidia.h"

#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>

#define MODESET_NODE MKDEV (NVIDIA_MAJOR, 254)

static struct cdev node;

int
nvKmsKapiGetFunctionsTable (void)
{
    return nvidia_get_rm_ops ();
}
EXPORT_SYMBOL (nvKmsKapiGetFunctionsTable);

static int
open_node (struct inode *inode, struct file *file)
{
    return 0;
}

static const struct file_operations operations = {
    .owner = THIS_MODULE,
    .open = open_node,
};

static int __init
start (void)
{
    int result = register_chrdev_region (MODESET_NODE, 1, "nvidia-modeset");

    if (result)
        return result;
    cdev_init (&node, &operations);
    result = cdev_add (&node, MODESET_NODE, 1);
    if (result)
        unregister_chrdev_region (MODESET_NODE, 1);
    return result;
}

static void __exit
stop (void)
{
    cdev_del (&node);
    unregister_chrdev_region (MODESET_NODE, 1);
}

module_init (start);
module_exit (stop);
MODULE_DESCRIPTION ("Stands between nvidia and nvidia_drm");
MODULE_LICENSE ("GPL");
