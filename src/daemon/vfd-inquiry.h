/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question at a time to virtflow-probe about the functions of a GPU. */
#pragma once

#include "vfd-link.h"

typedef struct _VfdInquiry VfdInquiry;

typedef enum {
    VFD_INQUIRY_HOLDERS,    /* of its device nodes: what stands against lending it */
    VFD_INQUIRY_VFIO_USERS, /* of it through vfio: what stands against returning it */
    VFD_INQUIRY_STILL_HELD, /* of what this inquiry found for one of these two, without the card */
    VFD_INQUIRY_STUCK,      /* workers that carry out a step for it, without a look at the card */
    VFD_INQUIRY_DOMAINS,    /* VMs that libvirt has with it, without a look at the card */
} VfdInquiryKind;

/* @found: VfHolder pointers, for VFD_INQUIRY_STUCK VfWorkerProcess pointers, for
 * VFD_INQUIRY_DOMAINS strings; belonging to the caller of this. NULL when @error is set, which is
 * VF_REASON_WEDGED at the deadline. */
typedef void (*VfdInquiryAnswer) (const GPtrArray *found, const GError *error, gpointer data);

/* Starts the probe. @helpers is the folder of the helpers' sockets. */
VfdInquiry *vfd_inquiry_new (const char *helpers, GError **error);
void vfd_inquiry_free (VfdInquiry *inquiry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdInquiry, vfd_inquiry_free)

/* Frees the inquiry and returns its connection, which the caller owns. */
VfdLink *vfd_inquiry_to_link (VfdInquiry *inquiry);

/* Asks about @functions (VfPciAddress values). @answer comes once, never before this returns, and
 * may free the inquiry or ask again. @deadline is in milliseconds. */
void vfd_inquiry_ask (VfdInquiry *inquiry,
                      VfdInquiryKind kind,
                      const GArray *functions,
                      guint deadline,
                      VfdInquiryAnswer answer,
                      gpointer data);
