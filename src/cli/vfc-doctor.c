/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow doctor". */
#include "vfc-commands.h"

#include "vfc-examination.h"
#include "vfc-json.h"

#include "vf-text.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

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
    g_autoptr (GPtrArray) findings = vfc_examination_make (run, arguments, error);

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
