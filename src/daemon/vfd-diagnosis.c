/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the questions about a step that does not come back. */
#include "vfd-diagnosis.h"

#include "vf-pci-function.h"
#include "vf-text.h"
#include "vf-worker-process.h"

struct _VfdDiagnosis {
    VfdInquiry *inquiry; /* NULL when the probe cannot be asked */
    GArray *functions;
    VfdInquiryKind of_holders;
    guint deadline;
    char *worker; /* lines; NULL until they are known */
    char *holder;
};

char *
vfd_diagnosis_of_worker (const GPtrArray *workers)
{
    const VfWorkerProcess *worker;

    if (workers->len == 0)
        return g_strdup ("");
    worker = g_ptr_array_index (workers, 0);
    return vf_text_hanging_worker (worker->pid, worker->place, worker->stack);
}

static void
on_holders (const GPtrArray *holders, const GError *error, gpointer data)
{
    VfdDiagnosis *diagnosis = data;

    if (holders != NULL && holders->len > 0)
        diagnosis->holder = vf_text_hanging_holder (g_ptr_array_index (holders, 0));
}

static void
on_workers (const GPtrArray *workers, const GError *error, gpointer data)
{
    VfdDiagnosis *diagnosis = data;

    /* A probe that does not answer either is asked nothing more. */
    if (error != NULL)
        return;
    diagnosis->worker = vfd_diagnosis_of_worker (workers);
    vfd_inquiry_ask (diagnosis->inquiry, diagnosis->of_holders, diagnosis->functions,
                     diagnosis->deadline, on_holders, diagnosis);
}

/* vfio waits for whoever has the card open, and has its nodes in sysfs until then. */
static gboolean
unbinds_vfio (const VfStep *step)
{
    return step->kind == VF_STEP_UNBIND && g_str_equal (step->value, VF_VFIO_DRIVER);
}

VfdDiagnosis *
vfd_diagnosis_new (VfdInquiry *inquiry,
                   const char *helpers,
                   const GArray *functions,
                   const VfStep *step,
                   guint deadline)
{
    VfdDiagnosis *diagnosis = g_new0 (VfdDiagnosis, 1);

    diagnosis->inquiry = inquiry != NULL ? inquiry : vfd_inquiry_new (helpers, NULL);
    diagnosis->functions = g_array_copy ((GArray *) functions);
    diagnosis->of_holders = unbinds_vfio (step) ? VFD_INQUIRY_VFIO_USERS : VFD_INQUIRY_STILL_HELD;
    diagnosis->deadline = deadline;
    if (diagnosis->inquiry != NULL)
        vfd_inquiry_ask (diagnosis->inquiry, VFD_INQUIRY_STUCK, functions, deadline, on_workers,
                         diagnosis);
    return diagnosis;
}

void
vfd_diagnosis_free (VfdDiagnosis *diagnosis)
{
    g_clear_pointer (&diagnosis->inquiry, vfd_inquiry_free);
    g_array_unref (diagnosis->functions);
    g_free (diagnosis->worker);
    g_free (diagnosis->holder);
    g_free (diagnosis);
}

char *
vfd_diagnosis_details (const VfdDiagnosis *diagnosis)
{
    const char *worker = diagnosis->worker != NULL ? diagnosis->worker : "";
    const char *holder = diagnosis->holder != NULL ? diagnosis->holder : "";

    return g_strconcat (holder, *holder != '\0' && *worker != '\0' ? "\n" : "", worker, NULL);
}
