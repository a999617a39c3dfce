/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the class code and the driver of a function mean. */
#include "vf-pci-function.h"

#include <glib/gi18n-lib.h>

#define BASE_CLASS_DISPLAY 0x03
#define BASE_CLASS_BRIDGE 0x06

static guint
base_class (const VfPciFunction *function)
{
    return function->class_code >> 16;
}

gboolean
vf_pci_function_is_display (const VfPciFunction *function)
{
    return base_class (function) == BASE_CLASS_DISPLAY;
}

gboolean
vf_pci_function_is_bridge (const VfPciFunction *function)
{
    return base_class (function) == BASE_CLASS_BRIDGE;
}

gboolean
vf_pci_function_on_vfio (const VfPciFunction *function)
{
    return g_strcmp0 (function->driver, VF_VFIO_DRIVER) == 0;
}

guint32
vf_pci_function_ids (const VfPciFunction *function)
{
    return (guint32) function->vendor << 16 | function->device;
}

/* The class codes of the PCI Code and ID Assignment Specification, as far as they meet GPUs and
 * their neighbours. */
static const struct {
    guint32 class_code;
    guint32 mask;
    const char *kind;
    const char *device; /* one of that kind, in a sentence */
} kinds[] = {
    { 0x010000, 0xff0000, NC_ ("PCI function", "storage"), N_ ("a storage device") },
    { 0x020000, 0xff0000, NC_ ("PCI function", "network"), N_ ("a network device") },
    { 0x030000, 0xff0000, NC_ ("PCI function", "display"), N_ ("a display device") },
    { 0x040100, 0xffff00, NC_ ("PCI function", "audio"), N_ ("an audio device") },
    { 0x040300, 0xffff00, "audio", N_ ("an audio device") },
    { 0x040000, 0xff0000, NC_ ("PCI function", "multimedia"), N_ ("a multimedia device") },
    { 0x060000, 0xff0000, NC_ ("PCI function", "bridge"), N_ ("a bridge device") },
    { 0x0c0300, 0xffff00, NC_ ("PCI function", "USB"), N_ ("a USB device") },
    { 0x0c8000, 0xffff00, NC_ ("PCI function", "USB-C"), N_ ("a USB-C device") },
    { 0x0c0000, 0xff0000, NC_ ("PCI function", "serial bus"), N_ ("a serial bus device") },
    { 0x120000, 0xff0000, NC_ ("PCI function", "accelerator"), N_ ("an accelerator device") },
    { 0, 0, NC_ ("PCI function", "other"), N_ ("a device of another kind") },
};

static gsize
find_kind (const VfPciFunction *function)
{
    gsize i = 0;

    while ((function->class_code & kinds[i].mask) != kinds[i].class_code)
        i++;
    return i;
}

const char *
vf_pci_function_kind (const VfPciFunction *function)
{
    return kinds[find_kind (function)].kind;
}

const char *
vf_pci_function_device (const VfPciFunction *function)
{
    return _ (kinds[find_kind (function)].device);
}

const char *
vf_pci_function_kind_words (const char *kind)
{
    return g_dpgettext2 (GETTEXT_PACKAGE, "PCI function", kind);
}
