/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the sentences: what, why, what to do. */
#include "vf-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ADDRESS(address) (vf_pci_address_format (address).text)

static char *
describe_pause (const VfStep *step)
{
    guint64 tenths = g_ascii_strtoull (step->value, NULL, 10) / 100;
    g_autofree char *seconds =
        g_strdup_printf ("%" G_GUINT64_FORMAT ".%u", tenths / 10, (guint) (tenths % 10));

    return g_strdup_printf (_ ("wait %s s, then try %s again"), seconds, ADDRESS (step->address));
}

char *
vf_text_step (const VfStep *step)
{
    VfPciAddressText text = vf_pci_address_format (step->address);
    const char *at = text.text;

    switch (step->kind) {
    case VF_STEP_LOAD_MODULE:
        return *step->value != '\0'
                   ? g_strdup_printf (_ ("load the driver %s"), step->value)
                   : g_strdup_printf (_ ("load the drivers that are made for %s"), at);
    case VF_STEP_NOTE_REGISTERS:
        return g_strdup_printf (_ ("note the registers of %s"), at);
    case VF_STEP_OVERRIDE:
        return *step->value != '\0'
                   ? g_strdup_printf (_ ("reserve %s for the driver %s"), at, step->value)
                   : g_strdup_printf (_ ("end the reservation of %s"), at);
    case VF_STEP_NOTE_NODES:
        return g_strdup_printf (_ ("note who may open %s"), at);
    case VF_STEP_FENCE:
        return g_strdup_printf (_ ("keep new programs from opening %s"), at);
    case VF_STEP_UNFENCE:
        return g_strdup_printf (_ ("let programs open %s again"), at);
    case VF_STEP_CHECK_HOLDERS:
        return *step->value == '\0'
                   ? g_strdup_printf (_ ("see that no program uses the card at %s"), at)
                   : g_strdup_printf (_ ("see once more that no program uses the card at %s"), at);
    case VF_STEP_CHECK_VFIO_USERS:
        return g_strdup_printf (_ ("see that no VM uses the card at %s"), at);
    case VF_STEP_UNBIND:
        return g_strdup_printf (_ ("unbind %s from %s"), at, step->value);
    case VF_STEP_BIND:
        return g_strdup_printf (_ ("bind %s to %s"), at, step->value);
    case VF_STEP_PROBE_DRIVER:
        return g_strdup_printf (_ ("let the kernel find a driver for %s"), at);
    case VF_STEP_RESET:
        return g_strdup_printf (_ ("reset %s"), at);
    case VF_STEP_PAUSE:
        return describe_pause (step);
    case VF_STEP_POWER_CONTROL:
        return g_str_equal (step->value, "on") ? g_strdup_printf (_ ("keep %s awake"), at)
                                               : g_strdup_printf (_ ("let %s sleep when idle"), at);
    case VF_STEP_D3COLD:
        return g_str_equal (step->value, "0") ? g_strdup_printf (_ ("keep %s powered"), at)
                                              : g_strdup_printf (_ ("let %s be powered off"), at);
    case VF_STEP_VERIFY_REGISTERS:
        return g_strdup_printf (_ ("compare the registers of %s"), at);
    case VF_STEP_NOTE_SERVICES:
        return g_strdup_printf (_ ("note which services keep the card at %s open"), at);
    case VF_STEP_STOP_SERVICES:
        return g_strdup_printf (_ ("stop the services that keep the card at %s open"), at);
    case VF_STEP_START_SERVICES:
        return g_strdup_printf (_ ("start the services %s again"), step->value);
    case VF_STEP_NOTE_MODULES:
        return g_strdup_printf (_ ("note which modules drive %s"), at);
    case VF_STEP_UNLOAD_MODULES:
        return g_strdup_printf (_ ("unload the driver %s"), step->value);
    case VF_STEP_LOAD_MODULES:
        return g_strdup_printf (_ ("load the modules %s again"), step->value);
    }
    return g_strdup ("");
}

char *
vf_text_no_iommu (VfPciAddress gpu)
{
    return g_strdup_printf (
        _ ("%s cannot be given to a VM: the kernel has no IOMMU group for it. "
           "Turn on VT-d or AMD-Vi in the firmware; on Intel also add intel_iommu=on to the kernel "
           "command line; then restart."),
        ADDRESS (gpu));
}

