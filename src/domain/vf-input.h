/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A keyboard or mouse that a VM is given: an input device of the host, which host and guest take
 * turns with, and without which the VM does not start; or a whole USB device, without which it
 * does. A value with owned strings. */
#pragma once

#include <glib.h>

typedef enum {
    VF_INPUT_KEYBOARD, /* evdev; both Ctrl keys switch it and all mice between host and guest */
    VF_INPUT_MOUSE,    /* evdev */
    VF_INPUT_USB,      /* the guest alone has it while it runs */
} VfInputKind;

typedef struct {
    VfInputKind kind;
    char *path;      /* of an evdev device: "/dev/input/by-id/usb-A-event-kbd"; else NULL */
    guint16 vendor;  /* of a USB device, and 0 otherwise */
    guint16 product; /* the same */
} VfInput;

/* The evdev device at @path: below /dev/input/, and by its name, which ends with "-event-kbd" or
 * "-event-mouse", a keyboard or a mouse. VF_REASON_INVALID_INPUT for any other text; whether it is
 * there nobody looks. The caller owns it. */
VfInput *vf_input_new_evdev (const char *path, GError **error);

/* The USB device with these ids as "046d:c52b", four hexadecimal digits each.
 * VF_REASON_INVALID_INPUT for any other text. The caller owns it. */
VfInput *vf_input_new_usb (const char *ids, GError **error);

VfInput *vf_input_copy (const VfInput *input);
void vf_input_free (VfInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfInput, vf_input_free)

/* Whether both are the same device. */
gboolean vf_input_equal (const VfInput *a, const VfInput *b);

/* "keyboard", "mouse" or "usb"; stable. */
const char *vf_input_kind_id (VfInputKind kind);

/* The path, or the ids as "046d:c52b"; the caller owns it. */
char *vf_input_format (const VfInput *input);
