/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thing that a host lacks, and what set-up does about it. A value with owned parts. */
#pragma once

#include "vf-amendment.h"

/* What has to be told of the change. */
typedef enum {
    VF_FOLLOW_UP_GRUB = 1 << 0,      /* its menu is made anew */
    VF_FOLLOW_UP_INITRAMFS = 1 << 1, /* all of them are */
    VF_FOLLOW_UP_UDEV = 1 << 2,      /* reads its rules again, and applies them to GPUs */
    VF_FOLLOW_UP_LIBVIRT = 1 << 3,   /* reads its hooks again; running VMs stay */
} VfFollowUp;

/* When it counts. */
typedef enum {
    VF_EFFECT_NOW,
    VF_EFFECT_LOGIN,   /* when the user has logged in again */
    VF_EFFECT_RESTART, /* when the host has been restarted */
} VfEffect;

typedef struct {
    const char *id;        /* "command-line", "hook"; a literal */
    char *purpose;         /* a sentence: what it is for */
    GPtrArray *amendments; /* VfAmendment */
    char *by_hand;         /* what a person has to do, instead or as well; or NULL */
    VfFollowUp follow_ups;
    VfEffect effect;
} VfSetupItem;

/* Takes @purpose. */
VfSetupItem *vf_setup_item_new (const char *id, VfEffect effect, char *purpose);
void vf_setup_item_free (VfSetupItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfSetupItem, vf_setup_item_free)

/* Takes @amendment. */
void vf_setup_item_add (VfSetupItem *item, VfAmendment *amendment);