char *
vf_text_host_without_iommu (void)
{
    return g_strdup (
        _ ("No device of this host can be given to a VM: the kernel uses no IOMMU. "
           "Turn on VT-d or AMD-Vi in the firmware; on Intel also add intel_iommu=on to the kernel "
           "command line; then restart."));
}

char *
vf_text_no_vfio (void)
{
    return g_strdup (
        _ ("This kernel has no vfio-pci driver, which hands devices to VMs. Install the "
           "modules package of the running kernel, or look for a line that blacklists "
           "vfio-pci in /etc/modprobe.d."));
}

char *
vf_text_libvirt_silent (void)
{
    return g_strdup (
        _ ("libvirt was asked for the VMs of this host and does not answer. It may be "
           "waiting for a device or a storage pool; \"journalctl -u libvirtd\" shows what "
           "it does. \"systemctl restart libvirtd\" starts it anew and leaves VMs running."));
}

char *
vf_text_daemon_silent (void)
{
    return g_strdup (
        _ ("The VirtFlow daemon was asked for the GPUs of this host and does not answer. "
           "\"journalctl -u virtflowd\" shows what it does. \"systemctl restart virtflowd\" "
           "starts it anew; no VM loses its GPU by that."));
}

char *
vf_text_hook_not_called (const char *vm, const char *unit)
{
    return g_strdup_printf (
        _ ("libvirt started the VM %s without telling VirtFlow: it looks for hooks only when it "
           "starts, and was running already when VirtFlow was installed. Run 'systemctl reload %s' "
           "once; VMs that run go on. Until then start no VM whose GPU is with the host: libvirt "
           "would reset the card under its driver. This notice goes when the next VM is started."),
        vm, unit);
}

char *
vf_text_too_few_gpus (guint n_gpus)
{
    if (n_gpus == 0)
        return g_strdup (_ ("This machine has no GPU that the kernel knows of. If it has one, look "
                            "whether it sits firmly in its slot and is enabled in the firmware."));
    return g_strdup (
        _ ("This machine has one GPU, and the host needs it for its own picture. To give a "
           "VM a GPU it takes a second one: a card in a slot, or the processor's own "
           "graphics, which may have to be enabled in the firmware."));
}

char *
vf_text_no_machines (void)
{
    return g_strdup (
        _ ("There is no VM on this host. Create one with virt-manager or virt-install; it "
           "is listed here as soon as libvirt has it."));
}

char *
vf_text_no_display (const char *machine, const char *gpu)
{
    if (gpu != NULL)
        return g_strdup_printf (
            _ ("The VM %s has no virtual display: its picture is on the monitor that "
               "is connected to the %s. Switch that monitor to the input of the "
               "card, or connect one to it."),
            machine, gpu);
    return g_strdup_printf (
        _ ("The VM %s has no display that could be shown: its configuration has no "
           "graphics device. Add one with virt-manager, or use what is inside the "
           "guest, such as SSH."),
        machine);
}

char *
vf_text_host_display (VfPciAddress gpu, const char *evidence)
{
    return g_strdup_printf (
        _ ("%s drives the host's display: %s. Without it the screen would go dark. Connect the "
           "monitor to the other card and choose that one as primary display in the firmware."),
        ADDRESS (gpu), evidence);
}

char *
vf_text_foreign_group_member (VfPciAddress gpu, const VfPciFunction *mate)
{
    const char *driver = mate->driver != NULL ? mate->driver : "(none)";

    if (mate->carries != NULL)
        return g_strdup_printf (
            _ ("%s shares IOMMU group %d with %s, %s (%04x:%04x) that belongs to the "
               "driver "
               "%s and carries %s. A group can only be handed over as a whole. Put the GPU into "
               "another slot, or that device."),
            ADDRESS (gpu), mate->iommu_group, ADDRESS (mate->address),
            vf_pci_function_device (mate), mate->vendor, mate->device, driver, mate->carries);
    return g_strdup_printf (
        _ ("%s shares IOMMU group %d with %s, %s (%04x:%04x) that belongs to the driver "
           "%s. A group can only be handed over as a whole. Put the GPU into another slot, or "
           "that device."),
        ADDRESS (gpu), mate->iommu_group, ADDRESS (mate->address), vf_pci_function_device (mate),
        mate->vendor, mate->device, driver);
}

