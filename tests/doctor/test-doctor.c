/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor says of hosts of many shapes. Each NAME.case here says in its first line which
 * file of tests/machines it is about; further lines of such a file follow, and behind "---" what
 * the doctor says; with UPDATE set that is written anew. Lines that begin with "#" say why. And
 * what a report says of each machine. */
#include "fake-case.h"
#include "fake-tree.h"
#include "vf-blocker.h"
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

/* What a case tells beside the machine, each in lines of its own. */
typedef struct {
    char *facts; /* the other lines */
    char *vm_name;
    VfDomainXml *domain;
    gboolean is_saved;
    VfPciAddress gpu; /* that is asked about */
    gboolean one_gpu;
    GArray *stuck;       /* VfStuckGpu: what the daemon says of GPUs */
    GPtrArray *services; /* words about daemon and libvirt, which otherwise answer */
    GPtrArray *missing;  /* paths of the tree that are not there */
} Told;

static void
told_clear (Told *told)
{
    g_free (told->facts);
    g_free (told->vm_name);
    g_clear_pointer (&told->domain, vf_domain_xml_unref);
    g_array_unref (told->stuck);
    g_ptr_array_unref (told->services);
    g_ptr_array_unref (told->missing);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Told, told_clear)

/* "vm NAME [saved]": the text is NAME.xml. */
static void
tell_vm (Told *told, char **words)
{
    g_autofree char *path = g_strdup_printf ("%s/vms/%s.xml", DOCTOR_FOLDER, words[1]);
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    told->domain = vf_domain_xml_parse (text, -1, &error);
    g_assert_no_error (error);
    told->vm_name = g_strdup (vf_domain_xml_name (told->domain));
    told->is_saved = words[2] != NULL;
}

/* "stuck ADDRESS wedged|mixed" */
static void
tell_stuck (Told *told, char **words)
{
    VfStuckGpu stuck = { .hangs = strcmp (words[2], "wedged") == 0 };

    g_assert_true (vf_pci_address_parse (words[1], &stuck.gpu, NULL));
    g_array_append_val (told->stuck, stuck);
}

/* Whether @line tells something beside the machine. */
static gboolean
tell_line (Told *told, const char *line)
{
    g_auto (GStrv) words = g_strsplit (line, " ", -1);

    if (g_strcmp0 (words[0], "vm") == 0)
        tell_vm (told, words);
    else if (g_strcmp0 (words[0], "stuck") == 0)
        tell_stuck (told, words);
    else if (g_strcmp0 (words[0], "gpu") == 0)
        told->one_gpu = vf_pci_address_parse (words[1], &told->gpu, NULL);
    else if (g_strcmp0 (words[0], "service-says") == 0)
        g_ptr_array_add (told->services, g_strdup (words[1]));
    else if (g_strcmp0 (words[0], "without") == 0)
        g_ptr_array_add (told->missing, g_strdup (words[1]));
    else
        return FALSE;
    return TRUE;
}

static void
told_read (Told *told, const char *text)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    g_autoptr (GString) facts = g_string_new (NULL);

    told->stuck = g_array_new (FALSE, FALSE, sizeof (VfStuckGpu));
    told->services = g_ptr_array_new_with_free_func (g_free);
    told->missing = g_ptr_array_new_with_free_func (g_free);
    for (char **line = lines; *line != NULL; line++) {
        if (!tell_line (told, *line))
            g_string_append_printf (facts, "%s\n", *line);
    }
    told->facts = g_string_free (g_steal_pointer (&facts), FALSE);
}

