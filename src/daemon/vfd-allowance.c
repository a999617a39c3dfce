/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the limits of users and the count of what each has open. */
#include "vfd-allowance.h"

/* A program has one or two of them open, and a person a few programs. The system bus lets a service
 * have no more than 128 calls open, so all questions to polkit together are fewer. */
static const struct {
    guint of_one_user;
    guint of_all_users;
} limits[] = {
    [VFD_ALLOWANCE_READING] = { 32, 256 },
    [VFD_ALLOWANCE_CHANGING] = { 8, 64 },
    [VFD_ALLOWANCE_ASKING] = { 16, 96 },
};
G_STATIC_ASSERT (G_N_ELEMENTS (limits) == VFD_N_ALLOWANCES);

typedef struct {
    guint open[VFD_N_ALLOWANCES];
} User;

struct _VfdAllowance {
    GHashTable *users; /* uid -> User; who has nothing open is not in it */
    guint open[VFD_N_ALLOWANCES];
};

struct _VfdToken {
    VfdAllowance *allowance; /* NULL: was not counted */
    guint32 uid;
    VfdAllowanceKind kind;
};

VfdAllowance *
vfd_allowance_new (void)
{
    VfdAllowance *allowance = g_rc_box_new0 (VfdAllowance);

    allowance->users = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    return allowance;
}

static void
clear (gpointer data)
{
    VfdAllowance *allowance = data;

    g_hash_table_unref (allowance->users);
}

void
vfd_allowance_unref (VfdAllowance *allowance)
{
    g_rc_box_release_full (allowance, clear);
}

static void
uncount (VfdAllowance *allowance, guint32 uid, VfdAllowanceKind kind)
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
vfd_token_give_back (VfdToken *token)
{
    if (token == NULL)
        return;
    if (token->allowance != NULL) {
        uncount (token->allowance, token->uid, token->kind);
        vfd_allowance_unref (token->allowance);
    }
    g_free (token);
}

static User *
find_or_add (VfdAllowance *allowance, guint32 uid)
{
    User *user = g_hash_table_lookup (allowance->users, GUINT_TO_POINTER (uid));

    if (user == NULL) {
        user = g_new0 (User, 1);
        g_hash_table_insert (allowance->users, GUINT_TO_POINTER (uid), user);
    }
    return user;
}

static gboolean
has_room (const VfdAllowance *allowance, guint32 uid, VfdAllowanceKind kind)
{
    const User *user = g_hash_table_lookup (allowance->users, GUINT_TO_POINTER (uid));

    return allowance->open[kind] < limits[kind].of_all_users
           && (user == NULL || user->open[kind] < limits[kind].of_one_user);
}

VfdToken *
vfd_allowance_take (VfdAllowance *allowance, guint32 uid, VfdAllowanceKind kind)
{
    VfdToken *token;

    if (uid == 0)
        return g_new0 (VfdToken, 1);
    if (!has_room (allowance, uid, kind))
        return NULL;
    find_or_add (allowance, uid)->open[kind]++;
    allowance->open[kind]++;
    token = g_new0 (VfdToken, 1);
    *token = (VfdToken){ g_rc_box_acquire (allowance), uid, kind };
    return token;
}
