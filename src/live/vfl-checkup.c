/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look of the doctor, made in a thread, and its rows. */
#include "vfl-checkup.h"

#include "vf-doctor.h"
#include "vf-survey.h"
#include "vfl-fact.h"
#include "vfl-work.h"

#include <glib/gi18n-lib.h>

#define N_VERDICTS (VF_VERDICT_FAILED + 1)

struct _VflCheckup {
    GObject parent;
    VflHost *host;
    gboolean running;
    char *words;
    GListStore *lists[N_VERDICTS];
};
G_DEFINE_FINAL_TYPE (VflCheckup, vfl_checkup, G_TYPE_OBJECT)

enum {
    PROP_RUNNING = 1,
    PROP_WORDS,
    N_PROPS,
};
static GParamSpec *props[N_PROPS];

/* What the thread works with. */
typedef struct {
    char *bus;
    virConnect *libvirt;
    GError *libvirt_error;
} Question;

static void
question_free (gpointer data)
{
    Question *question = data;

    g_free (question->bus);
    if (question->libvirt != NULL)
        vfl_libvirt_release (question->libvirt);
    g_clear_error (&question->libvirt_error);
    g_free (question);
}

static gpointer
look (gpointer data, GCancellable *cancellable, GError **error)
{
    const Question *question = data;
    g_autoptr (GError) daemon_error = NULL;
    g_autoptr (VfClient) client = vf_client_new (question->bus, &daemon_error);
    g_autoptr (VfSurvey) survey =
        vf_survey_new (client, daemon_error, question->libvirt, question->libvirt_error, error);

    if (survey == NULL)
        return NULL;
    return vf_doctor_examine (&(VfDoctorFacts){
        .host = survey->host, .machine = survey->machine, .services = survey->services });
}

static void
set_words (VflCheckup *self, char *words)
{
    g_free (self->words);
    self->words = words;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WORDS]);
}

static void
set_running (VflCheckup *self, gboolean running)
{
    self->running = running;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
}

static char *
describe (VfVerdict worst)
{
    switch (worst) {
    case VF_VERDICT_OK:
    case VF_VERDICT_UNKNOWN:
        return g_strdup (_ ("This host can give a machine a graphics card."));
    case VF_VERDICT_WARNING:
        return g_strdup (_ ("This host can give a machine a graphics card; some things may not go "
                            "well."));
    case VF_VERDICT_FAILED:
        return g_strdup (_ ("Something has to be put right before this host can give a machine a "
                            "graphics card."));
    }
    g_return_val_if_reached (NULL);
}

static void
show (VflCheckup *self, const GPtrArray *findings)
{
    for (VfVerdict verdict = VF_VERDICT_OK; verdict <= VF_VERDICT_FAILED; verdict++) {
        g_autoptr (GPtrArray) shown = vfl_facts_new ();

        for (guint i = 0; i < findings->len; i++) {
            const VfFinding *finding = findings->pdata[i];

            if (finding->verdict == verdict)
                vfl_fact_add (shown, finding->fact, "%s", finding->advice);
        }
        vfl_facts_show (self->lists[verdict], shown);
    }
    set_words (self, describe (vf_findings_worst (findings)));
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
    VflCheckup *self = VFL_CHECKUP (source);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) findings = vfl_work_finish (result, &error);

    if (findings != NULL)
        show (self, findings);
    else
        set_words (self, g_strdup (error->message));
    set_running (self, FALSE);
}

void
vfl_checkup_again (VflCheckup *self)
{
    VflLibvirt *libvirt = vfl_host_libvirt (self->host);
    const GError *error = vfl_libvirt_error (libvirt);
    Question *question;

    if (self->running)
        return;
    question = g_new0 (Question, 1);
    question->bus = g_strdup (vfl_daemon_bus (vfl_host_daemon (self->host)));
    question->libvirt = vfl_libvirt_connection (libvirt);
    if (question->libvirt != NULL)
        virConnectRef (question->libvirt);
    question->libvirt_error = error != NULL ? g_error_copy (error) : NULL;
    set_words (self, g_strdup (_ ("Looking at this host …")));
    set_running (self, TRUE);
    vfl_work_start (G_OBJECT (self), look, question, question_free,
                    (GDestroyNotify) g_ptr_array_unref, NULL, on_looked, NULL);
}

gboolean
vfl_checkup_is_running (VflCheckup *self)
{
    return self->running;
}

GListModel *
vfl_checkup_failed (VflCheckup *self)
{
    return G_LIST_MODEL (self->lists[VF_VERDICT_FAILED]);
}

GListModel *
vfl_checkup_warnings (VflCheckup *self)
{
    return G_LIST_MODEL (self->lists[VF_VERDICT_WARNING]);
}

GListModel *
vfl_checkup_unknown (VflCheckup *self)
{
    return G_LIST_MODEL (self->lists[VF_VERDICT_UNKNOWN]);
}

GListModel *
vfl_checkup_well (VflCheckup *self)
{
    return G_LIST_MODEL (self->lists[VF_VERDICT_OK]);
}

static void
vfl_checkup_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
    VflCheckup *self = VFL_CHECKUP (object);

    switch (property) {
    case PROP_RUNNING:
        g_value_set_boolean (value, self->running);
        break;
    case PROP_WORDS:
        g_value_set_string (value, self->words);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
vfl_checkup_finalize (GObject *object)
{
    VflCheckup *self = VFL_CHECKUP (object);

    g_object_unref (self->host);
    g_free (self->words);
    for (guint i = 0; i < N_VERDICTS; i++)
        g_object_unref (self->lists[i]);
    G_OBJECT_CLASS (vfl_checkup_parent_class)->finalize (object);
}

static void
vfl_checkup_class_init (VflCheckupClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS (class);

    object_class->get_property = vfl_checkup_get_property;
    object_class->finalize = vfl_checkup_finalize;
    props[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    props[PROP_WORDS] =
        g_param_spec_string ("words", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
vfl_checkup_init (VflCheckup *self)
{
    for (guint i = 0; i < N_VERDICTS; i++)
        self->lists[i] = g_list_store_new (VFL_TYPE_FACT);
}

VflCheckup *
vfl_checkup_new (VflHost *host)
{
    VflCheckup *self = g_object_new (VFL_TYPE_CHECKUP, NULL);

    self->host = g_object_ref (host);
    vfl_checkup_again (self);
    return self;
}
