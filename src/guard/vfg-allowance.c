/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the limits of users and the count of what each has open. */
#include "vfg-allowance.h"

/* A program has one or two of them open, and a person a few programs. The system bus lets a service
 * have no more than 128 calls open, so all questions to polkit together are fewer. */
static const struct {
    guint of_one_user;
    guint of_all_users;
} limits[] = {
    [VFG_ALLOWANCE_READING] = { 32, 256 },
    [VFG_ALLOWANCE_CHANGING] = { 8, 64 },
    [VFG_ALLOWANCE_ASKING] = { 16, 96 },
};
G_STATIC_ASSERT (G_N_ELEMENTS (limits) == VFD_N_ALLOWANCES);

typedef struct {
    guint open[VFD_N_ALLOWANCES];
} User;

struct _VfgAllowance {
    GHashTable *users; /* uid -> User; who has nothing open is not in it */
    guint open[VFD_N_ALLOWANCES];
};

struct _VfgToken {
    VfgAllowance *allowance; /* NULL: was not counted */
    guint32 uid;
    VfgAllowanceKind kind;
};

VfgAllowance *
vfg_allowance_new (void)
{
    VfgAllowance *allowance = g_rc_box_new0 (VfgAllowance);

    allowance->users = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    return allowance;
}

static void
clear (gpointer data)
{
    VfgAllowance *allowance = data;

    g_hash_table_unref (allowance->users);
}

void
vfg_allowance_unref (VfgAllowance *allowance)
{
    g_rc_box_release_full (allowance, clear);
}

static void
uncount (VfgAllowance *allowance, guint32 uid, VfgAllowanceKind kind)
{
    User *user = g_hash_table_lookup (allowance->users, GUINT_TO_POINTER (uid));
    guint left = 0;

    allowance->open[kind]--;
    user->open[kind]--;
    for (gsize i = 0; i < VFD_N_ALLOWANCES; i++)
        left += user->open[i];
    if (left == 0)
        g_hash_table_remove (allowance->users, GUINT_TO_POINTER (uid));
}

void
vfg_token_give_back (VfgToken *token)
{
    if (token == NULL)
        return;
    if (token->allowance != NULL) {
        uncount (token->allowance, token->uid, token->kind);
        vfg_allowance_unref (token->allowance);
    }
    g_free (token);
}

static User *
find_or_add (VfgAllowance *allowance, guint32 uid)
{
    User *user = g_hash_table_lookup (allowance->users, GUINT_TO_POINTER (uid));

    if (user == NULL) {
        user = g_new0 (User, 1);
        g_hash_table_insert (allowance->users, GUINT_TO_POINTER (uid), user);
    }
    return user;
}

static gboolean
has_room (const VfgAllowance *allowance, guint32 uid, VfgAllowanceKind kind)
{
    const User *user = g_hash_table_lookup (allowance->users, GUINT_TO_POINTER (uid));

    return allowance->open[kind] < limits[kind].of_all_users
           && (user == NULL || user->open[kind] < limits[kind].of_one_user);
}

VfgToken *
vfg_allowance_take (VfgAllowance *allowance, guint32 uid, VfgAllowanceKind kind)
{
    VfgToken *token;

    if (uid == 0)
        return g_new0 (VfgToken, 1);
    if (!has_room (allowance, uid, kind))
        return NULL;
    find_or_add (allowance, uid)->open[kind]++;
    allowance->open[kind]++;
    token = g_new0 (VfgToken, 1);
    *token = (VfgToken){ g_rc_box_acquire (allowance), uid, kind };
    return token;
}
