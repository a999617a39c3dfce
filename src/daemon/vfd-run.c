/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the watch on QEMU and the decision when a card goes home without the hook. */
#include "vfd-run.h"

#include "vf-error.h"
#include "vf-holder.h"
#include "vf-text.h"
#include "vfd-chronicle.h"
#include "vfd-inquiry.h"
#include "vfd-libvirt-pulse.h"
#include "vfd-vfio-use.h"

#include <glib/gi18n-lib.h>
#include <errno.h>
#include <glib-unix.h>
#include <sys/pidfd.h>
#include <unistd.h>

/* How often a lent card is looked at while no QEMU is known to have it, for one that libvirt did
 * not start; and where libvirt's folder cannot be watched. The look is one lock-free attribute. */
#define VIGIL_SECONDS 5
#define BLIND_VIGIL_SECONDS 1

/* How often libvirt's pulse is felt, and its traces are looked for, while it is waited for. */
#define PULSE_MILLISECONDS 1000

/* What the release hook is given to come, when a VM that libvirt is done with vanishes from its
 * folder. */
#define GRACE_MILLISECONDS 500

/* How often a return is tried again whose helper has died, and when. */
#define MOST_ATTEMPTS 3
#define ATTEMPT_MILLISECONDS 1000

/* From "prepare" until libvirt has a status file of the VM; and where these cannot be read, nor is
 * it known which libvirt daemon asked, until QEMU has the card open: a large guest's memory is
 * claimed before that. */
#define START_SECONDS 600

typedef enum {
    PHASE_IDLE,  /* it is not lent to a VM */
    PHASE_VIGIL, /* it is, and no QEMU is known that has it open */
    PHASE_WATCH, /* one has */
    PHASE_PULSE, /* that one is gone, or a VM with it was seen and no QEMU: libvirt is waited for */
    PHASE_RESIGNED, /* it could not be returned: no more attempts until somebody asks */
} Phase;

struct _VfdRun {
    VfdGpu *gpu;
    VfdInquiry *inquiry; /* who has it open */
    VfdInquiry *domains; /* which VMs libvirt has with it */
    gboolean untold;     /* the last one was not answered */
    Phase phase;
    gint64 since;    /* monotonic time at which the phase began */
    guint source_id; /* what the phase waits for */
    int pidfd;       /* PHASE_WATCH: of QEMU */
    guint32 pid;
    guint64 start_time;
    pid_t starter;    /* the libvirt daemon that started the VM; 0: not known */
    guint n_attempts; /* to bring it home, that a helper's death has ended */
};

static gboolean on_vigil (gpointer data);
static gboolean on_pulse (gpointer data);

static guint
vigil_seconds (const VfdRun *run)
{
    return vfd_libvirt_domains_watch (vfd_gpu_daemon (run->gpu)->domains) ? VIGIL_SECONDS
                                                                          : BLIND_VIGIL_SECONDS;
}

/* When libvirt is looked at next, in milliseconds. */
static void
wait_for_libvirt (VfdRun *run, guint milliseconds)
{
    g_clear_handle_id (&run->source_id, g_source_remove);
    run->source_id = g_timeout_add (milliseconds, on_pulse, run);
}

static void
enter (VfdRun *run, Phase phase)
{
    g_clear_handle_id (&run->source_id, g_source_remove);
    if (run->pidfd >= 0)
        close (run->pidfd);
    run->pidfd = -1;
    run->phase = phase;
    run->since = g_get_monotonic_time ();
    if (phase == PHASE_VIGIL)
        run->source_id = g_timeout_add_seconds (vigil_seconds (run), on_vigil, run);
    else if (phase == PHASE_PULSE)
        wait_for_libvirt (run, PULSE_MILLISECONDS);
}

static gboolean
is_lent_to_vm (const VfdGpu *gpu)
{
    const VfdLease *lease = vfd_gpu_lease (gpu);

    return vfd_gpu_is_lent (gpu) && lease->claim != NULL && lease->claim->kind == VF_CLAIM_VM;
}

static gboolean
has_lasted (const VfdRun *run, gint64 milliseconds)
{
    return g_get_monotonic_time () - run->since > milliseconds * 1000;
}

static gboolean
libvirt_lives (const VfdRun *run)
{
    return vfd_libvirt_pulse_beats (vfd_gpu_daemon (run->gpu)->root);
}

static void bring_home (VfdRun *run, const char *why);

static gboolean
on_attempt (gpointer data)
{
    VfdRun *run = data;

    run->source_id = 0;
    bring_home (run, "the helper that took it there has ended");
    return G_SOURCE_REMOVE;
}

