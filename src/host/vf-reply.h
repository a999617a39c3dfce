/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worker, the modules program and the probe answer: a result or an error. */
#pragma once

#include <glib.h>

/* Answer to a step: "" or a reason id, the sentence, what the step answered. */
#define VF_STEP_REPLY_TYPE "(sss)"
/* Answer to a question: "" or a reason id, the sentence, the answer. With a reason the answer is an
 * empty string, so whoever looks at it alone loses why: vf_reply_question_answer() reads all of it.
 */
#define VF_QUESTION_REPLY_TYPE "(ssv)"

/* An answer of VF_STEP_REPLY_TYPE: @error, or @answer when @error is NULL. Floating. */
GVariant *vf_reply_to_step (const char *answer, const GError *error);
/* Returns the answer of a step, which the caller owns; or NULL with the error that was sent, or
 * VF_REASON_INTERNAL when @reply is of another form. */
char *vf_reply_step_answer (GVariant *reply, GError **error);

/* An answer of VF_QUESTION_REPLY_TYPE: @error, or @answer (floating) when @error is NULL. Floating.
 */
GVariant *vf_reply_to_question (GVariant *answer, const GError *error);
/* Reads what vf_packet_receive() gave for a question. Returns the answer, which is of @type
 * (each question has its own, see vfp-question.h) and which the caller owns; or NULL with
 * the reason and the sentence that were sent, or VF_REASON_INTERNAL when @reply or the answer in it
 * is of another form. */
GVariant *vf_reply_question_answer (GVariant *reply, const char *type, GError **error);
