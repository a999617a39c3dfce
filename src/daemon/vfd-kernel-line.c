/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the choice of the line that says why. */
#include "vfd-kernel-line.h"

#include "vf-reply.h"
#include "vfd-link.h"

#define LINES_TYPE "a(tus)"

/* The kernel's clock is not exactly ours. */
#define SLACK G_USEC_PER_SEC

struct _VfdKernelLine {
    VfdLink *link; /* NULL: the probe cannot be reached */
    guint silent_id;
    gint64 since;
    VfdKernelLineAnswer answer;
    gpointer data;
};

void
vfd_kernel_line_free (VfdKernelLine *question)
{
    g_clear_handle_id (&question->silent_id, g_source_remove);
    g_clear_pointer (&question->link, vfd_link_free);
    g_free (question);
}

static const char *
choose (GVariant *lines, gint64 since)
{
    const char *chosen = "", *text;
    guint gravest = G_MAXUINT, level;
    GVariantIter iter;
    guint64 time;

    g_variant_iter_init (&iter, lines);
    while (g_variant_iter_next (&iter, "(tu&s)", &time, &level, &text)) {
        if ((gint64) time < since - SLACK || level > gravest)
            continue;
        chosen = text;
        gravest = level;
    }
    return chosen;
}

static void
on_reply (GVariant *reply, const GError *error, gpointer data)
{
    VfdKernelLine *question = data;
    g_autoptr (GVariant) lines = NULL;

    if (reply != NULL)
        lines = vf_reply_question_answer (reply, LINES_TYPE, NULL);
    question->answer (lines != NULL ? choose (lines, question->since) : "", question->data);
}

static gboolean
on_silent (gpointer data)
{
    VfdKernelLine *question = data;

    question->silent_id = 0;
    question->answer ("", question->data);
    return G_SOURCE_REMOVE;
}

VfdKernelLine *
vfd_kernel_line_ask (const char *helpers,
                     VfPciAddress address,
                     const char *driver,
                     gint64 since,
                     guint deadline,
                     VfdKernelLineAnswer answer,
                     gpointer data)
{
    VfPciAddressText text = vf_pci_address_format (address);
    const char *subjects[] = { text.text, driver, NULL };
    VfdKernelLine *question = g_new0 (VfdKernelLine, 1);

    question->since = since;
    question->answer = answer;
    question->data = data;
    question->link = vfd_link_open (helpers, "probe", VF_QUESTION_REPLY_TYPE, NULL);
    if (question->link == NULL)
        question->silent_id = g_idle_add (on_silent, question);
    else
        vfd_link_call (question->link, g_variant_new ("(s^as)", "kernel-log", subjects), deadline,
                       on_reply, question);
    return question;
}
