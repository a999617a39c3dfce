/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is known of a hang, and the wait for its end. */
#include "vfd-wedge.h"

#include "vf-text.h"
#include "vfd-diagnosis.h"
#include "vfd-inquiry.h"

/* How often it is asked whether the worker of a daemon before this one is still there. */
#define INTERVAL_SECONDS 3

/* The probe takes a moment; it does not look at what hangs. */
#define PATIENCE_MILLISECONDS 5000

typedef struct {
    void (*done) (gpointer data);
    gpointer data;
} Question;

struct _VfdWedge {
    VfdLink *stuck; /* NULL: inherited */
    const char *helpers;
    VfPciAddress gpu;
    VfStep *step;
    char *sentence;
    gboolean is_seen;
    VfdInquiry *inquiry;
    GArray *questions; /* Question, of those who wait for the answer to the inquiry */
    guint timer_id;
    const VfdWedgeEvents *events;
    gpointer data;
};

static gboolean ask (gpointer data);

static VfdWedge *
new_wedge (const VfdWedgeEvents *events, gpointer data)
{
    VfdWedge *wedge = g_new0 (VfdWedge, 1);

    wedge->questions = g_array_new (FALSE, FALSE, sizeof (Question));
    wedge->events = events;
    wedge->data = data;
    return wedge;
}

static void
on_late_answer (gpointer data)
{
    VfdWedge *wedge = data;

    wedge->events->over (wedge->data);
}

VfdWedge *
vfd_wedge_new (VfdLink *stuck, const GError *error, const VfdWedgeEvents *events, gpointer data)
{
    VfdWedge *wedge = new_wedge (events, data);

    wedge->stuck = stuck;
    wedge->sentence = g_strdup (error->message);
    vfd_link_await_end (stuck, on_late_answer, wedge);
    return wedge;
}

VfdWedge *
vfd_wedge_new_inherited (const char *helpers,
                         VfPciAddress gpu,
                         const VfStep *step,
                         const VfdWedgeEvents *events,
                         gpointer data)
{
    VfdWedge *wedge = new_wedge (events, data);

    wedge->helpers = helpers;
    wedge->gpu = gpu;
    wedge->step =
        step != NULL ? vf_step_new (step->kind, step->address, step->ids, step->value) : NULL;
    wedge->sentence = vf_text_wedged (gpu, step, "");
    wedge->timer_id = g_idle_add (ask, wedge);
    return wedge;
}

static void
answer_all (GArray *questions)
{
    for (guint i = 0; i < questions->len; i++) {
        const Question *question = &g_array_index (questions, Question, i);

        question->done (question->data);
    }
    g_array_unref (questions);
}

void
vfd_wedge_free (VfdWedge *wedge)
{
    g_clear_handle_id (&wedge->timer_id, g_source_remove);
    g_clear_pointer (&wedge->stuck, vfd_link_free);
    g_clear_pointer (&wedge->inquiry, vfd_inquiry_free);
    g_clear_pointer (&wedge->step, vf_step_free);
    g_free (wedge->sentence);
    g_array_unref (wedge->questions);
    g_free (wedge);
}

const char *
vfd_wedge_sentence (const VfdWedge *wedge)
{
    return wedge->sentence;
}

gboolean
vfd_wedge_is_seen (const VfdWedge *wedge)
{
    return wedge->stuck != NULL || wedge->is_seen;
}

static GArray *
take_questions (VfdWedge *wedge)
{
    GArray *questions = wedge->questions;

    wedge->questions = g_array_new (FALSE, FALSE, sizeof (Question));
    return questions;
}

static void
ask_again_later (VfdWedge *wedge)
{
    wedge->timer_id = g_timeout_add_seconds (INTERVAL_SECONDS, ask, wedge);
    answer_all (take_questions (wedge));
}

/* The wedge is gone behind that, and those who asked find it so. */
static void
end (VfdWedge *wedge)
{
    GArray *questions = take_questions (wedge);

    wedge->events->over (wedge->data);
    answer_all (questions);
}

static void
take_sentence (VfdWedge *wedge, char *sentence)
{
    gboolean is_new = !g_str_equal (sentence, wedge->sentence);

    g_free (wedge->sentence);
    wedge->sentence = sentence;
    if (is_new)
        wedge->events->changed (wedge->data);
}

static void
on_workers (const GPtrArray *workers, const GError *error, gpointer data)
{
    VfdWedge *wedge = data;
    g_autofree char *details = NULL;

    g_clear_pointer (&wedge->inquiry, vfd_inquiry_free);
    if (error != NULL) {
        g_warning ("Could not ask whether %s still hangs: %s",
                   vf_pci_address_format (wedge->gpu).text, error->message);
        ask_again_later (wedge);
    } else if (workers->len == 0) {
        end (wedge);
    } else {
        wedge->is_seen = TRUE;
        details = vfd_diagnosis_of_worker (workers);
        take_sentence (wedge, vf_text_wedged (wedge->gpu, wedge->step, details));
        ask_again_later (wedge);
    }
}

static gboolean
ask (gpointer data)
{
    VfdWedge *wedge = data;
    g_autoptr (GArray) functions = g_array_new (FALSE, FALSE, sizeof (VfPciAddress));
    g_autoptr (GError) error = NULL;

    wedge->timer_id = 0;
    g_array_append_val (functions, wedge->gpu);
    wedge->inquiry = vfd_inquiry_new (wedge->helpers, &error);
    if (wedge->inquiry == NULL)
        on_workers (NULL, error, wedge);
    else
        vfd_inquiry_ask (wedge->inquiry, VFD_INQUIRY_STUCK, functions, PATIENCE_MILLISECONDS,
                         on_workers, wedge);
    return G_SOURCE_REMOVE;
}

void
vfd_wedge_examine (VfdWedge *wedge, void (*done) (gpointer data), gpointer data)
{
    Question question = { done, data };

    if (wedge->stuck != NULL) {
        done (data);
        return;
    }
    g_array_append_val (wedge->questions, question);
    if (wedge->inquiry == NULL) {
        g_clear_handle_id (&wedge->timer_id, g_source_remove);
        wedge->timer_id = g_idle_add (ask, wedge);
    }
}