/* Nothing is wrong with the card, and nobody else asks for it. */
static void
try_again (VfdRun *run)
{
    enter (run, PHASE_RESIGNED);
    run->n_attempts++;
    run->source_id = g_timeout_add (ATTEMPT_MILLISECONDS, on_attempt, run);
}

static void
on_returned (VfdGpu *gpu, const GError *error, gpointer data)
{
    VfdRun *run = data;

    /* Somebody has it open after all, or libvirt is back: look again. */
    if (vf_error_is (error, VF_REASON_VM_RUNNING))
        vfd_run_look (run);
    else if (vf_error_is (error, VF_REASON_NO_WORKER) && run->n_attempts < MOST_ATTEMPTS)
        try_again (run);
    else if (error != NULL)
        enter (run, PHASE_RESIGNED);
    else
        run->n_attempts = 0;
}

static void
bring_home (VfdRun *run, const char *why)
{
    vfd_chronicle_tell_return (run->gpu, why);
    enter (run, PHASE_IDLE);
    vfd_gpu_switch (run->gpu, VF_TARGET_HOST, NULL, on_returned, run);
}

/* No hook of that run will come: libvirt has dealt with the end of the VM, or never began it. */
static void
abandon (VfdRun *run, const char *why)
{
    vfd_chronicle_tell_return (run->gpu, why);
    enter (run, PHASE_IDLE);
    vfd_gpu_abandon_run (run->gpu, on_returned, run);
}

/* A VM for which no "prepare" came: its run is noted now, so that the same law holds for it. */
static void
note_unannounced (VfdRun *run, const char *vm)
{
    const VfClaim *claim = vfd_gpu_lease (run->gpu)->claim;
    g_autofree char *shown = vf_text_escape (vm);
    g_autoptr (GError) error = NULL;

    vfd_chronicle_tell (run->gpu, G_LOG_LEVEL_WARNING, "hook-not-called",
                        _ ("The VM %s runs with %s, and libvirt did not call the hook for it"),
                        shown, vf_pci_address_format (vfd_gpu_address (run->gpu)).text);
    if (!vfd_gpu_begin_run (run->gpu, claim->id, &error))
        g_warning ("%s", error->message);
    if (libvirt_lives (run))
        vfd_hook_pulse_miss (vfd_gpu_daemon (run->gpu)->hook_pulse, vm);
}

/* Whether the VM that was announced starts no more. What a libvirt daemon was about to start ends
 * with it; one that lives tells the hook when it has given up, but that may have been told to
 * nobody. @told: whether it is known which VMs libvirt has. */
static gboolean
start_is_over (const VfdRun *run, gboolean told)
{
    const VfdDaemon *daemon = vfd_gpu_daemon (run->gpu);

    if (run->starter != 0)
        return !vfd_libvirt_pulse_is (daemon->root, run->starter)
               || (told && has_lasted (run, START_SECONDS * 1000));
    return has_lasted (run, told ? daemon->policy->release_deadline : START_SECONDS * 1000);
}

/* In PHASE_VIGIL, of a run that was announced. @names: the VMs that libvirt has with the card; NULL
 * when that cannot be told. */
static void
judge_start (VfdRun *run, const GPtrArray *names)
{
    static const char why[] = "libvirt went down before its VM started";

    if (names != NULL && names->len > 0) {
        vfd_gpu_see_run (run->gpu);
        enter (run, PHASE_PULSE);
    } else if (!libvirt_lives (run) && names != NULL) {
        abandon (run, why);
    } else if (!libvirt_lives (run)) {
        bring_home (run, why);
    } else if (start_is_over (run, names != NULL)) {
        enter (run, PHASE_PULSE);
    }
}

/* @names as above. */
static void
take_domains (VfdRun *run, const GPtrArray *names)
{
    const VfdLease *lease = vfd_gpu_lease (run->gpu);

    run->untold = names == NULL;
    if (!is_lent_to_vm (run->gpu))
        return;
    if (run->phase == PHASE_VIGIL && vfd_lease_is_running (lease)) {
        judge_start (run, names);
    } else if (names == NULL || (lease->run != NULL && !vfd_lease_is_running (lease))) {
        /* Of a run of another VM, which libvirt has still to end, the hook tells the rest. */
    } else if (names->len == 0) {
        if (run->phase == PHASE_PULSE)
            abandon (run, "libvirt is done with its VM");
    } else {
        if (lease->run == NULL)
            note_unannounced (run, g_ptr_array_index (names, 0));
        vfd_gpu_see_run (run->gpu);
        if (run->phase == PHASE_VIGIL)
            enter (run, PHASE_PULSE);
    }
}

