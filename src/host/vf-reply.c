/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form in which results and errors of the small programs travel. */
#include "vf-reply.h"

#include "vf-error.h"

GVariant *
vf_reply_to_step (const char *answer, const GError *error)
{
    if (error != NULL)
        return g_variant_new (VF_STEP_REPLY_TYPE, vf_reason_id (vf_error_reason (error)),
                              error->message, "");
    return g_variant_new (VF_STEP_REPLY_TYPE, "", "", answer);
}

GVariant *
vf_reply_to_question (GVariant *answer, const GError *error)
{
    if (error != NULL)
        return g_variant_new (VF_QUESTION_REPLY_TYPE, vf_reason_id (vf_error_reason (error)),
                              error->message, g_variant_new_string (""));
    return g_variant_new (VF_QUESTION_REPLY_TYPE, "", "", answer);
}

/* Whether @reply has the form @type and carries no error; else FALSE with the error that was sent,
 * or one about the form. */
static gboolean
check (GVariant *reply, const char *type, GError **error)
{
    VfReason reason = VF_REASON_INTERNAL;
    const char *id, *sentence;

    if (!g_variant_is_of_type (reply, G_VARIANT_TYPE (type))) {
        vf_error_set (error, VF_REASON_INTERNAL, "A helper replied with %s instead of %s.",
                      g_variant_get_type_string (reply), type);
        return FALSE;
    }
    g_variant_get_child (reply, 0, "&s", &id);
    g_variant_get_child (reply, 1, "&s", &sentence);
    if (*id == '\0')
        return TRUE;
    vf_reason_from_id (id, &reason);
    vf_error_set (error, reason, "%s", sentence);
    return FALSE;
}

char *
vf_reply_step_answer (GVariant *reply, GError **error)
{
    const char *answer;

    if (!check (reply, VF_STEP_REPLY_TYPE, error))
        return NULL;
    g_variant_get_child (reply, 2, "&s", &answer);
    return g_strdup (answer);
}

GVariant *
vf_reply_question_answer (GVariant *reply, const char *type, GError **error)
{
    g_autoptr (GVariant) answer = NULL;

    if (!check (reply, VF_QUESTION_REPLY_TYPE, error))
        return NULL;
    g_variant_get_child (reply, 2, "v", &answer);
    if (g_variant_is_of_type (answer, G_VARIANT_TYPE (type)))
        return g_steal_pointer (&answer);
    vf_error_set (error, VF_REASON_INTERNAL, "The probe answered with %s instead of %s.",
                  g_variant_get_type_string (answer), type);
    return NULL;
}
