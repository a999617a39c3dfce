/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the table of questions, and the way from a packet to an answer. */
#include "vfp-service.h"

#include "vf-error.h"
#include "vf-gpu.h"
#include "vf-packet.h"
#include "vf-reply.h"
#include "vf-step.h"
#include "vfp-kernel-log.h"
#include "vfp-question.h"

static GVariant *
ask (VfpVisit *visit, const char *question, const GArray *functions, GError **error)
{
    static const struct {
        const char *question;
        GVariant *(*answer) (VfpVisit *visit, const GArray *functions, GError **error);
    } questions[] = {
        { "holders", vfp_question_holders },       { "vfio-users", vfp_question_vfio_users },
        { "still-held", vfp_question_still_held }, { "stuck", vfp_question_stuck },
        { "domains", vfp_question_domains },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
        if (g_str_equal (questions[i].question, question))
            return questions[i].answer (visit, functions, error);
    vf_error_set (error, VF_REASON_INTERNAL, "The probe does not know this question.");
    return NULL;
}

/* The addresses of a question: functions of one slot, so at most eight if none comes twice. NULL
 * with an error for anything else. */
static GArray *
parse_functions (const char *const *texts, GError **error)
{
    g_autoptr (GArray) functions = g_array_new (FALSE, FALSE, sizeof (VfPciAddress));

    for (; *texts != NULL; texts++) {
        VfPciAddress address;

        if (!vf_pci_address_parse (*texts, &address, error))
            return NULL;
        g_array_append_val (functions, address);
        if (functions->len > VF_GPU_MAX_FUNCTIONS
            || !vf_pci_address_same_slot (address, g_array_index (functions, VfPciAddress, 0))) {
            vf_error_set (error, VF_REASON_INTERNAL,
                          "The probe is asked about one card at a time.");
            return NULL;
        }
    }
    if (functions->len > 0)
        return g_steal_pointer (&functions);
    vf_error_set (error, VF_REASON_INTERNAL, "The probe was asked about no card.");
    return NULL;
}

/* The subjects are an address and the name of a driver, or "". */
static GVariant *
ask_kernel_log (const VfSysfs *root, const char *const *subjects, GError **error)
{
    VfPciAddress address;

    if (g_strv_length ((GStrv) subjects) == 2
        && (*subjects[1] == '\0' || vf_step_is_driver_name (subjects[1])))
        return vf_pci_address_parse (subjects[0], &address, error)
                   ? vfp_kernel_log_find (root, address, subjects[1])
                   : NULL;
    vf_error_set (error, VF_REASON_INTERNAL,
                  "The kernel's log is searched for a function and its driver.");
    return NULL;
}

static GVariant *
answer (GVariant *request, gpointer data)
{
    VfpVisit *visit = data;
    g_autofree const char **texts = NULL;
    g_autoptr (GArray) functions = NULL;
    g_autoptr (GError) error = NULL;
    const char *question;
    GVariant *result = NULL;

    g_variant_get (request, "(&s^a&s)", &question, &texts);
    if (g_str_equal (question, "kernel-log"))
        result = ask_kernel_log (visit->root, texts, &error);
    else if ((functions = parse_functions (texts, &error)) != NULL)
        result = ask (visit, question, functions, &error);
    return vf_reply_to_question (result, error);
}

int
vfp_service_run (int socket, const VfSysfs *root)
{
    VfpVisit visit = { .root = root };
    int status = vf_packet_serve (socket, VFP_QUESTION_TYPE, answer, &visit);

    vfp_visit_clear (&visit);
    return status;
}
