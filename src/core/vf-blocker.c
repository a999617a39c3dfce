/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns blockers: their wire form and how several become one error. */
#include "vf-blocker.h"

#include "vf-translation.h"

#define BLOCKERS_TYPE "a(sss)"

VfBlocker *
vf_blocker_new (VfReason reason, const char *subject, char *sentence)
{
    VfBlocker *blocker = g_new0 (VfBlocker, 1);

    *blocker = (VfBlocker){ reason, g_strdup (subject), sentence };
    return blocker;
}

void
vf_blocker_free (VfBlocker *blocker)
{
    if (blocker == NULL)
        return;
    g_free (blocker->subject);
    g_free (blocker->sentence);
    g_free (blocker);
}

GError *
vf_blockers_to_error (const GPtrArray *blockers)
{
    g_autoptr (GString) message = g_string_new (NULL);
    const VfBlocker *first = g_ptr_array_index (blockers, 0);

    for (guint i = 0; i < blockers->len; i++) {
        const VfBlocker *blocker = g_ptr_array_index (blockers, i);

        g_string_append_printf (message, "%s%s", i == 0 ? "" : "\n", blocker->sentence);
    }
    return vf_error_new (first->reason, "%s", message->str);
}

GVariant *
vf_blockers_to_variant (const GPtrArray *blockers)
{
    GVariantBuilder builder;

    g_variant_builder_init (&builder, G_VARIANT_TYPE (BLOCKERS_TYPE));
    for (guint i = 0; i < blockers->len; i++) {
        const VfBlocker *blocker = g_ptr_array_index (blockers, i);

        g_variant_builder_add (&builder, "(sss)", vf_reason_id (blocker->reason), blocker->subject,
                               blocker->sentence);
    }
    return g_variant_builder_end (&builder);
}

GPtrArray *
vf_blockers_from_variant (GVariant *variant)
{
    g_autoptr (GPtrArray) blockers = NULL;
    const char *id, *subject, *sentence;
    GVariantIter iter;

    if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (BLOCKERS_TYPE)))
        return NULL;
    blockers = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_blocker_free);
    g_variant_iter_init (&iter, variant);
    while (g_variant_iter_next (&iter, "(&s&s&s)", &id, &subject, &sentence)) {
        VfReason reason = VF_REASON_INTERNAL;

        vf_reason_from_id (id, &reason);
        g_ptr_array_add (blockers, vf_blocker_new (reason, subject, vf_translation_of (sentence)));
    }
    return g_steal_pointer (&blockers);
}
