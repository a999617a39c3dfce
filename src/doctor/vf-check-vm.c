/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of a VM: what keeps it from starting with a GPU, and from going well. */
#include "vf-check.h"

#include "vf-domain-health.h"

#include <glib/gi18n-lib.h>

static char *
join (GPtrArray *words)
{
    g_ptr_array_add (words, NULL);
    return g_strjoinv (", ", (char **) words->pdata);
}

void
vf_check_vm_spice (const VfCheck *check)
{
    const VfDoctorVm *vm = check->facts->vm;
    g_autoptr (GPtrArray) orphans = vf_domain_health_orphans (vm->domain);
    g_autofree char *advice = g_strdup_printf (
        _ ("'virsh edit %s': take these devices out. 'virtflow activate' does that by itself."),
        vm->name);
    gboolean any = orphans->len > 0;
    g_autofree char *names = join (orphans);

    if (any)
        vf_check_tell (check, VF_VERDICT_FAILED, vm->name, advice,
                       _ ("%s has no SPICE graphics, and devices that need them (%s): libvirt does "
                          "not start it, and says for instance 'Spice audio is not supported "
                          "without spice graphics'."),
                       vm->name, names);
    else
        vf_check_tell (check, VF_VERDICT_OK, vm->name, NULL,
                       _ ("%s has nothing that SPICE graphics would be needed for."), vm->name);
}

static gboolean
is_known (const VfSnapshot *machine, VfPciAddress address)
{
    for (guint i = 0; i < vf_snapshot_size (machine); i++) {
        if (vf_pci_address_equal (vf_snapshot_get (machine, i)->address, address))
            return TRUE;
    }
    return FALSE;
}

void
vf_check_vm_devices (const VfCheck *check)
{
    const VfDoctorVm *vm = check->facts->vm;
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (vm->domain);
    g_autofree char *advice =
        g_strdup_printf (_ ("'virtflow deactivate %s', then activate it again; what VirtFlow did "
                            "not put there, take out with 'virsh edit %s'."),
                         vm->name, vm->name);
    guint before = check->findings->len;

    for (guint i = 0; i < hostdevs->len; i++) {
        VfPciAddress source = g_array_index (hostdevs, VfDomainHostdev, i).source;

        if (!is_known (check->facts->machine, source))
            vf_check_tell (check, VF_VERDICT_FAILED, vm->name, advice,
                           _ ("%s wants the PCI device %s, and there is none: a card was taken out "
                              "or put elsewhere, or a firmware update gave it another number."),
                           vm->name, vf_pci_address_format (source).text);
    }
    if (check->findings->len == before)
        vf_check_tell (check, VF_VERDICT_OK, vm->name, NULL,
                       _ ("The PCI devices that %s wants are there."), vm->name);
}

static gboolean
is_taken (const GArray *hostdevs, VfPciAddress address)
{
    for (guint i = 0; i < hostdevs->len; i++) {
        if (vf_pci_address_equal (g_array_index (hostdevs, VfDomainHostdev, i).source, address))
            return TRUE;
    }
    return FALSE;
}

/* The functions of @gpu that the VM does not take though it takes another; NULL for none. */
static char *
list_missing (const VfGpu *gpu, const GArray *hostdevs)
{
    g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < gpu->n_functions; i++) {
        VfPciAddress address = gpu->functions[i]->address;

        if (!is_taken (hostdevs, address))
            g_ptr_array_add (missing, g_strdup (vf_pci_address_format (address).text));
    }
    return missing->len > 0 && missing->len < gpu->n_functions ? join (missing) : NULL;
}

void
vf_check_vm_whole_gpu (const VfCheck *check)
{
    const VfDoctorVm *vm = check->facts->vm;
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (vm->domain);
    g_autoptr (GArray) gpus = vf_gpu_list (check->facts->machine);
    g_autofree char *advice =
        g_strdup_printf (_ ("Take its other functions out with 'virsh edit %s', then 'virtflow "
                            "activate %s', which takes the whole card."),
                         vm->name, vm->name);
    guint before = check->findings->len;

    for (guint i = 0; i < gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);
        g_autofree char *missing = list_missing (gpu, hostdevs);

        if (missing != NULL)
            vf_check_tell (check, VF_VERDICT_FAILED, vm->name, advice,
                           _ ("%s takes %s without all of its functions: %s is missing."), vm->name,
                           vf_pci_address_format (gpu->address).text, missing);
    }
    if (check->findings->len == before)
        vf_check_tell (check, VF_VERDICT_OK, vm->name, NULL,
                       _ ("%s takes no part of a GPU without the rest."), vm->name);
}

