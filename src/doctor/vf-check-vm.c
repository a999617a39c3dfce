/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the judgement of a VM: what keeps it from starting with a GPU, and from going well. */
#include "vf-check.h"

#include "vf-domain-health.h"
#include "vf-gpu.h"

#include <glib/gi18n-lib.h>

static void
tell (GPtrArray *findings,
      const char *id,
      VfVerdict verdict,
      const VfDoctorVm *vm,
      char *fact,
      char *advice)
{
    g_ptr_array_add (findings, vf_finding_new (id, verdict, vm->name, fact, advice));
}

static char *
join (const GPtrArray *words)
{
    GString *text = g_string_new ("");

    for (guint i = 0; i < words->len; i++)
        g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) words->pdata[i]);
    return g_string_free (text, FALSE);
}

void
vf_check_vm_spice (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const VfDoctorVm *vm = facts->vm;
    g_autoptr (GPtrArray) orphans = NULL;
    g_autofree char *names = NULL;

    if (vm == NULL)
        return;
    orphans = vf_domain_health_orphans (vm->domain);
    names = join (orphans);
    if (orphans->len == 0)
        tell (findings, id, VF_VERDICT_OK, vm,
              g_strdup_printf (_ ("%s has nothing that SPICE graphics would be needed for."),
                               vm->name),
              NULL);
    else
        tell (
            findings, id, VF_VERDICT_FAILED, vm,
            g_strdup_printf (
                _ ("%s has no SPICE graphics, and devices that need them (%s): libvirt "
                   "does not start it, and says for instance 'Spice audio is not "
                   "supported without spice graphics'."),
                vm->name, names),
            g_strdup_printf (_ ("'virsh edit %s': take these devices out. 'virtflow activate' does "
                                "that by itself."),
                             vm->name));
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
vf_check_vm_devices (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const VfDoctorVm *vm = facts->vm;
    g_autoptr (GArray) hostdevs = vm != NULL ? vf_domain_xml_hostdevs (vm->domain) : NULL;
    guint before = findings->len;

    if (vm == NULL)
        return;
    for (guint i = 0; i < hostdevs->len; i++) {
        const VfDomainHostdev *hostdev = &g_array_index (hostdevs, VfDomainHostdev, i);

        if (is_known (facts->machine, hostdev->source))
            continue;
        tell (findings, id, VF_VERDICT_FAILED, vm,
              g_strdup_printf (
                  _ ("%s wants the PCI device %s, and there is none: a card was taken out "
                     "or put elsewhere, or a firmware update gave it another number."),
                  vm->name, vf_pci_address_format (hostdev->source).text),
              g_strdup_printf (
                  _ ("'virtflow deactivate %s', then activate it again; what VirtFlow did "
                     "not put there, take out with 'virsh edit %s'."),
                  vm->name, vm->name));
    }
    if (findings->len == before)
        tell (findings, id, VF_VERDICT_OK, vm,
              g_strdup_printf (_ ("The PCI devices that %s wants are there."), vm->name), NULL);
}

static const VfDomainHostdev *
find_hostdev (const GArray *hostdevs, VfPciAddress address)
{
    for (guint i = 0; i < hostdevs->len; i++) {
        const VfDomainHostdev *hostdev = &g_array_index (hostdevs, VfDomainHostdev, i);

        if (vf_pci_address_equal (hostdev->source, address))
            return hostdev;
    }
    return NULL;
}

/* The functions of @gpu that the VM does not take though it takes another. */
static char *
list_missing (const VfGpu *gpu, const GArray *hostdevs)
{
    g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);
    gboolean any = FALSE;

    for (guint i = 0; i < gpu->n_functions; i++) {
        VfPciAddress address = gpu->functions[i]->address;

        if (find_hostdev (hostdevs, address) != NULL)
            any = TRUE;
        else
            g_ptr_array_add (missing, g_strdup (vf_pci_address_format (address).text));
    }
    return any && missing->len > 0 ? join (missing) : NULL;
}

void
vf_check_vm_whole_gpu (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const VfDoctorVm *vm = facts->vm;
    g_autoptr (GArray) hostdevs = vm != NULL ? vf_domain_xml_hostdevs (vm->domain) : NULL;
    g_autoptr (GArray) gpus = vf_gpu_list (facts->machine);
    guint before = findings->len;

    for (guint i = 0; vm != NULL && i < gpus->len; i++) {
        const VfGpu *gpu = &g_array_index (gpus, VfGpu, i);
        g_autofree char *missing = list_missing (gpu, hostdevs);

        if (missing != NULL)
            tell (findings, id, VF_VERDICT_FAILED, vm,
                  g_strdup_printf (_ ("%s takes %s without all of its functions: %s is missing."),
                                   vm->name, vf_pci_address_format (gpu->address).text, missing),
                  g_strdup_printf (_ ("Take its other functions out with 'virsh edit %s', then "
                                      "'virtflow activate %s', which takes the whole card."),
                                   vm->name, vm->name));
    }
    if (vm != NULL && findings->len == before)
        tell (findings, id, VF_VERDICT_OK, vm,
              g_strdup_printf (_ ("%s takes no part of a GPU without the rest."), vm->name), NULL);
}