static void
on_domains (const GPtrArray *names, const GError *error, gpointer data)
{
    VfdRun *run = data;

    g_clear_pointer (&run->domains, vfd_inquiry_free);
    take_domains (run, error == NULL ? names : NULL);
}

/* Asks which VMs libvirt has with the card. */
static void
ask_for_domains (VfdRun *run)
{
    VfdDaemon *daemon = vfd_gpu_daemon (run->gpu);
    g_autoptr (GArray) functions = vfd_gpu_functions (run->gpu);

    if (run->domains != NULL)
        return;
    run->domains = vfd_inquiry_new (daemon->helpers, NULL);
    if (run->domains == NULL)
        take_domains (run, NULL);
    else
        vfd_inquiry_ask (run->domains, VFD_INQUIRY_DOMAINS, functions,
                         daemon->policy->step_deadline, on_domains, run);
}

static gboolean
is_open (const VfdRun *run)
{
    g_autoptr (GArray) functions = vfd_gpu_functions (run->gpu);

    return !vfd_vfio_use_is_none (vfd_gpu_daemon (run->gpu)->root, functions);
}

/* In PHASE_PULSE, when nobody has the card open. */
static void
follow_libvirt (VfdRun *run)
{
    if (run->untold && has_lasted (run, vfd_gpu_daemon (run->gpu)->policy->release_deadline))
        abandon (run, "QEMU is gone and libvirt's release hook did not come");
    else
        ask_for_domains (run);
}

static gboolean
on_pulse (gpointer data)
{
    VfdRun *run = data;

    run->source_id = 0;
    wait_for_libvirt (run, PULSE_MILLISECONDS);
    if (!libvirt_lives (run))
        bring_home (run, "QEMU is gone and libvirt is down");
    else if (is_open (run))
        vfd_run_look (run);
    else
        follow_libvirt (run);
    return G_SOURCE_REMOVE;
}

void
vfd_run_hear_of_domains (VfdRun *run)
{
    if (run->phase == PHASE_VIGIL)
        ask_for_domains (run);
    else if (run->phase == PHASE_PULSE)
        wait_for_libvirt (run, GRACE_MILLISECONDS);
}

static void
on_end_of_qemu (VfdRun *run)
{
    if (libvirt_lives (run))
        enter (run, PHASE_PULSE);
    else
        bring_home (run, "QEMU is gone and libvirt is down");
    vfd_gpu_set_in_use (run->gpu, FALSE);
}

static gboolean
on_pidfd (int fd, GIOCondition condition, gpointer data)
{
    on_end_of_qemu (data);
    return G_SOURCE_CONTINUE;
}

static void
watch (VfdRun *run, const VfHolder *holder)
{
    int pidfd = pidfd_open ((pid_t) holder->pid, 0);

    if (pidfd < 0 && errno == ESRCH) {
        on_end_of_qemu (run);
        return;
    }
    if (pidfd < 0) {
        g_warning ("Could not watch process %u: %s", holder->pid, g_strerror (errno));
        return;
    }
    enter (run, PHASE_WATCH);
    run->pidfd = pidfd;
    run->pid = holder->pid;
    run->start_time = holder->start_time;
    run->source_id = g_unix_fd_add (run->pidfd, G_IO_IN, on_pidfd, run);
    /* The pid may have been used again between the answer and pidfd_open(): ask once more. */
    vfd_run_look (run);
}

/* A function may stay enabled though nobody has it open: not every driver disables it when it
 * leaves. */
static void
go_on_without_holder (VfdRun *run)
{
    if (run->phase == PHASE_PULSE)
        follow_libvirt (run);
    else if (run->phase == PHASE_VIGIL)
        ask_for_domains (run);
}

static void
take_holders (VfdRun *run, const GPtrArray *holders)
{
    const VfHolder *holder = holders->len > 0 ? g_ptr_array_index (holders, 0) : NULL;
    const VfdLease *lease = vfd_gpu_lease (run->gpu);

    if (holder == NULL) {
        /* Of a run that had begun, the release may have come while nobody listened. */
        if (run->phase == PHASE_WATCH
            || (run->phase != PHASE_PULSE && vfd_lease_is_running (lease) && lease->run_seen))
            on_end_of_qemu (run);
        else if (lease->homeward && lease->run == NULL)
            bring_home (run, "nobody has it open any more");
        else
            go_on_without_holder (run);
    } else if (run->phase != PHASE_WATCH || run->pid != holder->pid
               || run->start_time != holder->start_time) {
        watch (run, holder);
    } else {
        vfd_gpu_set_in_use (run->gpu, TRUE);
        if (lease->run == NULL)
            ask_for_domains (run);
    }
}

