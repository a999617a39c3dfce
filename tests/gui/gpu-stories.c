/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person sees of GPUs, and does with them. */
#include "stories.h"

#include "fake-proc.h"
#include "fake-tree.h"
#include "ui-stage.h"

#define GPU "0000:01:00.0"

/* On a host with a VM, so that nothing but the GPU is amiss. */
static UiStage *
stage_on (const char *machine)
{
    UiStage *stage = ui_stage_new (machine);

    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    return stage;
}

static void
described (void)
{
    g_autoptr (UiStage) stage = stage_on ("lab");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, GPU);
    ui_see_row (ui, "Address", "");
    ui_see (ui, "bochs-drm");
    ui_see_row (ui, "IOMMU group", "");
    ui_see (ui, "awake");
    ui_see (ui, "Moves Along");
    ui_see (ui, "audio · 0000:01:00.1 · snd_hda_intel");
    ui_see_no (ui, "Used by");
    ui_see_no (ui, "Why It Cannot Be Passed");
    ui_see_no_button (ui, "Give Back to the Host");
    ui_see_no_button (ui, "Recover");
}

static void
held (void)
{
    g_autoptr (UiStage) stage = stage_on ("held");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, GPU);
    ui_see (ui, "Used by");
    ui_see (ui, "game (process 1812)");
    ui_see (ui, "/dev/dri/card1");
}

static void
with_strangers (void)
{
    g_autoptr (UiStage) stage = stage_on ("group-with-nic");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, "0000:01:01.0");
    ui_see (ui, "Why It Cannot Be Passed");
    ui_see (ui, "IOMMU group");
}

static void
of_the_host (void)
{
    g_autoptr (UiStage) stage = stage_on ("boot-vga-dgpu");
    Ui *ui = ui_stage_start (stage);

    ui_open (ui, GPU);
    ui_see (ui, "Why It Cannot Be Passed");
    ui_see (ui, "Without it the screen would go dark.");
    ui_see (ui, "comes from this card");
}

static void
of_somebody_else (void)
{
    g_autoptr (UiStage) stage = stage_on ("on-vfio");
    Ui *ui = ui_stage_start (stage);

    ui_see_row (ui, GPU, "Not managed by VirtFlow");
    ui_open (ui, GPU);
    ui_see (ui, "was already on vfio-pci before VirtFlow touched it");
}

/* Each step is seen from outside as it is taken. */
static void
lent_elsewhere (void)
{
    g_autoptr (UiStage) stage =
        ui_stage_new_without_daemon ("lab", "[policy]\nstep-deadline=60000\n");
    Ui *ui;

    fake_daemon_start (ui_stage_daemon (stage));
    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    ui = ui_stage_start (stage);
    ui_open (ui, GPU);
    ui_see (ui, "bochs-drm");
    fake_daemon_hold (ui_stage_daemon (stage), "worker");
    ui_stage_begin (stage, "lend", GPU, NULL);
    ui_see_row (ui, GPU, "On its way");
    ui_see_progress (ui);
    fake_daemon_let_go (ui_stage_daemon (stage), "worker");
    ui_stage_finish (stage);
    ui_see_row (ui, GPU, "Lent to ");
    ui_see (ui, "vfio-pci");
    ui_press (ui, "Give Back to the Host");
    ui_see_row (ui, GPU, "On the host");
    ui_see (ui, "bochs-drm");
    ui_see_no_button (ui, "Give Back to the Host");
}

/* A worker that does not answer in time, under two daemons, and does so in the end. */
static void
recovered (void)
{
    const FakeProcess worker = { .pid = 4000,
                                 .command = (char *) "vf0000:01:00.0",
                                 .program = (char *) "virtflow-worker",
                                 .place = (char *) "pci_device_remove" };
    g_autoptr (UiStage) stage =
        ui_stage_new_without_daemon ("lab", "[policy]\nstep-deadline=300\n");
    FakeDaemon *daemon = ui_stage_daemon (stage);
    const char *root = fake_daemon_host (daemon)->folder;
    g_autofree char *process = g_build_filename (root, "proc/4000", NULL);
    Ui *ui;

    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    fake_daemon_start (daemon);
    ui = ui_stage_start (stage);
    ui_open (ui, GPU);
    ui_see (ui, "bochs-drm");
    fake_daemon_hold (daemon, "worker");
    ui_stage_begin (stage, "lend", GPU, NULL);
    ui_see_row (ui, GPU, "Wedged");
    ui_see_button (ui, "Recover");
    ui_see (ui, "a driver hangs in the kernel");
    fake_proc_add (&worker, root);
    fake_daemon_kill (daemon);
    ui_see (ui, "VirtFlow’s Service Is Not Running");
    fake_daemon_start (daemon);
    fake_daemon_let_go (daemon, "worker");
    ui_open (ui, GPU);
    ui_see (ui, "pci_device_remove");
    ui_press (ui, "Recover");
    ui_see (ui, "Recovery");
    ui_press (ui, "Close");
    fake_tree_remove (process);
    ui_see_row (ui, GPU, "On the host");
    ui_see_no_button (ui, "Recover");
}

void
add_gpu_stories (void)
{
    g_test_add_func ("/gpus/described", described);
    g_test_add_func ("/gpus/held", held);
    g_test_add_func ("/gpus/with-strangers", with_strangers);
    g_test_add_func ("/gpus/of-the-host", of_the_host);
    g_test_add_func ("/gpus/of-somebody-else", of_somebody_else);
    g_test_add_func ("/gpus/lent-elsewhere", lent_elsewhere);
    g_test_add_func ("/gpus/recovered", recovered);
}