/* libvirt itself unbinds what it manages, and waits in that for ever when the driver does. */
void
vf_check_vm_managed (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const VfDoctorVm *vm = facts->vm;
    g_autoptr (GArray) hostdevs = vm != NULL ? vf_domain_xml_hostdevs (vm->domain) : NULL;
    guint before = findings->len;

    for (guint i = 0; vm != NULL && i < hostdevs->len; i++) {
        const VfDomainHostdev *hostdev = &g_array_index (hostdevs, VfDomainHostdev, i);
        VfGpu gpu;

        if (hostdev->managed && vf_gpu_find (facts->machine, hostdev->source, &gpu))
            tell (findings, id, VF_VERDICT_FAILED, vm,
                  g_strdup_printf (
                      _ ("%s has %s with managed='yes': libvirt takes it from the host by "
                         "itself, and hangs when the driver does."),
                      vm->name, vf_pci_address_format (hostdev->source).text),
                  g_strdup_printf (
                      _ ("Take it out with 'virsh edit %s', then 'virtflow activate %s'."),
                      vm->name, vm->name));
    }
    if (vm != NULL && findings->len == before)
        tell (findings, id, VF_VERDICT_OK, vm,
              g_strdup_printf (_ ("libvirt takes no GPU for %s by itself."), vm->name), NULL);
}

void
vf_check_vm_saved (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const VfDoctorVm *vm = facts->vm;

    if (vm == NULL)
        return;
    if (vm->is_saved)
        tell (findings, id, VF_VERDICT_FAILED, vm,
              g_strdup_printf (_ ("%s has a saved memory image: its next start goes on from there, "
                                  "with the devices of then."),
                               vm->name),
              g_strdup_printf (_ ("Start it and shut it down, or throw the image away: 'virsh "
                                  "managedsave-remove %s'."),
                               vm->name));
    else
        tell (findings, id, VF_VERDICT_OK, vm,
              g_strdup_printf (_ ("%s starts anew each time."), vm->name), NULL);
}

void
vf_check_vm_machine (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const VfDoctorVm *vm = facts->vm;

    if (vm == NULL)
        return;
    if (!vf_domain_health_has_express (vm->domain))
        tell (findings, id, VF_VERDICT_WARNING, vm,
              g_strdup_printf (_ ("%s has no PCI Express (its machine is no q35)."), vm->name),
              g_strdup (
                  _ ("Many drivers of graphics cards expect it: make a new VM with q35 and UEFI, "
                     "and give it the old one's disk.")));
    else if (!vf_domain_health_has_uefi (vm->domain))
        tell (findings, id, VF_VERDICT_WARNING, vm,
              g_strdup_printf (_ ("%s boots with a BIOS, not with UEFI."), vm->name),
              g_strdup (
                  _ ("Today's graphics cards show no picture before their driver runs then, and "
                     "some not even later. An installed system does not move from one to the "
                     "other by itself: make new VMs with UEFI.")));
    else
        tell (findings, id, VF_VERDICT_OK, vm,
              g_strdup_printf (_ ("%s has PCI Express and UEFI."), vm->name), NULL);
}

/* Only of one that was given a GPU: others show their picture there. */
void
vf_check_vm_video (const char *id, const VfDoctorFacts *facts, GPtrArray *findings)
{
    const VfDoctorVm *vm = facts->vm;
    guint n_video = vm != NULL ? vf_domain_health_count_video (vm->domain) : 0;
    const char *mark = vm != NULL ? vf_domain_xml_mark (vm->domain) : NULL;

    if (vm == NULL || mark == NULL)
        return;
    if (n_video > 0 && g_str_equal (mark, "monitor"))
        tell (findings, id, VF_VERDICT_WARNING, vm,
              g_strdup_printf (_ ("%s has a virtual graphics card besides its GPU."), vm->name),
              g_strdup (_ ("The guest may show its picture there, where nobody sees it. Take the "
                           "<video> out, or activate it with the profile 'keep'.")));
    else
        tell (findings, id, VF_VERDICT_OK, vm,
              g_strdup_printf (_ ("%s shows its picture where it should."), vm->name), NULL);
}
