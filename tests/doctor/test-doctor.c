/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor says of hosts of many shapes. Each NAME.case here says in its first line which
 * file of tests/machines it is about; further lines of such a file follow, and behind "---" what
 * the doctor says; with UPDATE set that is written anew. Lines that begin with "#" say why. And what
 * a report says of each machine. */
#include "fake-case.h"
#include "fake-tree.h"
#include "vf-doctor.h"
#include "vf-gpu.h"
#include "vf-holders.h"
#include "vf-host-facts-reader.h"
#include "vf-snapshot-reader.h"
#include "vfc-machine-file.h"

#include <string.h>

/* Of what is about @vm, or of everything when that is NULL. */
static char *
describe (const GPtrArray *findings, const char *vm)
{
    GString *text = g_string_new ("");

    for (guint i = 0; i < findings->len; i++) {
        const VfFinding *finding = findings->pdata[i];

        if (vm != NULL && strcmp (finding->subject, vm) != 0)
            continue;
        g_string_append_printf (text, "%s %s: %s\n", vf_verdict_id (finding->verdict),
                                finding->check, finding->fact);
        if (*finding->advice != '\0')
            g_string_append_printf (text, "    %s\n", finding->advice);
    }
    return g_string_free (text, FALSE);
}

static void
add_holders (VfServiceFacts *facts, const VfSysfs *root, VfPciAddress gpu, GPtrArray *nodes)
{
    G_GNUC_UNUSED g_autoptr (GPtrArray) owned = nodes;
    guint n_hidden;
    g_autoptr (GPtrArray) holders = vf_holders_find (root, nodes, &n_hidden, NULL);

    while (holders->len > 0) {
        VfHolder *holder = g_ptr_array_steal_index (holders, 0);

        /* Its number has another name on each machine. */
        g_free (holder->user);
        holder->user = g_strdup ("anna");
        vf_service_facts_add_holder (facts, gpu, holder);
    }
}

/* What the daemon would say of the processes of the machine; it and libvirt answer. */
static VfServiceFacts *
services_of (const VfSysfs *root, const VfSnapshot *machine)
{
    VfServiceFacts *facts = vf_service_facts_new ();
    g_autoptr (GArray) gpus = vf_gpu_list (machine);

    facts->hook_called = TRUE;
    facts->holders_known = TRUE;
    for (guint i = 0; i < gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);

        for (guint k = 0; k < gpu->n_functions; k++) {
            VfPciAddress function = gpu->functions[k]->address;

            add_holders (facts, root, gpu->address, vf_device_nodes_of_host (root, function, NULL));
            add_holders (facts, root, gpu->address, vf_device_nodes_shared (root, function, NULL));
        }
    }
    return facts;
}

