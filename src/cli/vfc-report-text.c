/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the sections of a report, and which names are looked for in it. */
#include "vfc-report-text.h"

#include "vfc-by-hand.h"
#include "vfc-gpu.h"
#include "vfc-journal.h"
#include "vfc-libvirt.h"
#include "vfc-machine-file.h"

#include "vf-doctor.h"
#include "vf-libvirt-traces.h"
#include "vf-machine.h"
#include "vf-pairing.h"
#include "vf-survey.h"
#include "vf-text.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The newest ones. */
#define LOG_ENTRIES 200

/* A libvirt that hangs is something to report. */
#define LIBVIRT_SECONDS 20

/* Debian's policy and systemd's (UIDS-GIDS): people, and people of systemd-homed. All others are
 * users of the system itself, of services and of containers. */
#define FIRST_PERSON 1000
#define LAST_PERSON 59999
#define FIRST_OF_HOMED 60001
#define LAST_OF_HOMED 60513

/* All that could be had; of each what is NULL has an error instead. */
typedef struct {
    VfSysfs *root;
    VfClient *client; /* belongs to the run */
    GError *daemon_error;
    virConnect *libvirt;
    GError *libvirt_error;
    VfSurvey *survey;
    GError *survey_error;
    GPtrArray *entries;
    GError *log_error;
    GPtrArray *gpus;     /* VfClientGpu; empty without the daemon */
    GPtrArray *pairings; /* VfPairing; the same */
    VfcRedaction *redaction;
} Material;