/* libvirt itself unbinds what it manages, and waits in that for ever when the driver does. What it
 * does not manage the hook lets nobody start but whom VirtFlow has given the card. */
void
vf_check_vm_managed (const VfCheck *check)
{
    const VfDoctorVm *vm = check->facts->vm;
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (vm->domain);
    g_autofree char *advice = g_strdup_printf (
        _ ("Take it out with 'virsh edit %s', then 'virtflow activate %s'."), vm->name, vm->name);
    guint before = check->findings->len;

    for (guint i = 0; i < hostdevs->len; i++) {
        const VfDomainHostdev *hostdev = &g_array_index (hostdevs, VfDomainHostdev, i);
        VfGpu gpu;

        if (!vf_gpu_find (check->facts->machine, hostdev->source, &gpu))
            continue;
        if (!hostdev->managed && vf_domain_xml_mark (vm->domain) == NULL)
            vf_check_tell (check, VF_VERDICT_FAILED, vm->name, advice,
                           _ ("%s names %s, which VirtFlow has not given to it: its start is "
                              "refused."),
                           vm->name, vf_pci_address_format (hostdev->source).text);
        else if (hostdev->managed)
            vf_check_tell (check, VF_VERDICT_FAILED, vm->name, advice,
                           _ ("%s has %s with managed='yes': libvirt takes it from the host by "
                              "itself, and hangs when the driver does."),
                           vm->name, vf_pci_address_format (hostdev->source).text);
    }
    if (check->findings->len == before)
        vf_check_tell (check, VF_VERDICT_OK, vm->name, NULL,
                       _ ("libvirt takes no GPU for %s by itself."), vm->name);
}

void
vf_check_vm_saved (const VfCheck *check)
{
    const VfDoctorVm *vm = check->facts->vm;
    g_autofree char *advice =
        g_strdup_printf (_ ("Start it and shut it down, or throw the image away: 'virsh "
                            "managedsave-remove %s'."),
                         vm->name);

    if (vm->is_saved)
        vf_check_tell (check, VF_VERDICT_FAILED, vm->name, advice,
                       _ ("%s has a saved memory image: its next start goes on from there, with "
                          "the devices of then."),
                       vm->name);
    else
        vf_check_tell (check, VF_VERDICT_OK, vm->name, NULL, _ ("%s starts anew each time."),
                       vm->name);
}

void
vf_check_vm_machine (const VfCheck *check)
{
    const VfDoctorVm *vm = check->facts->vm;

    if (!vf_domain_health_has_express (vm->domain))
        vf_check_tell (check, VF_VERDICT_WARNING, vm->name,
                       _ ("Many drivers of graphics cards expect it: make a new VM with q35 and "
                          "UEFI, and give it the old one's disk."),
                       _ ("%s has no PCI Express (its machine is no q35)."), vm->name);
    else if (!vf_domain_health_has_uefi (vm->domain))
        vf_check_tell (check, VF_VERDICT_WARNING, vm->name,
                       _ ("Today's graphics cards show no picture before their driver runs then, "
                          "and some not even later. An installed system does not move from one to "
                          "the other by itself: make new VMs with UEFI."),
                       _ ("%s boots with a BIOS, not with UEFI."), vm->name);
    else
        vf_check_tell (check, VF_VERDICT_OK, vm->name, NULL, _ ("%s has PCI Express and UEFI."),
                       vm->name);
}

/* Only of one that was given a GPU: others show their picture there. */
void
vf_check_vm_video (const VfCheck *check)
{
    const VfDoctorVm *vm = check->facts->vm;
    const char *mark = vf_domain_xml_mark (vm->domain);

    if (mark == NULL)
        return;
    if (vf_domain_health_count_video (vm->domain) > 0 && g_str_equal (mark, "monitor"))
        vf_check_tell (check, VF_VERDICT_WARNING, vm->name,
                       _ ("The guest may show its picture there, where nobody sees it. Take the "
                          "<video> out, or activate it with the profile 'keep'."),
                       _ ("%s has a virtual graphics card besides its GPU."), vm->name);
    else
        vf_check_tell (check, VF_VERDICT_OK, vm->name, NULL,
                       _ ("%s shows its picture where it should."), vm->name);
}
