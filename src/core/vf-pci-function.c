/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the class code and the driver of a function mean. */
#include "vf-pci-function.h"

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

const char *
vf_pci_function_kind (const VfPciFunction *function)
{
    /* The class codes of the PCI Code and ID Assignment Specification, as far as they meet GPUs and
     * their neighbours. */
    static const struct {
        guint32 class_code;
        guint32 mask;
        const char *kind;
    } kinds[] = {
        { 0x010000, 0xff0000, "storage" },     { 0x020000, 0xff0000, "network" },
        { 0x030000, 0xff0000, "display" },     { 0x040100, 0xffff00, "audio" },
        { 0x040300, 0xffff00, "audio" },       { 0x040000, 0xff0000, "multimedia" },
        { 0x060000, 0xff0000, "bridge" },      { 0x0c0300, 0xffff00, "USB" },
        { 0x0c8000, 0xffff00, "USB-C" },       { 0x0c0000, 0xff0000, "serial bus" },
        { 0x120000, 0xff0000, "accelerator" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
        if ((function->class_code & kinds[i].mask) == kinds[i].class_code)
            return kinds[i].kind;
    }
    return "other";
}