static void
material_clear (Material *material)
{
    g_clear_pointer (&material->root, vf_sysfs_free);
    g_clear_error (&material->daemon_error);
    g_clear_pointer (&material->libvirt, virConnectClose);
    g_clear_error (&material->libvirt_error);
    g_clear_pointer (&material->survey, vf_survey_free);
    g_clear_error (&material->survey_error);
    g_clear_pointer (&material->entries, g_ptr_array_unref);
    g_clear_error (&material->log_error);
    g_clear_pointer (&material->gpus, g_ptr_array_unref);
    g_clear_pointer (&material->pairings, g_ptr_array_unref);
    g_clear_pointer (&material->redaction, vfc_redaction_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Material, material_clear)

static void
gather (VfcRun *run, Material *material)
{
    material->root = vf_sysfs_new (open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    material->client = vfc_run_client (run, &material->daemon_error);
    material->libvirt = vfc_libvirt_open_within (run, LIBVIRT_SECONDS, &material->libvirt_error);
    material->survey = vf_survey_new (material->client, material->daemon_error, material->libvirt,
                                      material->libvirt_error, &material->survey_error);
    material->entries = vfc_journal_read (NULL, LOG_ENTRIES, &material->log_error);
    if (material->client != NULL) {
        material->gpus = vf_client_list_gpus (material->client);
        material->pairings = vf_pairing_list (material->client, NULL);
    }
    if (material->gpus == NULL)
        material->gpus = g_ptr_array_new ();
    if (material->pairings == NULL)
        material->pairings = g_ptr_array_new ();
}

static void
add_host (VfcRedaction *redaction)
{
    const char *name = g_get_host_name ();
    g_autofree char *brief = g_strndup (name, strcspn (name, "."));

    vfc_redaction_add (redaction, "host", name);
    vfc_redaction_add (redaction, "host", brief);
}

static gboolean
is_person (guint32 uid)
{
    return (uid >= FIRST_PERSON && uid <= LAST_PERSON)
           || (uid >= FIRST_OF_HOMED && uid <= LAST_OF_HOMED);
}

/* Who is known here, and who has a folder here and is known to a directory server. */
static void
add_users (VfcRedaction *redaction)
{
    FILE *file = fopen ("/etc/passwd", "re");
    g_autoptr (GDir) homes = g_dir_open ("/home", 0, NULL);
    const struct passwd *entry;
    const char *name;

    while (file != NULL && (entry = fgetpwent (file)) != NULL) {
        if (is_person (entry->pw_uid))
            vfc_redaction_add (redaction, "user", entry->pw_name);
    }
    if (file != NULL)
        fclose (file);
    while (homes != NULL && (name = g_dir_read_name (homes)) != NULL)
        vfc_redaction_add (redaction, "user", name);
    if (getuid () != 0)
        vfc_redaction_add (redaction, "user", g_get_user_name ());
}

static void
add_claimant (VfcRedaction *redaction, VfClientGpu *gpu)
{
    GVariant *claimant = vf_dbus_gpu_get_claimant (gpu);
    g_autoptr (VfClaim) claim = claimant != NULL ? vf_claim_from_variant (claimant) : NULL;

    if (claim != NULL && claim->kind == VF_CLAIM_VM)
        vfc_redaction_add (redaction, "vm", claim->label);
    if (claim != NULL && claim->kind == VF_CLAIM_USER && strcmp (claim->id, "0") != 0)
        vfc_redaction_add (redaction, "user", claim->label);
}

static void
add_holders (VfcRedaction *redaction, const GArray *holders)
{
    for (guint i = 0; i < holders->len; i++) {
        const VfHolder *holder = g_array_index (holders, VfGpuHolder, i).holder;

        if (is_person (holder->uid))
            vfc_redaction_add (redaction, "user", holder->user);
    }
}

/* Those that run have a file whose name anybody may read, also who may not ask libvirt. */
static void
add_machines (VfcRedaction *redaction, const Material *material)
{
    g_autoptr (GPtrArray) machines =
        material->libvirt != NULL ? vf_machine_list (material->libvirt, NULL) : NULL;
    g_autoptr (GPtrArray) files = NULL;

    for (guint i = 0; machines != NULL && i < machines->len; i++)
        vfc_redaction_add (redaction, "vm", ((VfMachine *) machines->pdata[i])->name);
    if (vf_sysfs_list (material->root, VF_LIBVIRT_TRACES_FOLDER, &files) != 0)
        return;
    for (guint i = 0; i < files->len; i++) {
        g_autofree char *name = vf_libvirt_traces_name (files->pdata[i]);

        vfc_redaction_add (redaction, "vm", name);
    }
}

/* Where disks are mounted that hang on a card, unless many hosts have such a folder. */
static void
add_places (const Material *material)
{
    const VfSnapshot *machine = material->survey->machine;
    g_autoptr (VfCarried) carried = vf_carried_new (material->root);

    for (guint i = 0; i < vf_snapshot_size (machine); i++) {
        const VfPciFunction *function = vf_snapshot_get (machine, i);
        g_autoptr (GPtrArray) devices =
            function->carries != NULL ? vf_carried_list (carried, function->address) : NULL;

        for (guint k = 0; devices != NULL && k < devices->len; k++) {
            char **places = ((VfCarriedDevice *) devices->pdata[k])->places;

            for (; places != NULL && *places != NULL; places++)
                if (!vfc_machine_file_has_place (*places))
                    vfc_redaction_add (material->redaction, "place", *places);
        }
    }
}

/* Before anything is written, so that each is the same everywhere. */
static void
add_names (Material *material)
{
    material->redaction = vfc_redaction_new ();
    add_host (material->redaction);
    add_users (material->redaction);
    add_machines (material->redaction, material);
    for (guint i = 0; i < material->pairings->len; i++)
        vfc_redaction_add (material->redaction, "vm",
                           ((VfPairing *) material->pairings->pdata[i])->name);
    for (guint i = 0; i < material->gpus->len; i++)
        add_claimant (material->redaction, material->gpus->pdata[i]);
    for (guint i = 0; material->entries != NULL && i < material->entries->len; i++)
        vfc_redaction_add (material->redaction, "vm",
                           ((VfcEntry *) material->entries->pdata[i])->vm);
    if (material->survey != NULL) {
        add_holders (material->redaction, material->survey->services->holders);
        add_places (material);
    }
}

static void say (GString *text, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* One line, or several when what is said has several. */
static void
say (GString *text, const char *format, ...)
{
    g_autofree char *said = NULL;
    g_auto (GStrv) lines = NULL;
    va_list arguments;

    va_start (arguments, format);
    said = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    lines = g_strsplit (said, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *line = vf_text_escape (lines[i]);

        g_string_append_printf (text, "%s\n", line);
    }
}

static const char *
message_of (const GError *error)
{
    return error != NULL ? error->message : "not known";
}

static void
say_version (GString *text, const char *what, gboolean known, gulong version)
{
    if (known)
        say (text, "%s: %lu.%lu.%lu", what, version / 1000000, version / 1000 % 1000,
             version % 1000);
    else
        say (text, "%s: not known", what);
}

static void
write_versions (const Material *material, GString *text)
{
    const char *desktop = g_getenv ("XDG_CURRENT_DESKTOP");
    const char *session = g_getenv ("XDG_SESSION_TYPE");
    g_autofree char *distribution = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
    gulong libvirt = 0, qemu = 0;
    struct utsname names;

    say (text, "virtflow: %s", VFC_VERSION);
    say (text, "virtflowd: %s",
         material->client != NULL ? vf_dbus_host_get_version (vf_client_host (material->client))
                                  : message_of (material->daemon_error));
    if (uname (&names) == 0)
        say (text, "kernel: %s %s", names.release, names.machine);
    if (material->libvirt != NULL) {
        say_version (text, "libvirt", virConnectGetLibVersion (material->libvirt, &libvirt) == 0,
                     libvirt);
        say_version (text, "QEMU", virConnectGetVersion (material->libvirt, &qemu) == 0, qemu);
    } else {
        say (text, "libvirt: %s", message_of (material->libvirt_error));
    }
    say (text, "distribution: %s", distribution != NULL ? distribution : "not known");
    say (text, "session: %s, %s", session != NULL ? session : "not known",
         desktop != NULL ? desktop : "no desktop");
}

/* Those about @subject, or all when that is NULL. */
static void
write_examination (const VfSurvey *survey, const VfDoctorVm *vm, const char *subject, GString *text)
{
    g_autoptr (GPtrArray) findings = vf_doctor_examine (&(VfDoctorFacts){
        .host = survey->host, .machine = survey->machine, .services = survey->services, .vm = vm });

    for (guint i = 0; i < findings->len; i++) {
        const VfFinding *finding = findings->pdata[i];

        if (subject != NULL && strcmp (finding->subject, subject) != 0)
            continue;
        say (text, "%s %s: %s", vf_verdict_id (finding->verdict), finding->check, finding->fact);
        if (*finding->advice != '\0')
            say (text, "    %s", finding->advice);
    }
}

/* Nothing when libvirt does not show it. */
static void
write_findings_of_vm (const Material *material, const VfPairing *pairing, GString *text)
{
    g_autoptr (VfMachine) machine = vf_machine_find (material->libvirt, pairing->uuid, NULL);
    g_autofree char *xml = machine != NULL ? vf_machine_text (machine, NULL) : NULL;
    g_autoptr (VfDomainXml) domain = xml != NULL ? vf_domain_xml_parse (xml, -1, NULL) : NULL;

    if (domain != NULL)
        write_examination (material->survey,
                           &(VfDoctorVm){ .name = machine->name,
                                          .domain = domain,
                                          .is_saved = machine->managed_save },
                           machine->name, text);
}

/* Of the host, and of each VM that was given a GPU. */
static void
write_findings (const Material *material, GString *text)
{
    if (material->survey == NULL) {
        say (text, "%s", message_of (material->survey_error));
        return;
    }
    write_examination (material->survey, NULL, NULL, text);
    for (guint i = 0; material->libvirt != NULL && i < material->pairings->len; i++)
        write_findings_of_vm (material, material->pairings->pdata[i], text);
}

static void
write_blockers (GString *text, const char *what, const GPtrArray *blockers)
{
    for (guint i = 0; blockers != NULL && i < blockers->len; i++) {
        const VfBlocker *blocker = blockers->pdata[i];

        say (text, "%s: %s (%s): %s", what, vf_reason_id (blocker->reason), blocker->subject,
             blocker->sentence);
    }
}

static void
write_variant_of_blockers (GString *text, const char *what, GVariant *variant)
{
    g_autoptr (GPtrArray) blockers = variant != NULL ? vf_blockers_from_variant (variant) : NULL;

    write_blockers (text, what, blockers);
}

/* The switch that runs, or the last one. */
static void
write_switch (GString *text, VfClientGpu *source)
{
    GVariant *steps = vf_dbus_gpu_get_steps (source);
    GVariant *result = vf_dbus_gpu_get_result (source);
    gsize n_steps = steps != NULL ? g_variant_n_children (steps) : 0;

    for (gsize i = 0; i < n_steps; i++) {
        const char *what, *standing;
        guint64 time;

        g_variant_get_child (steps, i, "(&s&st)", &what, &standing, &time);
        say (text, "    step: %s: %s, %" G_GUINT64_FORMAT " us", what, standing, time);
    }
    if (result != NULL) {
        const char *reason, *sentence;

        g_variant_get (result, "(&s&s)", &reason, &sentence);
        say (text, "    last switch: %s%s%s", *reason != '\0' ? reason : "none",
             *sentence != '\0' ? ": " : "", sentence);
    }
}

static void
write_gpu (GString *text, VfClientGpu *source)
{
    g_autoptr (VfcGpu) gpu = vfc_gpu_from_client (source);

    say (text, "%s %s", gpu->address, gpu->name);
    say (text, "    state: %s%s", gpu->state, gpu->host_display ? ", the host's display" : "");
    if (gpu->claim != NULL && gpu->claim->kind != VF_CLAIM_NONE)
        say (text, "    claimed by: %s %s (%s)", vf_claim_kind_id (gpu->claim->kind),
             gpu->claim->label, gpu->claim->id);
    for (guint i = 0; i < gpu->functions->len; i++) {
        const VfcFunction *function = gpu->functions->pdata[i];

        say (text, "    function: %s %s %s driver=%s group=%d", function->address, function->kind,
             function->ids, function->driver, function->iommu_group);
    }
    write_blockers (text, "    refused", gpu->blockers);
    write_switch (text, source);
}

static void
write_daemon (const Material *material, GString *text)
{
    VfDbusHost *host = material->client != NULL ? vf_client_host (material->client) : NULL;

    if (host == NULL) {
        say (text, "%s", message_of (material->daemon_error));
        return;
    }
    write_variant_of_blockers (text, "obstacle", vf_dbus_host_get_obstacles (host));
    write_variant_of_blockers (text, "notice", vf_dbus_host_get_notices (host));
    for (guint i = 0; i < material->gpus->len; i++)
        write_gpu (text, material->gpus->pdata[i]);
    for (guint i = 0; i < material->pairings->len; i++) {
        const VfPairing *pairing = material->pairings->pdata[i];

        say (text, "pairing: %s (%s) with %s, profile %s%s%s%s", pairing->name, pairing->uuid,
             pairing->gpu, pairing->profile, pairing->on_start ? ", on start" : "",
             pairing->pending ? ", pending" : "", pairing->present ? "" : ", the card is gone");
    }
}

static void
write_journals (const Material *material, GString *text)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *said = NULL;

    if (geteuid () != 0) {
        say (text, "Only root may look into them.");
        return;
    }
    said = vfc_by_hand_read_journals (&error);
    say (text, "%s", said != NULL ? g_strchomp (said) : message_of (error));
}

static void
write_log (const Material *material, GString *text)
{
    const GPtrArray *entries = material->entries;

    if (entries == NULL)
        say (text, "%s", message_of (material->log_error));
    else if (entries->len == 0)
        say (text, "There is nothing in it that %s may read.",
             geteuid () == 0 ? "root" : "the user");
    for (guint i = 0; entries != NULL && i < entries->len; i++) {
        const VfcEntry *entry = entries->pdata[i];
        g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (entry->time / G_USEC_PER_SEC);
        g_autofree char *shown = g_date_time_format (time, "%F %T");

        say (text, "%s  %s", shown, entry->sentence);
    }
}

typedef void (*WriteSection) (const Material *material, GString *text);

static gboolean
append_section (const Material *material,
                const char *heading,
                WriteSection write_section,
                GString *report,
                GError **error)
{
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *harmless = NULL;

    write_section (material, text);
    harmless = vfc_redaction_apply (material->redaction, text->str, error);
    if (harmless == NULL)
        return FALSE;
    g_string_append_printf (report, "\n== %s ==\n%s", heading, harmless);
    return TRUE;
}

/* A redaction of the whole could make it another machine. */
static gboolean
append_machine (const Material *material, GString *report, GError **error)
{
    g_autoptr (VfCarried) carried = vf_carried_new (material->root);
    g_autofree char *file = NULL;
    struct utsname names;

    g_string_append (report, "\n== Machine file (tests/machines/README) ==\n");
    if (material->survey == NULL || uname (&names) != 0) {
        g_string_append_printf (report, "# %s\n", message_of (material->survey_error));
        return TRUE;
    }
    file = vfc_machine_file_write (&(VfcMachine){ .kernel = names.release,
                                                  .machine = material->survey->machine,
                                                  .host = material->survey->host,
                                                  .services = material->survey->services,
                                                  .carried = carried },
                                   material->redaction, error);
    if (file == NULL)
        return FALSE;
    g_string_append (report, file);
    return TRUE;
}

static void
append_head (GString *report)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
    g_autofree char *time = g_date_time_format (now, "%F %T");

    g_string_append_printf (report,
                            "VirtFlow report, %s; all times are UTC.\n"
                            "\"vm-1\", \"user-1\", \"uuid-1\" and the like stand for names, "
                            "addresses and serial numbers\n"
                            "of this host. Look it through before you send it.\n",
                            time);
}

char *
vfc_report_text_make (VfcRun *run, GError **error)
{
    g_auto (Material) material = { 0 };
    g_autoptr (GString) report = g_string_new (NULL);

    gather (run, &material);
    add_names (&material);
    append_head (report);
    if (!append_section (&material, "Versions", write_versions, report, error)
        || !append_machine (&material, report, error)
        || !append_section (&material, "Doctor", write_findings, report, error)
        || !append_section (&material, "Daemon", write_daemon, report, error)
        || !append_section (&material, "Journals", write_journals, report, error)
        || !append_section (&material, "Log", write_log, report, error))
        return NULL;
    return g_strdup (report->str);
}
