/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person is told when something is missing on the host, and what becomes of it. */
#include "stories.h"
#include "ui-stage.h"

#include <signal.h>

#define GPU "0000:01:00.0"

static void
without_daemon (void)
{
    g_autoptr (UiStage) stage = ui_stage_new_without_daemon ("lab", NULL);
    Ui *ui;

    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    ui = ui_stage_start (stage);
    ui_see (ui, "VirtFlow’s Service Is Not Running");
    ui_see (ui, "systemctl");
    ui_see_row (ui, "guest", "Shut off");
    ui_open (ui, "guest");
    ui_press (ui, "Start");
    ui_see_row (ui, "guest", "Running");
    ui_open (ui, "VirtFlow’s Service Is Not Running");
    ui_press (ui, "Try Again");
    ui_see (ui, "VirtFlow’s Service Is Not Running");
    fake_daemon_start (ui_stage_daemon (stage));
    ui_see_row (ui, GPU, "On the host");
    ui_see_no (ui, "VirtFlow’s Service Is Not Running");
}

static void
daemon_ends (void)
{
    g_autoptr (UiStage) stage = ui_stage_new ("lab");
    Ui *ui;

    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    ui = ui_stage_start (stage);
    ui_open (ui, GPU);
    ui_see (ui, "bochs-drm");
    fake_daemon_kill (ui_stage_daemon (stage));
    ui_see (ui, "VirtFlow’s Service Is Not Running");
    ui_see_no_row (ui, GPU);
    fake_daemon_start (ui_stage_daemon (stage));
    ui_see_row (ui, GPU, "On the host");
    ui_see (ui, "Choose a Machine");
}

static void
daemon_is_silent (void)
{
    g_autoptr (UiStage) stage = ui_stage_new ("lab");
    Ui *ui;

    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    fake_daemon_signal (ui_stage_daemon (stage), SIGSTOP);
    ui = ui_stage_start (stage);
    ui_see_row (ui, "guest", "");
    ui_see (ui, "VirtFlow’s Service Does Not Answer");
    ui_see (ui, "journalctl -u virtflowd");
    fake_daemon_signal (ui_stage_daemon (stage), SIGCONT);
    ui_see_row (ui, GPU, "On the host");
    ui_see_no (ui, "VirtFlow’s Service Does Not Answer");
}

/* Try Again finds it as it is then. */
static void
libvirt_comes_back (const char *word, const char *title, const char *words)
{
    g_autoptr (UiStage) stage = ui_stage_new ("lab");
    Ui *ui;

    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    ui_stage_set_libvirt (stage, word);
    ui = ui_stage_start (stage);
    ui_see (ui, title);
    ui_see (ui, words);
    ui_see_row (ui, GPU, "On the host");
    ui_stage_set_libvirt (stage, "");
    ui_press (ui, "Try Again");
    ui_see_row (ui, "guest", "Shut off");
    ui_see_no (ui, title);
}

static void
without_libvirt (void)
{
    libvirt_comes_back ("no-libvirt", "Libvirt Is Not Running", "systemctl start libvirtd");
}

static void
without_rights (void)
{
    libvirt_comes_back ("no-rights", "You May Not Manage Virtual Machines", "the group libvirt");
}

static void
libvirt_is_silent (void)
{
    g_autoptr (UiStage) stage = ui_stage_new ("lab");
    Ui *ui;

    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    ui_stage_set_libvirt (stage, "silent");
    ui = ui_stage_start (stage);
    ui_see_row (ui, GPU, "On the host");
    ui_see (ui, "Libvirt Does Not Answer");
    ui_see_no_button (ui, "Try Again");
    ui_stage_set_libvirt (stage, "");
    ui_see_row (ui, "guest", "Shut off");
    ui_see_no (ui, "Libvirt Does Not Answer");
}

/* Whoever closes the app is not kept waiting. */
static void
closed_while_libvirt_is_silent (void)
{
    g_autoptr (UiStage) stage = ui_stage_new ("lab");
    Ui *ui;

    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    ui = ui_stage_start (stage);
    ui_see_row (ui, "guest", "Shut off");
    ui_stage_set_libvirt (stage, "silent");
    ui_close (ui);
}

/* It comes back without being asked for. */
static void
libvirt_ends (void)
{
    g_autoptr (UiStage) stage = ui_stage_new ("lab");
    Ui *ui;

    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    ui = ui_stage_start (stage);
    ui_open (ui, "guest");
    ui_see_button (ui, "Start");
    ui_stage_set_libvirt (stage, "no-libvirt");
    ui_stage_end_libvirt (stage);
    ui_see (ui, "Libvirt Is Not Running");
    ui_see_no_row (ui, "guest");
    ui_stage_set_libvirt (stage, "");
    ui_see_row (ui, "guest", "Shut off");
    ui_see_no (ui, "Libvirt Is Not Running");
}

