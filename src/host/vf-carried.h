/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the host has on a PCI function: network interfaces, disks and what is mounted of them, input
 * devices. For the sentence that says why a GPU cannot be lent together with it. */
#pragma once

#include "vf-sysfs.h"

typedef struct _VfCarried VfCarried;

/* Reads which block and input devices the machine at @root has, which must outlive it; what cannot
 * be read is left out. The caller owns it. */
VfCarried *vf_carried_new (const VfSysfs *root);
void vf_carried_free (VfCarried *carried);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfCarried, vf_carried_free)

typedef enum {
    VF_CARRIED_NETWORK,
    VF_CARRIED_DISK,
    VF_CARRIED_INPUT,
} VfCarriedKind;

/* One device of the host. A value with owned strings. */
typedef struct {
    VfCarriedKind kind;
    char *name;    /* "eth0", "sda", "input5"; NULL for a network interface that is not seen here */
    char *title;   /* what an input device calls itself, escaped; NULL when that is not known */
    char **places; /* where a disk is mounted, or "swap"; NULL for all others */
} VfCarriedDevice;

/* Also sees what lies on encryption, RAID or logical volumes on a disk. VfCarriedDevice pointers;
 * the caller owns the array, which frees them. */
GPtrArray *vf_carried_list (VfCarried *carried, VfPciAddress address);

/* "network interface eth0, disk sda (in use: /, /boot, swap), input device input5 (Keyboard)"; NULL
 * when it carries nothing. The caller owns the text. */
char *vf_carried_describe (VfCarried *carried, VfPciAddress address);
