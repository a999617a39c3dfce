/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the doctor is told when it is asked from a terminal. */
#include "vfc-examination.h"

#include "vfc-gpu-choice.h"
#include "vfc-libvirt.h"

#include "vf-doctor.h"
#include "vf-gpu.h"
#include "vf-machine.h"
#include "vf-survey.h"
#include "vf-text.h"

/* What the doctor is asked about, and how it is reached. */
typedef struct {
    virConnect *libvirt;
    VfMachine *machine; /* NULL: no VM is asked about */
    VfDomainXml *domain;
    gboolean one_gpu; /* only that one is asked about */
    VfPciAddress gpu;
} Question;

static void
question_clear (Question *question)
{
    g_clear_pointer (&question->libvirt, virConnectClose);
    g_clear_pointer (&question->machine, vf_machine_free);
    g_clear_pointer (&question->domain, vf_domain_xml_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

static gboolean
ask_about_vm (Question *question, const char *name, GError **error)
{
    g_autofree char *text = NULL;

    question->machine = vf_machine_find (question->libvirt, name, error);
    text = question->machine != NULL ? vf_machine_text (question->machine, error) : NULL;
    question->domain = text != NULL ? vf_domain_xml_parse (text, -1, error) : NULL;
    return question->domain != NULL;
}

/* By its address, which needs no daemon, or as elsewhere. */
static gboolean
ask_about_gpu (VfcRun *run, Question *question, const char *name, GError **error)
{
    g_autoptr (VfClientGpu) gpu = NULL;
    g_autofree char *address = NULL;
    VfClient *client;

    question->one_gpu = TRUE;
    if (vf_pci_address_parse_lenient (name, &question->gpu, NULL))
        return TRUE;
    client = vfc_run_client (run, error);
    gpu = client != NULL ? vfc_gpu_choose (client, name, NULL, error) : NULL;
    if (gpu == NULL)
        return FALSE;
    address = vf_dbus_gpu_dup_address (gpu);
    return vf_pci_address_parse (address, &question->gpu, error);
}

/* "doctor", "doctor VM", "doctor VM GPU", and "doctor GPU" where that is an address. */
static gboolean
understand (VfcRun *run, char **arguments, Question *question, GError **error)
{
    VfPciAddress address;

    if (arguments[0] == NULL)
        return TRUE;
    if (arguments[1] == NULL && vf_pci_address_parse_lenient (arguments[0], &address, NULL))
        return ask_about_gpu (run, question, arguments[0], error);
    if (question->libvirt == NULL)
        return FALSE;
    return ask_about_vm (question, arguments[0], error)
           && (arguments[1] == NULL || ask_about_gpu (run, question, arguments[1], error));
}

/* An address that reads well may be that of a network card, or of nothing. */
static gboolean
is_there (const Question *question, const VfSnapshot *machine, GError **error)
{
    VfGpu gpu;
    g_autofree char *sentence = NULL;

    if (!question->one_gpu || vf_gpu_find (machine, question->gpu, &gpu))
        return TRUE;
    sentence = vf_text_no_such_gpu (vf_pci_address_format (question->gpu).text);
    vf_error_set (error, VF_REASON_NO_SUCH_GPU, "%s", sentence);
    return FALSE;
}

static GPtrArray *
look (VfcRun *run, const Question *question, const GError *libvirt_error, GError **error)
{
    g_autoptr (GError) daemon_error = NULL;
    VfClient *client = vfc_run_client (run, &daemon_error);
    g_autoptr (VfSurvey) survey =
        vf_survey_new (client, daemon_error, question->libvirt, libvirt_error, error);
    VfDoctorVm vm = { 0 };

    if (survey == NULL || !is_there (question, survey->machine, error))
        return NULL;
    if (question->machine != NULL)
        vm = (VfDoctorVm){ .name = question->machine->name,
                           .domain = question->domain,
                           .is_saved = question->machine->managed_save };
    return vf_doctor_examine (&(VfDoctorFacts){ .host = survey->host,
                                                .machine = survey->machine,
                                                .services = survey->services,
                                                .vm = vm.domain != NULL ? &vm : NULL,
                                                .gpu = question->one_gpu ? &question->gpu : NULL });
}

GPtrArray *
vfc_examination_make (VfcRun *run, char **arguments, GError **error)
{
    g_auto (Question) question = { 0 };
    g_autoptr (GError) libvirt_error = NULL;

    question.libvirt = vfc_libvirt_open (run, &libvirt_error);
    if (vf_error_is (libvirt_error, VF_REASON_FOREIGN_LIBVIRT)) {
        g_propagate_error (error, g_steal_pointer (&libvirt_error));
        return NULL;
    }
    if (!understand (run, arguments, &question, error)) {
        if (error != NULL && *error == NULL)
            g_propagate_error (error, g_steal_pointer (&libvirt_error));
        return NULL;
    }
    return look (run, &question, libvirt_error, error);
}