/* The host as it is; what it says is there at once, and nothing has to be pressed. */
static void
host_says (const char *machine, const char *title, const char *words)
{
    g_autoptr (UiStage) stage = ui_stage_new (machine);
    Ui *ui;

    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    ui = ui_stage_start (stage);
    ui_see_row (ui, "guest", "");
    ui_open (ui, title);
    ui_see (ui, words);
    ui_see_no_button (ui, "Try Again");
}

static void
without_iommu (void)
{
    host_says ("no-iommu", "The IOMMU Is Off", "firmware");
}

static void
without_vfio (void)
{
    host_says ("vfio-missing", "The Kernel Cannot Hand Out Devices", "vfio-pci");
}

static void
with_one_gpu (void)
{
    host_says ("only-gpu", "Only One Graphics Card", "a second one");
}

static void
without_machines (void)
{
    g_autoptr (UiStage) stage = ui_stage_new ("lab");
    Ui *ui = ui_stage_start (stage);

    ui_see (ui, "No Virtual Machines");
    ui_see (ui, "virt-manager");
    ui_stage_add_vm (stage, "guest", "shut off", NULL);
    ui_stage_change_vms (stage);
    ui_see_row (ui, "guest", "Shut off");
    ui_see_no (ui, "No Virtual Machines");
}

/* The rest of what it finds is of the machine that runs the test. */
static void
check_host (void)
{
    g_autoptr (UiStage) stage = ui_stage_new ("lab");
    Ui *ui = ui_stage_start (stage);

    ui_see_row (ui, GPU, "On the host");
    ui_choose (ui, "Main menu", "Check This Host");
    ui_see (ui, "VirtFlow's daemon answers.");
    ui_see (ui, "Something has to be put right");
    ui_check_names (ui);
    ui_take_picture (ui, "checkup");
    fake_daemon_kill (ui_stage_daemon (stage));
    ui_press (ui, "Check Again");
    ui_see (ui, "VirtFlow's daemon does not answer.");
    ui_press (ui, "Close");
    ui_see_no (ui, "VirtFlow's daemon does not answer.");
}

static void
put_right (void)
{
    g_autoptr (UiStage) stage = ui_stage_new ("no-iommu");
    Ui *ui;

    ui_stage_start_setup (stage);
    ui = ui_stage_start (stage);
    ui_choose (ui, "Main menu", "Check This Host");
    ui_see_button (ui, "Put Right");
    ui_see (ui, "The kernel uses the IOMMU");
    ui_see (ui, "intel_iommu=on iommu=pt");
    ui_see_no_button (ui, "Take Back…");
    ui_check_names (ui);
    ui_take_picture (ui, "setup");
    ui_press (ui, "Put Right");
    ui_see (ui, "Done. Restart this computer");
    ui_see_no_button (ui, "Put Right");
    ui_take_picture (ui, "set-up");
    ui_press (ui, "Take Back…");
    ui_see (ui, "The files become what they were");
    ui_press (ui, "Take Back");
    ui_see (ui, "All of it is taken back.");
    ui_see_button (ui, "Put Right");
}

void
add_condition_stories (void)
{
    g_test_add_func ("/conditions/without-daemon", without_daemon);
    g_test_add_func ("/conditions/daemon-ends", daemon_ends);
    g_test_add_func ("/conditions/daemon-is-silent", daemon_is_silent);
    g_test_add_func ("/conditions/without-libvirt", without_libvirt);
    g_test_add_func ("/conditions/without-rights", without_rights);
    g_test_add_func ("/conditions/libvirt-is-silent", libvirt_is_silent);
    g_test_add_func ("/conditions/closed-while-libvirt-is-silent", closed_while_libvirt_is_silent);
    g_test_add_func ("/conditions/libvirt-ends", libvirt_ends);
    g_test_add_func ("/conditions/without-iommu", without_iommu);
    g_test_add_func ("/conditions/without-vfio", without_vfio);
    g_test_add_func ("/conditions/with-one-gpu", with_one_gpu);
    g_test_add_func ("/conditions/without-machines", without_machines);
    g_test_add_func ("/conditions/check-host", check_host);
    g_test_add_func ("/conditions/put-right", put_right);
}
