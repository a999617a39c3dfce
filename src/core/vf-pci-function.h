/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of one PCI function. A value that belongs to a VfSnapshot and does not change. */
#pragma once

#include "vf-pci-address.h"

typedef enum {
    VF_ANSWER_UNKNOWN, /* the kernel has no such attribute for this function */
    VF_ANSWER_NO,
    VF_ANSWER_YES,
} VfAnswer;

/* The driver that hands a function to a VM. */
#define VF_VFIO_DRIVER "vfio-pci"

/* NVIDIA's own driver, open or not. */
#define VF_NVIDIA_DRIVER "nvidia"

/* That of AMD. */
#define VF_AMD_DRIVER "amdgpu"

#define VF_NO_IOMMU_GROUP (-1)

typedef struct {
    VfPciAddress address;
    guint32 class_code; /* 24 bits: base class, sub-class, programming interface */
    int iommu_group;    /* or VF_NO_IOMMU_GROUP */
    const char *driver; /* NULL when none is bound */

    /* The rest is read only for functions of display slots and for their IOMMU group mates; for
     * all others it is 0, NULL or VF_ANSWER_UNKNOWN. */
    gboolean detailed;
    guint16 vendor;
    guint16 device;
    guint16 subsystem_vendor;
    guint16 subsystem_device;
    const char *path;     /* below /sys/devices: says in which slot it sits, bridge by bridge */
    const char *modalias; /* "pci:v00001234d..." */
    VfAnswer boot_vga;
    VfAnswer boot_display;
    const char *enabled_connector; /* "HDMI-A-1": shows a picture now; NULL when none does */
    const char *monitor;  /* "DP-1, HDMI-A-2": monitors are plugged in there; "" when none is; NULL:
                           * not known */
    gboolean has_console; /* the kernel's text console is on it: framebuffer 0 */
    const char *runtime_status; /* "active", "suspended", ...; NULL when unknown */
    const char *power_control;  /* "on" or "auto"; NULL when the kernel has none */
    const char *d3cold_allowed; /* "0" or "1"; NULL when the kernel has none */
    const char *reset_methods;  /* "flr bus"; NULL when it cannot be reset alone */
    const char *carries; /* what the host has on it, in words ("network interface eth0"); NULL for
                          * nothing, and for display functions and bridges */
} VfPciFunction;

gboolean vf_pci_function_is_display (const VfPciFunction *function);

/* A PCI bridge of any kind: it has no driver that vfio would mind, and stays with the host. */
gboolean vf_pci_function_is_bridge (const VfPciFunction *function);

gboolean vf_pci_function_on_vfio (const VfPciFunction *function);

/* Vendor and device as one number, 0xvvvvdddd. */
guint32 vf_pci_function_ids (const VfPciFunction *function);

/* "display", "audio", "USB", "bridge", "network", ...: the class in a word; never NULL. */
const char *vf_pci_function_kind (const VfPciFunction *function);
/* The same in a sentence, and as a word for people: "an audio device", "audio". */
const char *vf_pci_function_device (const VfPciFunction *function);
const char *vf_pci_function_kind_words (const char *kind);
