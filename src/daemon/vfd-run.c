/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the watch on QEMU and the decision when a card goes home without the hook. */
#include "vfd-run.h"

#include "vf-error.h"
#include "vf-holder.h"
#include "vfd-execution.h"
#include "vfd-gpu.h"
#include "vfd-libvirt-pulse.h"
#include "vfd-vfio-use.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How often a lent card is looked at while no QEMU is known to have it: for a VM that was started
 * without the hook. The look is one lock-free attribute. */
#define VIGIL_SECONDS 5

/* How often libvirt's pulse is felt while its release hook is waited for. */
#define PULSE_SECONDS 1

/* From "prepare" until QEMU has the card open: a large guest's memory is claimed meanwhile. */
#define START_SECONDS 600

struct _VfdRun {
    VfdGpu *gpu;
    guint vigil_id;
    gint64 vigil_since;
    VfdLink *probe;
    int pidfd; /* of the QEMU that has the card; -1: none is known */
    guint32 pid;
    guint64 start_time;
    guint pidfd_id;
    guint pulse_id;
    gint64 qemu_gone; /* monotonic time; 0: it is not */
};

VfdRun *
vfd_run_new (VfdGpu *gpu)
{
    VfdRun *run = g_new0 (VfdRun, 1);

    run->gpu = gpu;
    run->pidfd = -1;
    return run;
}

static void
end_watch (VfdRun *run)
{
    g_clear_handle_id (&run->pidfd_id, g_source_remove);
    if (run->pidfd >= 0)
        close (run->pidfd);
    run->pidfd = -1;
}

static void
end_vigil (VfdRun *run)
{
    g_clear_handle_id (&run->vigil_id, g_source_remove);
}

void
vfd_run_free (VfdRun *run)
{
    end_watch (run);
    end_vigil (run);
    g_clear_handle_id (&run->pulse_id, g_source_remove);
    g_clear_pointer (&run->probe, vfd_link_free);
    g_free (run);
}

static gboolean
libvirt_lives (const VfdRun *run)
{
    return vfd_libvirt_pulse_beats (vfd_gpu_daemon (run->gpu)->root);
}

static void
end_pulse (VfdRun *run)
{
    g_clear_handle_id (&run->pulse_id, g_source_remove);
    run->qemu_gone = 0;
}

static void
on_returned (VfdGpu *gpu, const GError *error, gpointer data)
{
    VfdRun *run = data;

    /* Somebody has it open after all: watch that one. */
    if (vf_error_is (error, VF_REASON_VM_RUNNING))
        vfd_run_look (run);
}

static void
bring_home (VfdRun *run, const char *why)
{
    g_message ("%s goes back to the host: %s",
               vf_pci_address_format (vfd_gpu_address (run->gpu)).text, why);
    end_pulse (run);
    end_vigil (run);
    vfd_gpu_switch (run->gpu, VF_TARGET_HOST, NULL, on_returned, run);
}

/* libvirt lives and has long dealt with the end of the VM: no hook of that run will come. */
static void
end_run (VfdRun *run, const char *why)
{
    g_autoptr (GError) error = NULL;

    if (!vfd_gpu_set_run (run->gpu, NULL, &error))
        g_warning ("%s", error->message);
    bring_home (run, why);
}

