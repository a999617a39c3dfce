/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow doctor". */
#include "vfc-commands.h"

#include "vfc-gpu-choice.h"
#include "vfc-json.h"
#include "vfc-libvirt.h"

#include "vf-doctor.h"
#include "vf-host-facts-reader.h"
#include "vf-machine.h"
#include "vf-service-survey.h"
#include "vf-snapshot-reader.h"
#include "vf-text.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

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

/* Takes out what is about another GPU. */
static void
leave_one_gpu (const Question *question, GPtrArray *findings)
{
    for (guint i = findings->len; i-- > 0;) {
        const VfFinding *finding = findings->pdata[i];
        VfPciAddress address;

        if (vf_pci_address_parse (finding->subject, &address, NULL)
            && !vf_pci_address_same_slot (address, question->gpu))
            g_ptr_array_remove_index (findings, i);
    }
}

static GPtrArray *
look (VfcRun *run, const Question *question, const GError *libvirt_error, GError **error)
{
    g_autoptr (VfSysfs) root = vf_sysfs_new (open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    g_autoptr (VfSnapshot) machine = vf_snapshot_reader_read (root, error);
    g_autoptr (VfHostFacts) host = NULL;
    g_autoptr (VfServiceFacts) services = NULL;
    g_autoptr (GError) daemon_error = NULL;
    VfDoctorVm vm = { 0 };
    VfDoctorFacts facts = { 0 };
    GPtrArray *findings;

    if (machine == NULL)
        return NULL;
    host = vf_host_facts_reader_read (root, machine);
    services = vf_service_survey (vfc_run_client (run, &daemon_error), daemon_error,
                                  question->libvirt, libvirt_error);
    facts = (VfDoctorFacts){ .host = host, .machine = machine, .services = services };
    if (question->machine != NULL) {
        vm = (VfDoctorVm){ .name = question->machine->name,
                           .domain = question->domain,
                           .is_saved = question->machine->managed_save };
        facts.vm = &vm;
    }
    findings = vf_doctor_examine (&facts);
    if (question->one_gpu)
        leave_one_gpu (question, findings);
    return findings;
}

static GPtrArray *
examine (VfcRun *run, char **arguments, GError **error)
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

static void
answer (VfcRun *run, const GPtrArray *findings)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    vfc_json_text (builder, "worst", vf_verdict_id (vf_findings_worst (findings)));
    json_builder_set_member_name (builder, "findings");
    json_builder_begin_array (builder);
    for (guint i = 0; i < findings->len; i++) {
        const VfFinding *finding = findings->pdata[i];

        json_builder_begin_object (builder);
        vfc_json_text (builder, "check", finding->check);
        vfc_json_text (builder, "verdict", vf_verdict_id (finding->verdict));
        vfc_json_text (builder, "subject", finding->subject);
        vfc_json_text (builder, "fact", finding->fact);
        vfc_json_text (builder, "advice", finding->advice);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
    vfc_json_end (run, builder);
}

/* What stands in the first column, and its colour as the terminal has it. */
static const struct {
    const char *word;
    const char *color;
} looks[] = {
    [VF_VERDICT_OK] = { N_ ("ok"), "\033[32m" },
    [VF_VERDICT_UNKNOWN] = { N_ ("unknown"), "\033[90m" },
    [VF_VERDICT_WARNING] = { N_ ("warning"), "\033[33m" },
    [VF_VERDICT_FAILED] = { N_ ("FAILED"), "\033[31m" },
};

static int
width_of_verdicts (void)
{
    glong width = 0;

    for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
        width = MAX (width, g_utf8_strlen (_ (looks[i].word), -1));
    return (int) width;
}

static int
width_of_checks (const GPtrArray *findings)
{
    gsize width = 0;

    for (guint i = 0; i < findings->len; i++)
        width = MAX (width, strlen (((VfFinding *) findings->pdata[i])->check));
    return (int) width;
}

static void
print_finding (const VfcRun *run, const VfFinding *finding, int verdicts, int checks)
{
    const char *word = _ (looks[finding->verdict].word);
    int padding = verdicts - (int) g_utf8_strlen (word, -1);
    g_autofree char *fact = vf_text_escape (finding->fact);
    g_autofree char *advice = vf_text_escape (finding->advice);

    printf ("%s%s%s%*s  %-*s  %s\n", run->color ? looks[finding->verdict].color : "", word,
            run->color ? "\033[0m" : "", padding, "", checks, finding->check, fact);
    if (*advice != '\0')
        printf ("%*s  %*s  %s\n", verdicts, "", checks, "", advice);
}

static void
print (const VfcRun *run, const GPtrArray *findings)
{
    int verdicts = width_of_verdicts ();
    int checks = width_of_checks (findings);
    guint counts[G_N_ELEMENTS (looks)] = { 0 };

    for (guint i = 0; i < findings->len; i++) {
        const VfFinding *finding = findings->pdata[i];

        counts[finding->verdict]++;
        print_finding (run, finding, verdicts, checks);
    }
    printf (_ ("\n%u ok, %u warnings, %u failed, %u not known\n"), counts[VF_VERDICT_OK],
            counts[VF_VERDICT_WARNING], counts[VF_VERDICT_FAILED], counts[VF_VERDICT_UNKNOWN]);
}

static gboolean
run_doctor (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (GPtrArray) findings = examine (run, arguments, error);

    if (findings == NULL)
        return FALSE;
    if (run->json)
        answer (run, findings);
    else
        print (run, findings);
    switch (vf_findings_worst (findings)) {
    case VF_VERDICT_OK:
    case VF_VERDICT_UNKNOWN:
        break;
    case VF_VERDICT_WARNING:
        run->status = VFC_DOCTOR_WARNING;
        break;
    case VF_VERDICT_FAILED:
        run->status = VFC_DOCTOR_FAILED;
        break;
    }
    return TRUE;
}

const VfcCommand vfc_command_doctor = {
    .name = "doctor",
    .arguments = "[VM] [GPU]",
    .description = "Looks at every condition of giving a VM a GPU of this host: what is right, what"
                   " is not, and what\nto do. With a VM it looks at that as well, with a GPU at no"
                   " other one. Changes nothing, needs no\nrights and wakes no sleeping card. Exit"
                   " status: 0 all is well, 20 there are warnings, 21 something\nhas failed.",
    .example = "  virtflow doctor\n  virtflow doctor win11\n  virtflow doctor win11 01:00.0 --json",
    .most = 2,
    .run = run_doctor,
};