static void
on_holders (const GPtrArray *holders, const GError *error, gpointer data)
{
    VfdRun *run = data;

    g_clear_pointer (&run->inquiry, vfd_inquiry_free);
    if (error != NULL)
        g_warning ("Could not ask who has %s open: %s",
                   vf_pci_address_format (vfd_gpu_address (run->gpu)).text, error->message);
    else if (vfd_gpu_is_lent (run->gpu))
        take_holders (run, holders);
}

void
vfd_run_look (VfdRun *run)
{
    VfdDaemon *daemon = vfd_gpu_daemon (run->gpu);
    g_autoptr (GArray) functions = vfd_gpu_functions (run->gpu);
    g_autoptr (GError) error = NULL;

    if (run->phase == PHASE_RESIGNED)
        enter (run, PHASE_VIGIL);
    if (run->inquiry != NULL)
        return;
    run->inquiry = vfd_inquiry_new (daemon->helpers, &error);
    if (run->inquiry == NULL)
        g_warning ("%s", error->message);
    else
        vfd_inquiry_ask (run->inquiry, VFD_INQUIRY_VFIO_USERS, functions,
                         daemon->policy->step_deadline, on_holders, run);
}

static gboolean
on_vigil (gpointer data)
{
    VfdRun *run = data;
    const VfdLease *lease = vfd_gpu_lease (run->gpu);

    if (is_open (run) || (lease->homeward && lease->run == NULL))
        vfd_run_look (run);
    else if (vfd_lease_is_running (lease))
        ask_for_domains (run);
    return G_SOURCE_CONTINUE;
}

static void
on_gpu_event (VfdGpu *gpu, VfdGpuEvent event, const GError *error, gpointer data)
{
    VfdRun *run = data;

    if (event != VFD_GPU_CHANGED || vfd_gpu_is_switching (gpu))
        return;
    if (!is_lent_to_vm (gpu))
        enter (run, PHASE_IDLE);
    else if (run->phase == PHASE_IDLE)
        enter (run, PHASE_VIGIL);
}

VfdRun *
vfd_run_new (VfdGpu *gpu)
{
    VfdRun *run = g_new0 (VfdRun, 1);

    run->gpu = gpu;
    run->pidfd = -1;
    vfd_gpu_watch (gpu, on_gpu_event, run);
    return run;
}

void
vfd_run_free (VfdRun *run)
{
    enter (run, PHASE_IDLE);
    g_clear_pointer (&run->inquiry, vfd_inquiry_free);
    g_clear_pointer (&run->domains, vfd_inquiry_free);
    g_free (run);
}

VfdRun *
vfd_run_find (const VfdDaemon *daemon, const VfdGpu *gpu)
{
    for (guint i = 0; i < daemon->runs->len; i++) {
        VfdRun *run = g_ptr_array_index (daemon->runs, i);

        if (run->gpu == gpu)
            return run;
    }
    g_return_val_if_reached (NULL);
}

VfdRun *
vfd_run_find_vm (const VfdDaemon *daemon, const char *uuid)
{
    for (guint i = 0; i < daemon->runs->len; i++) {
        VfdRun *run = g_ptr_array_index (daemon->runs, i);

        if (g_strcmp0 (vfd_gpu_lease (run->gpu)->run, uuid) == 0)
            return run;
    }
    return NULL;
}

VfdGpu *
vfd_run_gpu (const VfdRun *run)
{
    return run->gpu;
}

gboolean
vfd_run_begin (VfdRun *run, const char *uuid, pid_t starter, GError **error)
{
    enter (run, PHASE_VIGIL);
    run->starter = starter;
    run->n_attempts = 0;
    return vfd_gpu_begin_run (run->gpu, uuid, error);
}

void
vfd_run_release (VfdRun *run)
{
    const VfdLease *lease = vfd_gpu_lease (run->gpu);
    /* The daemon may have returned it long ago, and somebody else may have it by now. */
    gboolean is_its_own = lease->claim == NULL || g_strcmp0 (lease->claim->id, lease->run) == 0;

    vfd_gpu_end_run (run->gpu, is_its_own);
    if (!is_its_own)
        return;
    bring_home (run, "its VM has ended");
    vfd_gpu_set_in_use (run->gpu, FALSE);
}
