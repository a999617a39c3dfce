/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a driver makes of a function it got: class devices and device nodes. */
#pragma once

#include "fake-machine.h"

typedef struct {
    const char *class; /* "drm" */
    char *name;        /* "card1": in sys/class/CLASS */
    char *below;       /* its folder, below that of the function: "drm/card1" */
    char *device;      /* its node below dev: "dri/card1"; NULL when it has none */
    guint major, minor;
    gboolean virtual; /* its folder is below sys/devices/virtual, and it belongs to the group */
    guint n_attributes;
    struct {
        const char *name;
        const char *text;
    } attributes[2]; /* their texts belong to the function or live for ever */
} FakeNode;

/* What @driver makes of @function, outer folders first. The caller owns the array, which frees its
 * FakeNode values. */
GPtrArray *fake_node_list (const FakeFunction *function, const char *driver);

/* /proc/driver/nvidia/gpus/ADDRESS and /dev/nvidiaN, when @driver is the one that has them. */
void fake_node_add_nvidia (const char *root, const FakeFunction *function, const char *driver);
void fake_node_remove_nvidia (const char *root, const FakeFunction *function, const char *driver);
