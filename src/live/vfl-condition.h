/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Something of this host that keeps a person from what they came for: what, why, what to do. */
#pragma once

#include <glib-object.h>

typedef enum {
    VFL_CURE_NONE,      /* the sentence says what to do, elsewhere */
    VFL_CURE_TRY_AGAIN, /* vfl_host_try_again() */
} VflCure;

#define VFL_TYPE_CONDITION (vfl_condition_get_type ())
G_DECLARE_FINAL_TYPE (VflCondition, vfl_condition, VFL, CONDITION, GObject)

/* Properties: "id" (stable), "title", "sentence", "icon-name". */
VflCondition *
vfl_condition_new (const char *id, const char *title, const char *sentence, VflCure cure);

const char *vfl_condition_id (VflCondition *self);
const char *vfl_condition_title (VflCondition *self);
const char *vfl_condition_sentence (VflCondition *self);
VflCure vfl_condition_cure (VflCondition *self);
gboolean vfl_condition_equal (VflCondition *self, VflCondition *other);