/* The VM of a line "vm NAME [saved]" among the facts, which it takes out; the text is NAME.xml. */
static VfDomainXml *
take_vm (char *facts, VfDoctorVm *vm)
{
    g_autoptr (GRegex) line = g_regex_new ("^vm ([^ \n]+)( saved)?\n", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;
    g_autofree char *name = NULL;
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;
    VfDomainXml *domain;
    int start, end;

    if (!g_regex_match (line, facts, 0, &match))
        return NULL;
    name = g_match_info_fetch (match, 1);
    path = g_strdup_printf ("%s/vms/%s.xml", DOCTOR_FOLDER, name);
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    domain = vf_domain_xml_parse (text, -1, &error);
    g_assert_no_error (error);
    *vm = (VfDoctorVm){ .name = vf_domain_xml_name (domain),
                        .domain = domain,
                        .is_saved = g_match_info_get_match_count (match) > 2 };
    g_match_info_fetch_pos (match, 0, &start, &end);
    memmove (facts + start, facts + end, strlen (facts + end) + 1);
    return domain;
}

/* Takes out of @facts what @pattern matches. */
static void
take_lines (char **facts, const GRegex *pattern)
{
    char *rest = g_regex_replace_literal (pattern, *facts, -1, 0, "", 0, NULL);

    g_free (*facts);
    *facts = rest;
}

/* The GPU of a line "gpu ADDRESS" among the facts, which it takes out: the one that is asked about.
 */
static gboolean
take_gpu (char **facts, VfPciAddress *gpu)
{
    g_autoptr (GRegex) line = g_regex_new ("^gpu ([^ \n]+)\n", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;
    g_autofree char *address = NULL;

    if (!g_regex_match (line, *facts, 0, &match))
        return FALSE;
    address = g_match_info_fetch (match, 1);
    g_assert_true (vf_pci_address_parse (address, gpu, NULL));
    take_lines (facts, line);
    return TRUE;
}

/* The lines "stuck ADDRESS STATE" among the facts, which it takes out: what the daemon says of
 * GPUs. */
static GArray *
take_stuck (char **facts)
{
    g_autoptr (GRegex) line =
        g_regex_new ("^stuck ([^ \n]+) (wedged|mixed)\n", G_REGEX_MULTILINE, 0, NULL);
    GArray *all = g_array_new (FALSE, FALSE, sizeof (VfStuckGpu));
    g_autoptr (GMatchInfo) match = NULL;

    for (g_regex_match (line, *facts, 0, &match); g_match_info_matches (match);
         g_match_info_next (match, NULL)) {
        g_autofree char *address = g_match_info_fetch (match, 1);
        g_autofree char *state = g_match_info_fetch (match, 2);
        VfStuckGpu stuck = { .hangs = strcmp (state, "wedged") == 0 };

        g_assert_true (vf_pci_address_parse (address, &stuck.gpu, NULL));
        g_array_append_val (all, stuck);
    }
    take_lines (facts, line);
    return all;
}

/* A machine with all that is known of it. */
typedef struct {
    char *folder;
    VfSysfs *root;
    VfSnapshot *snapshot;
    VfHostFacts *host;
    VfServiceFacts *services;
    GPtrArray *findings;
} Host;

static void
host_clear (Host *host)
{
    g_ptr_array_unref (host->findings);
    vf_service_facts_free (host->services);
    vf_host_facts_free (host->host);
    vf_snapshot_unref (host->snapshot);
    vf_sysfs_free (host->root);
    fake_tree_remove (host->folder);
    g_free (host->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Host, host_clear)

/* Builds what @text describes, and looks at it; at @vm as well, unless it has no domain, and at
 * @gpu alone, unless that is NULL. The daemon says that the GPUs @stuck are. */
static void
host_build (Host *host,
            const char *text,
            const VfDoctorVm *vm,
            const VfPciAddress *gpu,
            const GArray *stuck)
{
    g_autoptr (FakeMachine) fake = fake_machine_parse (text);
    g_autoptr (GError) error = NULL;

    host->folder = fake_tree_new_folder ();
    fake_tree_build (fake, host->folder);
    host->root = vf_sysfs_new (fake_tree_open (host->folder));
    host->snapshot = vf_snapshot_reader_read (host->root, &error);
    g_assert_no_error (error);
    host->host = vf_host_facts_reader_read (host->root, host->snapshot);
    host->services = services_of (host->root, host->snapshot);
    g_array_append_vals (host->services->stuck, stuck->data, stuck->len);
    host->findings = vf_doctor_examine (&(VfDoctorFacts){ .host = host->host,
                                                          .machine = host->snapshot,
                                                          .services = host->services,
                                                          .vm = vm->domain != NULL ? vm : NULL,
                                                          .gpu = gpu });
}

/* As a report has it. */
static char *
as_machine_file (const Host *host)
{
    g_autoptr (VfCarried) carried = vf_carried_new (host->root);
    g_autoptr (VfcRedaction) redaction = vfc_redaction_new ();
    g_autoptr (GError) error = NULL;
    char *file = vfc_machine_file_write (&(VfcMachine){ .kernel = "6.1.0-fake",
                                                        .machine = host->snapshot,
                                                        .host = host->host,
                                                        .services = host->services,
                                                        .carried = carried },
                                         redaction, &error);

    g_assert_no_error (error);
    return file;
}

/* Without their words, which name a disk or a line of a file. */
static char *
outline (const GPtrArray *findings)
{
    GString *text = g_string_new ("");

    for (guint i = 0; i < findings->len; i++) {
        const VfFinding *finding = findings->pdata[i];

        g_string_append_printf (text, "%s %s %s\n", vf_verdict_id (finding->verdict),
                                finding->check, finding->subject);
    }
    return g_string_free (text, FALSE);
}

/* The file that a report has of a machine describes one that is no other, for the doctor and for
 * the next report. */
static void
assert_reported (const Host *host, const VfDoctorVm *vm, const VfPciAddress *gpu)
{
    g_autofree char *file = as_machine_file (host);
    g_autofree char *findings = outline (host->findings);
    g_autofree char *same_file = NULL;
    g_autofree char *same_findings = NULL;
    g_auto (Host) same = { 0 };

    g_test_message ("%s", file);
    host_build (&same, file, vm, gpu, host->services->stuck);
    same_findings = outline (same.findings);
    same_file = as_machine_file (&same);
    g_assert_cmpstr (same_findings, ==, findings);
    g_assert_cmpstr (same_file, ==, file);
}

static void
test_case (gconstpointer data)
{
    g_autoptr (FakeCase) the = fake_case_read (data, '#');
    VfDoctorVm vm = { 0 };
    G_GNUC_UNUSED g_autoptr (VfDomainXml) domain = take_vm (the->more, &vm);
    VfPciAddress address;
    const VfPciAddress *gpu = take_gpu (&the->more, &address) ? &address : NULL;
    g_autoptr (GArray) stuck = take_stuck (&the->more);
    g_autofree char *whole = g_strconcat (the->machine, the->more, NULL);
    g_autofree char *said = NULL;
    g_auto (Host) host = { 0 };

    host_build (&host, whole, &vm, gpu, stuck);
    assert_reported (&host, &vm, gpu);
    said = describe (host.findings, vm.name);
    if (strcmp (said, the->expected) != 0 && g_getenv ("UPDATE") != NULL)
        fake_case_update (data, said);
    else if (strcmp (said, the->expected) != 0)
        g_error ("%s: the doctor says\n%s", (const char *) data, said);
}

/* Each check is in some case, or nobody has ever seen what it says. */
static void
test_all_checks (gconstpointer data)
{
    const char *const *checks = vf_doctor_checks ();
    g_autofree char *all = fake_case_join (data);

    for (guint i = 0; checks[i] != NULL; i++) {
        g_autofree char *mark = g_strdup_printf (" %s: ", checks[i]);

        if (strstr (all, mark) == NULL)
            g_error ("no case has %s", checks[i]);
    }
}

/* Whatever the doctor says of it. */
static void
test_reported (gconstpointer data)
{
    g_autofree char *path = g_strdup_printf ("%s/%s.machine", MACHINES_FOLDER, (const char *) data);
    g_autofree char *text = NULL;
    g_auto (Host) host = { 0 };
    g_autoptr (GArray) no_gpus = g_array_new (FALSE, FALSE, sizeof (VfStuckGpu));
    VfDoctorVm none = { 0 };

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    host_build (&host, text, &none, NULL, no_gpus);
    assert_reported (&host, &none, NULL);
}

int
main (int argc, char **argv)
{
    g_autoptr (GPtrArray) machines = fake_machine_names ();
    g_autoptr (GPtrArray) cases = NULL;

    g_test_init (&argc, &argv, NULL);
    cases = fake_case_add_tests (DOCTOR_FOLDER, "/doctor", test_case);
    g_test_add_data_func ("/doctor/all-checks", cases, test_all_checks);
    for (guint i = 0; i < machines->len; i++) {
        g_autofree char *path = g_strconcat ("/reported/", machines->pdata[i], NULL);

        g_test_add_data_func (path, machines->pdata[i], test_reported);
    }
    return g_test_run ();
}
