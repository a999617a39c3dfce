/* SPDX-License-Identifier: GPL-3.0-or-later OR GPL-2.0-only */
/* Owns a driver for the lab's card that hangs, refuses or is slow as its parameters say, which a
 * scenario writes while it runs. A driver cannot refuse to let go: the kernel's remove() has no
 * answer. It has no MODULE_DEVICE_TABLE, so that udev does not load it: who wants it binds it. */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sched.h>

#define MOST_BUSES 4

static bool hang_remove;
module_param (hang_remove, bool, 0644);
MODULE_PARM_DESC (hang_remove, "remove() does not return while this is set");

static bool hang_probe;
module_param (hang_probe, bool, 0644);
MODULE_PARM_DESC (hang_probe, "probe() does not return while this is set");

static int refuse_probe;
module_param (refuse_probe, int, 0644);
MODULE_PARM_DESC (refuse_probe, "the number of the error that probe() fails with; 0: it succeeds");

static int refuse_times;
module_param (refuse_times, int, 0644);
MODULE_PARM_DESC (refuse_times, "how many more probes fail (EIO unless refuse_probe is set)");

static uint slow_ms;
module_param (slow_ms, uint, 0644);
MODULE_PARM_DESC (slow_ms, "probe() and remove() take so many milliseconds longer");

/* What was done to the card since the module was loaded. */
static atomic_t probes = ATOMIC_INIT (0);
module_param_named (probes, probes.counter, int, 0444);
static atomic_t removes = ATOMIC_INIT (0);
module_param_named (removes, removes.counter, int, 0444);
static atomic_t config_reads = ATOMIC_INIT (0);
module_param_named (config_reads, config_reads.counter, int, 0444);
static atomic_t config_writes = ATOMIC_INIT (0);
module_param_named (config_writes, config_writes.counter, int, 0444);

/* The accesses to the configuration space of every function on the card's bus, whoever makes them,
 * are counted on their way. All buses of the lab's machine have the same operations. */
static struct pci_ops *plain_ops;
static struct pci_ops counting_ops;
static struct pci_bus *watched[MOST_BUSES];
static DEFINE_MUTEX (watch_lock);

static int
count_read (struct pci_bus *bus, unsigned int function, int where, int size, u32 *value)
{
    atomic_inc (&config_reads);
    return plain_ops->read (bus, function, where, size, value);
}

static int
count_write (struct pci_bus *bus, unsigned int function, int where, int size, u32 value)
{
    atomic_inc (&config_writes);
    return plain_ops->write (bus, function, where, size, value);
}

static void
watch_bus (struct pci_bus *bus)
{
    int place = 0;

    mutex_lock (&watch_lock);
    while (place < MOST_BUSES && watched[place] && watched[place] != bus)
        place++;
    if (place < MOST_BUSES && !watched[place]) {
        if (!plain_ops) {
            plain_ops = bus->ops;
            counting_ops = *plain_ops;
            counting_ops.read = count_read;
            counting_ops.write = count_write;
        }
        if (bus->ops == plain_ops) {
            get_device (&bus->dev);
            watched[place] = bus;
            pci_bus_set_ops (bus, &counting_ops);
        }
    }
    mutex_unlock (&watch_lock);
}

static void
leave_buses (void)
{
    int place;

    for (place = 0; place < MOST_BUSES && watched[place]; place++) {
        pci_bus_set_ops (watched[place], plain_ops);
        put_device (&watched[place]->dev);
    }
}

/* Not even SIGKILL ends it, as with a driver that waits for its hardware. */
static void
hang_while (const bool *flag)
{
    while (READ_ONCE (*flag))
        schedule_timeout_uninterruptible (HZ / 10);
}

/* The error that this probe fails with, or 0. */
static int
refusal (void)
{
    int error = READ_ONCE (refuse_probe);

    if (READ_ONCE (refuse_times) > 0) {
        refuse_times--;
        return error > 0 ? error : EIO;
    }
    return error > 0 ? error : 0;
}

static int
probe_card (struct pci_dev *card, const struct pci_device_id *id)
{
    int error;

    atomic_inc (&probes);
    watch_bus (card->bus);
    msleep (READ_ONCE (slow_ms));
    hang_while (&hang_probe);
    error = refusal ();
    if (error) {
        dev_err (&card->dev, "the card's firmware does not answer (error %d)\n", -error);
        return -error;
    }
    return pcim_enable_device (card);
}

static void
remove_card (struct pci_dev *card)
{
    atomic_inc (&removes);
    msleep (READ_ONCE (slow_ms));
    hang_while (&hang_remove);
}

/* Both functions of the card: the display and its sound. */
static const struct pci_device_id cards[] = {
    { PCI_DEVICE (0x1234, 0x1111) },
    { PCI_DEVICE (0x8086, 0x293e) },
    {},
};

static struct pci_driver faultgpu = {
    .name = "faultgpu",
    .id_table = cards,
    .probe = probe_card,
    .remove = remove_card,
};

static int __init
start (void)
{
    return pci_register_driver (&faultgpu);
}

static void __exit
stop (void)
{
    pci_unregister_driver (&faultgpu);
    leave_buses ();
}

module_init (start);
module_exit (stop);
MODULE_DESCRIPTION ("A GPU driver with the faults of others");
MODULE_LICENSE ("GPL");