char *
vf_text_carries_device (VfPciAddress gpu, const VfPciFunction *function)
{
    return g_strdup_printf (_ ("%s cannot be lent: the %s controller %s of the card carries the "
                               "%s, which the host would "
                               "lose. A card can only be handed over with all its functions. "
                               "Connect that to another port "
                               "of the machine, then try again."),
                            ADDRESS (gpu), vf_pci_function_kind (function),
                            ADDRESS (function->address), function->carries);
}

char *
vf_text_foreign_driver (const VfPciFunction *function)
{
    if (function->driver == NULL)
        return g_strdup_printf (
            _ ("%s has no driver, and VirtFlow did not take it away, so it does not know where the "
               "card belongs. Bind it to its host driver (or restart the host), then try again."),
            ADDRESS (function->address));
    return g_strdup_printf (
        _ ("%s was already on %s before VirtFlow touched it, so it does not know where the card "
           "belongs. Remove what binds it there (a vfio-pci.ids= option, driverctl, a script), "
           "restart the host, then try again."),
        ADDRESS (function->address), function->driver);
}

char *
vf_text_denied (VfPciAddress gpu)
{
    return g_strdup_printf (_ ("%s is never lent: the administrator says so in "
                               "/etc/virtflow/virtflow.conf (key denied)."),
                            ADDRESS (gpu));
}

char *
vf_text_claimed (VfPciAddress gpu, const VfClaim *claim)
{
    g_autofree char *label = vf_text_escape (claim->label);

    if (claim->kind == VF_CLAIM_VM)
        return g_strdup_printf (
            _ ("%s is reserved for the VM %s. Stop that VM, or give the GPU back "
               "with 'virtflow return %s', then try again."),
            ADDRESS (gpu), label, ADDRESS (gpu));
    return g_strdup_printf (_ ("%s was lent by hand by the user %s. Give it back with 'virtflow "
                               "return %s', then try again."),
                            ADDRESS (gpu), label, ADDRESS (gpu));
}

static char *
describe_process (const VfHolder *holder)
{
    g_autofree char *command = vf_text_escape (holder->command);
    g_autofree char *user = vf_text_escape (holder->user);
    g_autofree char *unit = vf_text_escape (holder->unit);

    if (*unit != '\0')
        return g_strdup_printf (_ ("%s (pid %u, user %s, unit %s)"), command, holder->pid, user,
                                unit);
    return g_strdup_printf (_ ("%s (pid %u, user %s)"), command, holder->pid, user);
}

char *
vf_text_held (VfPciAddress gpu, const VfHolder *holder)
{
    g_autofree char *process = describe_process (holder);

    return g_strdup_printf (
        _ ("%s is used by %s, which has %s open. Close that program or log out of "
           "that session, then try again."),
        ADDRESS (gpu), process, holder->node);
}

char *
vf_text_vm_running (VfPciAddress gpu, const VfHolder *holder)
{
    g_autofree char *process = describe_process (holder);

    return g_strdup_printf (
        _ ("%s is in use by a VM: %s has %s open. Shut the VM down. A GPU that goes with its VM "
           "then comes back by itself; one that was lent by hand is given back with 'virtflow "
           "return %s'."),
        ADDRESS (gpu), process, holder->node, ADDRESS (gpu));
}

char *
vf_text_wedged (VfPciAddress gpu, const VfStep *step, const char *details)
{
    g_autofree char *what = step != NULL ? vf_text_step (step) : NULL;
    g_autofree char *head =
        what != NULL ? g_strdup_printf (
            _ ("Could not %s: a driver hangs in the kernel, which does not answer."), what)
                     : g_strdup_printf (_ ("The kernel does not answer about %s: a driver hangs."),
                                        ADDRESS (gpu));

    return g_strconcat (
        head, "\n", details, *details != '\0' ? "\n" : "",
        _ ("The card is left alone until the kernel answers; then it comes back to the host by "
           "itself. If that does not happen, save your work and restart the host: all else goes on "
           "until you do."),
        NULL);
}

char *
vf_text_hanging_holder (const VfHolder *holder)
{
    g_autofree char *process = describe_process (holder);

    return g_strdup_printf (
        _ ("%s has %s open, and the driver may wait for that: close that program "
           "or log out of that session."),
        process, holder->node);
}