static gboolean
on_pulse (gpointer data)
{
    VfdRun *run = data;
    gint64 waited = g_get_monotonic_time () - run->qemu_gone;
    guint deadline = vfd_gpu_daemon (run->gpu)->policy->release_deadline;

    if (!vfd_gpu_is_lent (run->gpu)) {
        end_pulse (run);
        return G_SOURCE_REMOVE;
    }
    if (!libvirt_lives (run)) {
        run->pulse_id = 0;
        bring_home (run, "QEMU is gone and libvirt is down");
        return G_SOURCE_REMOVE;
    }
    if (waited > (gint64) deadline * 1000) {
        run->pulse_id = 0;
        end_run (run, "QEMU is gone and libvirt's release hook did not come");
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

static void
wait_for_release (VfdRun *run)
{
    end_vigil (run);
    if (!libvirt_lives (run)) {
        bring_home (run, "QEMU is gone and libvirt is down");
        return;
    }
    run->qemu_gone = g_get_monotonic_time ();
    if (run->pulse_id == 0)
        run->pulse_id = g_timeout_add_seconds (PULSE_SECONDS, on_pulse, run);
}

static gboolean
on_qemu_gone (int fd, GIOCondition condition, gpointer data)
{
    VfdRun *run = data;

    run->pidfd_id = 0;
    end_watch (run);
    wait_for_release (run);
    vfd_gpu_set_in_use (run->gpu, FALSE);
    return G_SOURCE_REMOVE;
}

static void ask_probe (VfdRun *run);

static void
watch (VfdRun *run, const VfHolder *holder)
{
    end_watch (run);
    end_vigil (run);
    run->pid = holder->pid;
    run->start_time = holder->start_time;
    run->pidfd = pidfd_open ((pid_t) holder->pid, 0);
    if (run->pidfd < 0) {
        g_warning ("Could not watch process %u: %s", holder->pid, g_strerror (errno));
        return;
    }
    run->pidfd_id = g_unix_fd_add (run->pidfd, G_IO_IN, on_qemu_gone, run);
    /* The pid may have been used again between the answer and pidfd_open(): ask once more. */
    ask_probe (run);
}

static void
take_holders (VfdRun *run, const GPtrArray *holders)
{
    const VfHolder *holder = holders->len > 0 ? g_ptr_array_index (holders, 0) : NULL;

    if (holder == NULL) {
        if (run->pidfd >= 0) {
            end_watch (run);
            vfd_gpu_set_in_use (run->gpu, FALSE);
        }
        /* Perhaps its release came while nobody listened. */
        if (vfd_gpu_lease (run->gpu)->run != NULL && run->pulse_id == 0)
            wait_for_release (run);
        vfd_run_consider (run);
        return;
    }
    if (run->pidfd < 0 || run->pid != holder->pid || run->start_time != holder->start_time) {
        watch (run, holder);
        return;
    }
    end_pulse (run);
    vfd_gpu_set_in_use (run->gpu, TRUE);
}

static void
on_probed (GVariant *reply, const GError *error, gpointer data)
{
    VfdRun *run = data;
    g_autoptr (GVariant) answer = NULL;
    g_autoptr (GPtrArray) holders = NULL;

    g_clear_pointer (&run->probe, vfd_link_free);
    if (reply != NULL)
        g_variant_get_child (reply, 2, "v", &answer);
    if (answer != NULL)
        holders = vf_holders_from_variant (answer);
    if (holders == NULL) {
        g_warning ("Could not ask who has %s open: %s",
                   vf_pci_address_format (vfd_gpu_address (run->gpu)).text,
                   error != NULL ? error->message : "no list in the answer");
        return;
    }
    take_holders (run, holders);
}

static void
ask_probe (VfdRun *run)
{
    VfdDaemon *daemon = vfd_gpu_daemon (run->gpu);
    g_autoptr (GArray) functions = vfd_gpu_functions (run->gpu);
    g_autoptr (GError) error = NULL;

    if (run->probe != NULL)
        return;
    run->probe = vfd_link_open (daemon->helpers, "probe", "(ssv)", &error);
    if (run->probe == NULL) {
        g_warning ("%s", error->message);
        return;
    }
    vfd_link_call (run->probe, vfd_execution_question ("vfio-users", functions),
                   daemon->policy->step_deadline, on_probed, run);
}

void
vfd_run_look (VfdRun *run)
{
    ask_probe (run);
}

static gboolean
on_vigil (gpointer data)
{
    VfdRun *run = data;
    gint64 waited = g_get_monotonic_time () - run->vigil_since;
    g_autoptr (GArray) functions = vfd_gpu_functions (run->gpu);

    if (!vfd_vfio_use_is_none (vfd_gpu_daemon (run->gpu)->root, functions)) {
        vfd_run_look (run);
        return G_SOURCE_CONTINUE;
    }
    if (vfd_gpu_lease (run->gpu)->run == NULL)
        return G_SOURCE_CONTINUE;
    if (!libvirt_lives (run)) {
        run->vigil_id = 0;
        bring_home (run, "libvirt went down before its VM started");
        return G_SOURCE_REMOVE;
    }
    if (waited > START_SECONDS * G_USEC_PER_SEC) {
        run->vigil_id = 0;
        end_run (run, "its VM did not start");
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

void
vfd_run_consider (VfdRun *run)
{
    const VfdLease *lease = vfd_gpu_lease (run->gpu);
    gboolean reserved =
        vfd_gpu_is_lent (run->gpu) && lease->claim != NULL && lease->claim->kind == VF_CLAIM_VM;

    if (!reserved) {
        end_vigil (run);
        end_pulse (run);
        return;
    }
    if (run->pidfd < 0 && run->pulse_id == 0 && run->vigil_id == 0) {
        run->vigil_since = g_get_monotonic_time ();
        run->vigil_id = g_timeout_add_seconds (VIGIL_SECONDS, on_vigil, run);
    }
}

void
vfd_run_release (VfdRun *run)
{
    end_pulse (run);
    end_watch (run);
    vfd_gpu_set_in_use (run->gpu, FALSE);
    bring_home (run, "its VM has ended");
}