static void
apply_service (VfServiceFacts *facts, const char *word)
{
    if (strcmp (word, "daemon-silent") == 0) {
        facts->daemon_error = g_strdup ("It does not answer.");
        facts->holders_known = FALSE;
        g_array_set_size (facts->holders, 0);
    } else if (strcmp (word, "libvirt-silent") == 0) {
        facts->libvirt_error = g_strdup ("It does not answer.");
    } else if (strcmp (word, "hook-unseen") == 0) {
        facts->hook_called = FALSE;
    } else if (strcmp (word, "hook-not-called") == 0) {
        g_ptr_array_add (facts->notices,
                         vf_blocker_new (VF_REASON_HOOK_NOT_CALLED, "",
                                         g_strdup ("A VM ran that it was not told of.")));
    } else {
        g_error ("no service says '%s'", word);
    }
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

/* Builds what @text describes, and looks at it as @told asks. */
static void
host_build (Host *host, const char *text, const Told *told)
{
    g_autoptr (FakeMachine) fake = fake_machine_parse (text);
    g_autoptr (GError) error = NULL;
    VfDoctorVm vm = { told->vm_name, told->domain, told->is_saved };

    host->folder = fake_tree_new_folder ();
    fake_tree_build (fake, host->folder);
    for (guint i = 0; i < told->missing->len; i++) {
        g_autofree char *path = g_build_filename (host->folder, told->missing->pdata[i], NULL);

        fake_tree_remove (path);
    }
    host->root = vf_sysfs_new (fake_tree_open (host->folder));
    host->snapshot = vf_snapshot_reader_read (host->root, &error);
    g_assert_no_error (error);
    host->host = vf_host_facts_reader_read (host->root, host->snapshot);
    host->services = services_of (host->root, host->snapshot);
    g_array_append_vals (host->services->stuck, told->stuck->data, told->stuck->len);
    for (guint i = 0; i < told->services->len; i++)
        apply_service (host->services, told->services->pdata[i]);
    host->findings =
        vf_doctor_examine (&(VfDoctorFacts){ .host = host->host,
                                             .machine = host->snapshot,
                                             .services = host->services,
                                             .vm = vm.domain != NULL ? &vm : NULL,
                                             .gpu = told->one_gpu ? &told->gpu : NULL });
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
assert_reported (const Host *host, const Told *told)
{
    g_autofree char *file = as_machine_file (host);
    g_autofree char *findings = outline (host->findings);
    g_autofree char *same_file = NULL;
    g_autofree char *same_findings = NULL;
    g_auto (Host) same = { 0 };

    g_test_message ("%s", file);
    host_build (&same, file, told);
    same_findings = outline (same.findings);
    same_file = as_machine_file (&same);
    g_assert_cmpstr (same_findings, ==, findings);
    g_assert_cmpstr (same_file, ==, file);
}

static void
test_case (gconstpointer data)
{
    g_autoptr (FakeCase) the = fake_case_read (data, '#');
    g_auto (Told) told = { 0 };
    g_autofree char *whole = NULL;
    g_autofree char *said = NULL;
    g_auto (Host) host = { 0 };

    told_read (&told, the->more);
    whole = g_strconcat (the->machine, told.facts, NULL);
    host_build (&host, whole, &told);
    assert_reported (&host, &told);
    said = describe (host.findings, told.vm_name);
    if (strcmp (said, the->expected) != 0 && g_getenv ("UPDATE") != NULL)
        fake_case_update (data, said);
    else if (strcmp (said, the->expected) != 0)
        g_error ("%s: the doctor says\n%s", (const char *) data, said);
}

/* What each check can come to. */
static const struct {
    const char *check;
    const char *verdicts;
} outcomes[] = {
    { "cpu-virtualization", "ok failed unknown" },
    { "kvm", "ok failed unknown" },
    { "guest-network", "ok warning failed unknown" },
    { "control-groups", "ok warning unknown" },
    { "iommu", "ok failed" },
    { "interrupt-remapping", "ok warning unknown" },
    { "vfio", "ok failed" },
    { "vfio-pci", "ok failed" },
    { "vfio-iommu-type1", "ok failed" },
    { "static-binding", "ok warning" },
    { "blacklist", "ok warning failed" },
    { "two-gpus", "ok failed" },
    { "host-display", "ok warning failed unknown" },
    { "iommu-group", "ok failed" },
    { "carries-device", "ok failed" },
    { "reset", "ok warning" },
    { "monitor", "ok warning unknown" },
    { "firmware-framebuffer", "ok failed unknown" },
    { "bar-size", "ok unknown" },
    { "nvidia-version", "ok warning" },
    { "compositor", "ok failed unknown" },
    { "holders", "ok warning unknown" },
    { "daemon", "ok failed" },
    { "gpu-stuck", "ok failed" },
    { "libvirt", "ok failed" },
    { "hook-installed", "ok failed" },
    { "hook-called", "ok failed unknown" },
    { "hook-confined", "ok failed unknown" },
    { "guest-firmware", "ok warning" },
    { "host-shutdown", "ok warning" },
    { "vm-spice", "ok failed" },
    { "vm-devices", "ok failed" },
    { "vm-whole-gpu", "ok failed" },
    { "vm-managed", "ok failed" },
    { "vm-saved", "ok failed" },
    { "vm-machine", "ok warning" },
    { "vm-video", "ok warning" },
};

/* What no case has nobody has ever seen the doctor say. */
static void
test_all_checks (gconstpointer data)
{
    const char *const *checks = vf_doctor_checks ();
    g_autofree char *cases = fake_case_join (data);
    g_autofree char *all = g_strconcat ("\n", cases, NULL);

    for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++) {
        g_auto (GStrv) verdicts = g_strsplit (outcomes[i].verdicts, " ", -1);

        g_assert_cmpstr (checks[i], ==, outcomes[i].check);
        for (char **verdict = verdicts; *verdict != NULL; verdict++) {
            g_autofree char *line = g_strdup_printf ("\n%s %s: ", *verdict, checks[i]);

            if (strstr (all, line) == NULL)
                g_error ("no case has %s", line + 1);
        }
    }
    g_assert_null (checks[G_N_ELEMENTS (outcomes)]);
}

/* The other way round: a verdict that a case has is in the table. */
static void
test_no_other_verdict (gconstpointer data)
{
    g_autofree char *all = fake_case_join (data);
    g_autoptr (GRegex) line =
        g_regex_new ("^(ok|unknown|warning|failed) ([a-z0-9-]+): ", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    for (g_regex_match (line, all, 0, &match); g_match_info_matches (match);
         g_match_info_next (match, NULL)) {
        g_autofree char *verdict = g_match_info_fetch (match, 1);
        g_autofree char *check = g_match_info_fetch (match, 2);
        guint i = 0;

        while (strcmp (outcomes[i].check, check) != 0)
            g_assert_cmpuint (++i, <, G_N_ELEMENTS (outcomes));
        if (strstr (outcomes[i].verdicts, verdict) == NULL)
            g_error ("the table of outcomes has no %s of %s", verdict, check);
    }
}

/* Whatever the doctor says of it. */
static void
test_reported (gconstpointer data)
{
    g_autofree char *path = g_strdup_printf ("%s/%s.machine", MACHINES_FOLDER, (const char *) data);
    g_autofree char *text = NULL;
    g_auto (Host) host = { 0 };
    g_auto (Told) nothing = { 0 };

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    told_read (&nothing, "");
    host_build (&host, text, &nothing);
    assert_reported (&host, &nothing);
}

int
main (int argc, char **argv)
{
    g_autoptr (GPtrArray) machines = fake_machine_names ();
    g_autoptr (GPtrArray) cases = NULL;

    g_test_init (&argc, &argv, NULL);
    cases = fake_case_add_tests (DOCTOR_FOLDER, "/doctor", test_case);
    g_test_add_data_func ("/doctor/all-checks", cases, test_all_checks);
    g_test_add_data_func ("/doctor/no-other-verdict", cases, test_no_other_verdict);
    for (guint i = 0; i < machines->len; i++) {
        g_autofree char *path = g_strconcat ("/reported/", machines->pdata[i], NULL);

        g_test_add_data_func (path, machines->pdata[i], test_reported);
    }
    return g_test_run ();
}