char *
vf_text_hanging_worker (guint32 pid, const char *place, const char *callers)
{
    if (*callers != '\0')
        return g_strdup_printf (
            _ ("The worker (pid %u) stands in the kernel in these functions: %s."), pid, callers);
    if (*place != '\0')
        return g_strdup_printf (_ ("The worker (pid %u) stands in the kernel in the function %s."),
                                pid, place);
    return g_strdup_printf (_ ("The worker (pid %u) stands in the kernel."), pid);
}

char *
vf_text_identity_changed (VfPciAddress gpu, const char *was, const char *is)
{
    return g_strdup_printf (
        _ ("The card at %s is not the one that was meant: it was '%s' and is '%s' now. Nothing was "
           "changed. If a card was moved or exchanged, deactivate the VM and activate it again."),
        ADDRESS (gpu), was, is);
}

char *
vf_text_no_such_gpu (const char *name)
{
    g_autofree char *shown = vf_text_escape (name);

    return g_strdup_printf (_ ("There is no GPU '%s' in this machine. 'virtflow gpus' lists them."),
                            shown);
}

char *
vf_text_state_unknown (VfPciAddress gpu)
{
    return g_strdup_printf (_ ("What was done to the GPU %s before is not known: its journal in "
                               "/run/virtflow/gpu cannot be read. Restart the host, which brings "
                               "every card to its own driver."),
                            vf_pci_address_format (gpu).text);
}

char *
vf_text_cancelled (VfPciAddress gpu)
{
    return g_strdup_printf (_ ("The lend of %s was cancelled."), ADDRESS (gpu));
}

char *
vf_text_cancelled_unbegun (void)
{
    return g_strdup (
        _ ("It was cancelled before it began, and nothing was done: the GPU is where it "
           "was."));
}

static const struct {
    const char *state;
    const char *words;
    const char *claimed; /* with the name of who has the claim */
} gpu_states[] = {
    { "host", N_ ("on the host"), NULL },
    { "lending", N_ ("on its way"), N_ ("on its way to %s") },
    { "lent", N_ ("lent"), N_ ("lent to %s") },
    { "in-use", N_ ("in use"), N_ ("in use by %s") },
    { "returning", N_ ("on its way back"), N_ ("on its way back from %s") },
    { "mixed", N_ ("half-way, needs virtflow recover"), NULL },
    { "wedged", N_ ("wedged, its driver hangs"), NULL },
    { "foreign", N_ ("not managed by VirtFlow"), NULL },
};

static char *
add_picture (const char *words, const char *state, gboolean host_display)
{
    if (!host_display)
        return g_strdup (words);
    return strcmp (state, "host") == 0
               ? g_strdup_printf (_ ("%s, shows its picture"), words)
               : g_strdup_printf (_ ("%s, shows the host's picture"), words);
}

/* @format is one of those above. */
static char *
name_claimant (const char *format, const char *name)
{
    g_auto (GStrv) parts = g_strsplit (_ (format), "%s", 2);

    return g_strjoinv (name, parts);
}

char *
vf_text_gpu_state (const char *state, const VfClaim *claim, gboolean host_display)
{
    gboolean claimed = claim != NULL && claim->kind != VF_CLAIM_NONE;

    for (gsize i = 0; i < G_N_ELEMENTS (gpu_states); i++) {
        if (strcmp (gpu_states[i].state, state) != 0)
            continue;
        if (claimed && gpu_states[i].claimed != NULL) {
            g_autofree char *label = vf_text_escape (claim->label);

            return name_claimant (gpu_states[i].claimed, label);
        }
        return add_picture (_ (gpu_states[i].words), state, host_display);
    }
    return add_picture (state, state, host_display);
}

/* What moves the cursor, ends a line or turns its direction. */
static gboolean
is_unfit (gunichar character)
{
    switch ((int) g_unichar_type (character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return TRUE;
    default:
        return FALSE;
    }
}

char *
vf_text_escape (const char *text)
{
    g_autofree char *valid = g_utf8_make_valid (text, -1);
    GString *escaped = g_string_new (NULL);

    for (const char *next = valid; *next != '\0'; next = g_utf8_next_char (next)) {
        gunichar character = g_utf8_get_char (next);

        if (is_unfit (character))
            g_string_append_printf (escaped, "\\x%02x", character);
        else
            g_string_append_unichar (escaped, character);
    }
    return g_string_free (escaped, FALSE);
}
