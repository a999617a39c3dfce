/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much one user may have open at a time, over however many connections. root has no limit: a
 * GPU must come home and a VM start and stop whatever others do. */
#pragma once

#include <glib.h>

typedef enum {
    VFD_ALLOWANCE_READING,  /* calls that change nothing, until they are answered */
    VFD_ALLOWANCE_CHANGING, /* the other ones */
    VFD_ALLOWANCE_ASKING,   /* questions to polkit, until polkit has answered */
} VfdAllowanceKind;
#define VFD_N_ALLOWANCES (VFD_ALLOWANCE_ASKING + 1)

typedef struct _VfdAllowance VfdAllowance;

VfdAllowance *vfd_allowance_new (void);
void vfd_allowance_unref (VfdAllowance *allowance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfdAllowance, vfd_allowance_unref)

/* One thing that is open. */
typedef struct _VfdToken VfdToken;

/* Counts one more for @uid until the result is given back. NULL when this user has as many open as
 * one may have, or all users together do. */
VfdToken *vfd_allowance_take (VfdAllowance *allowance, guint32 uid, VfdAllowanceKind kind);

/* Does nothing for NULL. */
void vfd_token_give_back (VfdToken *token);
