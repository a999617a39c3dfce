/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns holders: their wire form and which of them may be waited for. */
#include "vf-holder.h"

#define HOLDERS_TYPE "a" VF_HOLDER_VARIANT_TYPE

void
vf_holder_free (VfHolder *holder)
{
    if (holder == NULL)
        return;
    g_free (holder->command);
    g_free (holder->user);
    g_free (holder->unit);
    g_free (holder->node);
    g_free (holder);
}

gboolean
vf_holder_is_idle_sound_server (const VfHolder *holder)
{
    static const char *const servers[] = { "pipewire", "wireplumber", "pulseaudio", NULL };

    return g_str_has_prefix (holder->node, "/dev/snd/controlC")
           && g_strv_contains (servers, holder->command);
}

/* As the kernel calls them: 15 bytes of the name. */
gboolean
vf_holder_is_desktop (const VfHolder *holder)
{
    static const char *const names[] = {
        "Xorg",         "X",
        "gnome-shell",  "mutter",
        "kwin_wayland", "kwin_wayland_wr",
        "kwin_x11",     "sway",
        "Hyprland",     ".Hyprland-wrapp",
        "weston",       "cosmic-comp",
        "labwc",        "wayfire",
        "river",        "niri",
        "gamescope",    "gamescope-wl",
        "cage",         "cinnamon",
        "muffin",       "phoc",
        NULL,
    };

    return g_strv_contains (names, holder->command);
}

const char *const vf_holder_known_services[] = { "nvidia-persistenced.service",
                                                 "nvidia-powerd.service", NULL };

gboolean
vf_holder_is_known_service (const VfHolder *holder)
{
    return g_strv_contains (vf_holder_known_services, holder->unit);
}

GVariant *
vf_holders_to_variant (const GPtrArray *holders)
{
    GVariantBuilder builder;

    g_variant_builder_init (&builder, G_VARIANT_TYPE (HOLDERS_TYPE));
    for (guint i = 0; i < holders->len; i++) {
        const VfHolder *holder = g_ptr_array_index (holders, i);

        g_variant_builder_add (&builder, VF_HOLDER_VARIANT_TYPE, holder->pid, holder->start_time,
                               holder->uid, holder->command, holder->user, holder->unit,
                               holder->node);
    }
    return g_variant_builder_end (&builder);
}

GPtrArray *
vf_holders_from_variant (GVariant *variant)
{
    g_autoptr (GPtrArray) holders = NULL;
    GVariantIter iter;
    VfHolder holder;

    if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (HOLDERS_TYPE)))
        return NULL;
    holders = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_holder_free);
    g_variant_iter_init (&iter, variant);
    while (g_variant_iter_next (&iter, VF_HOLDER_VARIANT_TYPE, &holder.pid, &holder.start_time,
                                &holder.uid, &holder.command, &holder.user, &holder.unit,
                                &holder.node))
        g_ptr_array_add (holders, g_memdup2 (&holder, sizeof holder));
    return g_steal_pointer (&holders);
}
