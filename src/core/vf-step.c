/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the kinds of steps, who carries them out, and their wire form. */
#include "vf-step.h"

#include "vf-error.h"

#include <string.h>

static const struct {
    const char *id;
    VfActor actor;
} kinds[] = {
    [VF_STEP_LOAD_MODULE] = { "load-module", VF_ACTOR_MODULES },
    [VF_STEP_NOTE_REGISTERS] = { "note-registers", VF_ACTOR_WORKER },
    [VF_STEP_OVERRIDE] = { "override", VF_ACTOR_WORKER },
    [VF_STEP_NOTE_NODES] = { "note-nodes", VF_ACTOR_WORKER },
    [VF_STEP_FENCE] = { "fence", VF_ACTOR_WORKER },
    [VF_STEP_UNFENCE] = { "unfence", VF_ACTOR_WORKER },
    [VF_STEP_CHECK_HOLDERS] = { "check-holders", VF_ACTOR_PROBE },
    [VF_STEP_CHECK_VFIO_USERS] = { "check-vfio-users", VF_ACTOR_PROBE },
    [VF_STEP_UNBIND] = { "unbind", VF_ACTOR_WORKER },
    [VF_STEP_BIND] = { "bind", VF_ACTOR_WORKER },
    [VF_STEP_PROBE_DRIVER] = { "probe-driver", VF_ACTOR_WORKER },
    [VF_STEP_RESET] = { "reset", VF_ACTOR_WORKER },
    [VF_STEP_PAUSE] = { "pause", VF_ACTOR_DAEMON },
    [VF_STEP_POWER_CONTROL] = { "power-control", VF_ACTOR_WORKER },
    [VF_STEP_D3COLD] = { "d3cold", VF_ACTOR_WORKER },
    [VF_STEP_VERIFY_REGISTERS] = { "verify-registers", VF_ACTOR_WORKER },
    [VF_STEP_NOTE_SERVICES] = { "note-services", VF_ACTOR_SERVICES },
    [VF_STEP_STOP_SERVICES] = { "stop-services", VF_ACTOR_SERVICES },
    [VF_STEP_START_SERVICES] = { "start-services", VF_ACTOR_SERVICES },
    [VF_STEP_NOTE_MODULES] = { "note-modules", VF_ACTOR_MODULES },
    [VF_STEP_UNLOAD_MODULES] = { "unload-modules", VF_ACTOR_MODULES },
    [VF_STEP_LOAD_MODULES] = { "load-modules", VF_ACTOR_MODULES },
};
G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == VF_N_STEP_KINDS);

VfStep *
vf_step_new (VfStepKind kind, VfPciAddress address, guint32 ids, const char *value)
{
    VfStep *step = g_new0 (VfStep, 1);

    *step = (VfStep){ kind, address, ids, g_strdup (value) };
    return step;
}

void
vf_step_free (VfStep *step)
{
    if (step == NULL)
        return;
    g_free (step->value);
    g_free (step);
}

const char *
vf_step_kind_id (VfStepKind kind)
{
    return kinds[kind].id;
}

VfActor
vf_step_actor (VfStepKind kind)
{
    return kinds[kind].actor;
}

gboolean
vf_step_changes_driver (VfStepKind kind)
{
    return kind == VF_STEP_UNBIND || kind == VF_STEP_BIND || kind == VF_STEP_PROBE_DRIVER
           || kind == VF_STEP_RESET || kind == VF_STEP_UNLOAD_MODULES
           || kind == VF_STEP_LOAD_MODULES;
}

gboolean
vf_step_is_driver_name (const char *text)
{
    gsize length = strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-");

    return text[length] == '\0' && length >= 1 && length <= 63;
}

/* Names of units or modules, with one space between. Which of them are known is for those who are
 * to act on them. */
static gboolean
is_list_of_names (const char *text)
{
    g_auto (GStrv) names = g_strsplit (text, " ", -1);

    for (char **name = names; *name != NULL; name++) {
        gsize length = strspn (*name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.");

        if (length == 0 || (*name)[length] != '\0')
            return FALSE;
    }
    return *names != NULL;
}

GVariant *
vf_step_to_variant (const VfStep *step)
{
    return g_variant_new (VF_STEP_VARIANT_TYPE, vf_step_kind_id (step->kind),
                          vf_pci_address_format (step->address).text, step->ids, step->value);
}

static gboolean
is_pause (const char *text)
{
    guint64 milliseconds;

    return g_ascii_string_to_unsigned (text, 10, 1, VF_STEP_PAUSE_MAX, &milliseconds, NULL);
}

static gboolean
is_value_valid (VfStepKind kind, const char *value)
{
    if (strlen (value) > VF_STEP_VALUE_MAX)
        return FALSE;
    switch (kind) {
    case VF_STEP_UNLOAD_MODULES:
    case VF_STEP_UNBIND:
    case VF_STEP_BIND:
        return vf_step_is_driver_name (value);
    case VF_STEP_PROBE_DRIVER:
        return g_str_equal (value, VF_STEP_MUST) || g_str_equal (value, VF_STEP_MAY);
    case VF_STEP_PAUSE:
        return is_pause (value);
    case VF_STEP_LOAD_MODULE:
    case VF_STEP_OVERRIDE:
        return *value == '\0' || vf_step_is_driver_name (value);
    case VF_STEP_POWER_CONTROL:
        return g_str_equal (value, "on") || g_str_equal (value, "auto");
    case VF_STEP_D3COLD:
        return g_str_equal (value, "0") || g_str_equal (value, "1");
    case VF_STEP_UNFENCE:
    case VF_STEP_VERIFY_REGISTERS:
        return *value != '\0';
    case VF_STEP_NOTE_NODES:
        return TRUE;
    case VF_STEP_NOTE_SERVICES:
    case VF_STEP_NOTE_MODULES:
        return *value == '\0' || is_list_of_names (value);
    case VF_STEP_START_SERVICES:
    case VF_STEP_LOAD_MODULES:
        return is_list_of_names (value);
    case VF_STEP_CHECK_HOLDERS:
        return *value == '\0' || g_str_equal (value, VF_STEP_LAST_LOOK);
    case VF_STEP_NOTE_REGISTERS:
    case VF_STEP_FENCE:
    case VF_STEP_CHECK_VFIO_USERS:
    case VF_STEP_RESET:
    case VF_STEP_STOP_SERVICES:
        return *value == '\0';
    }
    return FALSE;
}

VfStep *
vf_step_from_variant (GVariant *variant, GError **error)
{
    const char *kind, *address_text, *value;
    VfPciAddress address;
    guint32 ids;

    if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (VF_STEP_VARIANT_TYPE))) {
        vf_error_set (error, VF_REASON_INTERNAL, "a step of another form");
        return NULL;
    }
    g_variant_get (variant, "(&s&su&s)", &kind, &address_text, &ids, &value);
    if (!vf_pci_address_parse (address_text, &address, error))
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
        if (g_str_equal (kind, kinds[i].id) && is_value_valid ((VfStepKind) i, value))
            return vf_step_new ((VfStepKind) i, address, ids, value);
    }
    vf_error_set (error, VF_REASON_INTERNAL, "a malformed step");
    return NULL;
}
