/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much one user may have open at a time, over however many connections. root has no limit: a
 * GPU must come home and a VM start and stop whatever others do. */
#pragma once

#include <glib.h>

typedef enum {
    VFG_ALLOWANCE_READING,  /* calls that change nothing, until they are answered */
    VFG_ALLOWANCE_CHANGING, /* the other ones */
    VFG_ALLOWANCE_ASKING,   /* questions to polkit, until polkit has answered */
} VfgAllowanceKind;
#define VFD_N_ALLOWANCES (VFG_ALLOWANCE_ASKING + 1)

typedef struct _VfgAllowance VfgAllowance;

VfgAllowance *vfg_allowance_new (void);
void vfg_allowance_unref (VfgAllowance *allowance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfgAllowance, vfg_allowance_unref)

/* One thing that is open. */
typedef struct _VfgToken VfgToken;

/* Counts one more for @uid until the result is given back. NULL when this user has as many open as
 * one may have, or all users together do. */
VfgToken *vfg_allowance_take (VfgAllowance *allowance, guint32 uid, VfgAllowanceKind kind);

/* Does nothing for NULL. */
void vfg_token_give_back (VfgToken *token);
