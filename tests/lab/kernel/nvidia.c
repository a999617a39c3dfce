/* SPDX-License-Identifier: GPL-3.0-or-later OR GPL-2.0-only */
/* Owns a driver that treats the lab's card as NVIDIA's treats its own, where that matters to who
 * takes the card away: remove() waits, and cannot be interrupted, while a descriptor of the card is
 * open (kernel-open/nvidia/nv-pci.c, nv_pci_remove); an open descriptor keeps the module from being
 * unloaded; the nodes are made from user space, so that sysfs knows none of them; /proc tells the
 * minor number. It has no MODULE_DEVICE_TABLE, so that udev does not load it. */
#include "nvidia.h"

#include <linux/cdev.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#define MOST_GPUS 4
#define CONTROL_MINOR 255

/* Once remove() waits, a descriptor that is closed does not count any more: so the real driver was
 * reported, since it looks for the card in a list that the card has left already. Then nothing ends
 * the wait but a restart; here writing 0 does. */
static bool forgets_release;
module_param (forgets_release, bool, 0644);
MODULE_PARM_DESC (forgets_release, "what is closed while remove() waits does not end the wait");

struct gpu {
    struct pci_dev *device; /* NULL: there is none of this minor number */
    struct proc_dir_entry *folder;
    bool leaving;
    int opened;
    int closed;
    int closed_before; /* remove() began to wait */
};

static struct gpu gpus[MOST_GPUS]; /* by minor number */
static DEFINE_MUTEX (lock);
static struct cdev gpu_nodes;
static struct cdev control_node;
static struct proc_dir_entry *proc_folder;
static struct proc_dir_entry *proc_gpus;

int
nvidia_get_rm_ops (void)
{
    int minor, count = 0;

    mutex_lock (&lock);
    for (minor = 0; minor < MOST_GPUS; minor++)
        count += gpus[minor].device != NULL;
    mutex_unlock (&lock);
    return count;
}
EXPORT_SYMBOL (nvidia_get_rm_ops);

static int
open_gpu (struct inode *inode, struct file *file)
{
    struct gpu *gpu = &gpus[iminor (inode)];
    int result = -ENODEV;

    mutex_lock (&lock);
    if (gpu->device && !gpu->leaving) {
        gpu->opened++;
        file->private_data = gpu;
        result = 0;
    }
    mutex_unlock (&lock);
    return result;
}

static int
release_gpu (struct inode *inode, struct file *file)
{
    struct gpu *gpu = file->private_data;

    mutex_lock (&lock);
    gpu->closed++;
    mutex_unlock (&lock);
    return 0;
}

static int
open_control (struct inode *inode, struct file *file)
{
    return 0;
}

/* The owner is what holds the module while a node is open. */
static const struct file_operations gpu_operations = {
    .owner = THIS_MODULE,
    .open = open_gpu,
    .release = release_gpu,
};

static const struct file_operations control_operations = {
    .owner = THIS_MODULE,
    .open = open_control,
};

static int
show_information (struct seq_file *text, void *nothing)
{
    const struct gpu *gpu = text->private;

    seq_puts (text, "Model: \t\t NVIDIA of the lab\n");
    seq_puts (text, "Bus Type: \t PCIe\n");
    seq_printf (text, "Bus Location: \t %s\n", pci_name (gpu->device));
    seq_printf (text, "Device Minor: \t %d\n", (int) (gpu - gpus));
    seq_puts (text, "GPU Excluded:\t No\n");
    return 0;
}

static int
show_version (struct seq_file *text, void *nothing)
{
    seq_puts (text, "NVRM version: NVIDIA UNIX x86_64 Kernel Module  of the lab\n");
    return 0;
}

static int
probe_gpu (struct pci_dev *device, const struct pci_device_id *id)
{
    int minor, result = pcim_enable_device (device);

    if (result)
        return result;
    mutex_lock (&lock);
    for (minor = 0; minor < MOST_GPUS && gpus[minor].device; minor++)
        ;
    if (minor < MOST_GPUS) {
        gpus[minor] = (struct gpu){ .device = device };
        gpus[minor].folder = proc_mkdir (pci_name (device), proc_gpus);
        proc_create_single_data ("information", 0444, gpus[minor].folder, show_information,
                                 &gpus[minor]);
        pci_set_drvdata (device, &gpus[minor]);
    }
    mutex_unlock (&lock);
    return minor < MOST_GPUS ? 0 : -ENOSPC;
}

static bool
is_open (struct gpu *gpu)
{
    bool result;

    mutex_lock (&lock);
    result = gpu->opened > (READ_ONCE (forgets_release) ? gpu->closed_before : gpu->closed);
    mutex_unlock (&lock);
    return result;
}

static void
remove_gpu (struct pci_dev *device)
{
    struct gpu *gpu = pci_get_drvdata (device);

    mutex_lock (&lock);
    gpu->leaving = true;
    gpu->closed_before = gpu->closed;
    mutex_unlock (&lock);
    if (is_open (gpu)) {
        pr_err ("NVRM: Attempting to remove device %s with non-zero usage count!\n",
                pci_name (device));
        while (is_open (gpu))
            msleep (500);
    }
    mutex_lock (&lock);
    proc_remove (gpu->folder);
    gpu->device = NULL;
    mutex_unlock (&lock);
}

static const struct pci_device_id gpu_ids[] = {
    { PCI_DEVICE (0x1234, 0x1111) },
    {},
};

static struct pci_driver driver = {
    .name = "nvidia",
    .id_table = gpu_ids,
    .probe = probe_gpu,
    .remove = remove_gpu,
};

static void
remove_nodes (void)
{
    cdev_del (&control_node);
    cdev_del (&gpu_nodes);
    unregister_chrdev_region (MKDEV (NVIDIA_MAJOR, CONTROL_MINOR), 1);
    unregister_chrdev_region (MKDEV (NVIDIA_MAJOR, 0), MOST_GPUS);
}

static int __init
add_nodes (void)
{
    int result = register_chrdev_region (MKDEV (NVIDIA_MAJOR, 0), MOST_GPUS, "nvidia");

    if (result)
        return result;
    result = register_chrdev_region (MKDEV (NVIDIA_MAJOR, CONTROL_MINOR), 1, "nvidiactl");
    if (result) {
        unregister_chrdev_region (MKDEV (NVIDIA_MAJOR, 0), MOST_GPUS);
        return result;
    }
    cdev_init (&gpu_nodes, &gpu_operations);
    cdev_init (&control_node, &control_operations);
    result = cdev_add (&gpu_nodes, MKDEV (NVIDIA_MAJOR, 0), MOST_GPUS);
    if (!result)
        result = cdev_add (&control_node, MKDEV (NVIDIA_MAJOR, CONTROL_MINOR), 1);
    if (result)
        remove_nodes ();
    return result;
}

static int __init
start (void)
{
    int result = add_nodes ();

    if (result)
        return result;
    proc_folder = proc_mkdir ("driver/nvidia", NULL);
    proc_gpus = proc_mkdir ("gpus", proc_folder);
    proc_create_single ("version", 0444, proc_folder, show_version);
    result = pci_register_driver (&driver);
    if (result) {
        proc_remove (proc_folder);
        remove_nodes ();
    }
    return result;
}

static void __exit
stop (void)
{
    pci_unregister_driver (&driver);
    proc_remove (proc_folder);
    remove_nodes ();
}

module_init (start);
module_exit (stop);
MODULE_DESCRIPTION ("A driver that lets go of its card as NVIDIA's does");
MODULE_LICENSE ("GPL");
