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

/* FALSE, with the error that was sent, when there is one. */
static gboolean
check (const char *id, const char *sentence, GError **error)
{
    VfReason reason = VF_REASON_INTERNAL;

    if (*id == '\0')
        return TRUE;
    vf_reason_from_id (id, &reason);
    vf_error_set (error, reason, "%s", sentence);
    return FALSE;
}

char *
vf_reply_step_answer (GVariant *reply, GError **error)
{
    const char *id, *sentence, *answer;

    g_variant_get (reply, "(&s&s&s)", &id, &sentence, &answer);
    return check (id, sentence, error) ? g_strdup (answer) : NULL;
}

GVariant *
vf_reply_question_answer (GVariant *reply, const char *type, GError **error)
{
    const char *id, *sentence;
    g_autoptr (GVariant) answer = NULL;

    g_variant_get (reply, "(&s&sv)", &id, &sentence, &answer);
    if (!check (id, sentence, error))
        return NULL;
    if (!g_variant_is_of_type (answer, G_VARIANT_TYPE (type))) {
        vf_error_set (error, VF_REASON_INTERNAL, "The probe answered with %s instead of %s.",
                      g_variant_get_type_string (answer), type);
        return NULL;
    }
    return g_steal_pointer (&answer);
}
