/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keyboards, mice and USB devices of this host that a VM could be given. Values with owned
 * strings. */
#pragma once

#include "vf-input.h"
#include "vf-libvirt.h"
#include "vf-sysfs.h"

/* What the host has a USB device for, as far as the device tells. */
typedef enum {
    VF_INPUT_USE_KEYBOARD = 1 << 0,
    VF_INPUT_USE_MOUSE = 1 << 1,
    VF_INPUT_USE_STORAGE = 1 << 2,
    VF_INPUT_USE_NETWORK = 1 << 3,
} VfInputUse;

typedef struct {
    VfInput *input;
    char *name;    /* for people: "Logitech, Inc. Unifying Receiver"; any text */
    guint uses;    /* VfInputUse of a USB device; 0 for evdev, of which the host loses nothing */
    char *network; /* the host's interface of a network device: "enp0s20u1"; or NULL */
    guint count;   /* how many USB devices with these ids there are; a VM with one of several
                      would not start */
} VfInputChoice;

void vf_input_choice_free (VfInputChoice *choice);

/* The evdev devices by path, then the USB devices by name, without hubs; several USB devices
 * with the same ids are one choice. @root is the machine's root. Blocks. The caller owns the array,
 * which frees its VfInputChoice values. VF_REASON_INTERNAL, VF_REASON_LIBVIRT_FAILED. */
GPtrArray *vf_input_list (virConnect *connection, const VfSysfs *root, GError **error);

/* What the host does without while a VM has this: a sentence; NULL when that is nothing that can be
 * told. The caller owns it. */
char *vf_input_choice_warning (const VfInputChoice *choice);

/* Whether a VM with @inputs (VfInput) could start: VF_REASON_NO_SUCH_INPUT names the first that is
 * not there, VF_REASON_AMBIGUOUS_INPUT the first of which there are several. Otherwise as
 * vf_input_list(). */
gboolean vf_input_list_check (virConnect *connection,
                              const VfSysfs *root,
                              const GPtrArray *inputs,
                              GError **error);
