/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is known of a VM and the search for it. */
#include "vf-machine.h"

#include "vf-nearest.h"

#include <glib/gi18n-lib.h>
#include <libvirt/virterror.h>

#include <string.h>

static VfMachineState
state_from_libvirt (int state)
{
    switch ((virDomainState) state) {
    case VIR_DOMAIN_RUNNING:
    case VIR_DOMAIN_BLOCKED:
        return VF_MACHINE_RUNNING;
    case VIR_DOMAIN_PAUSED:
        return VF_MACHINE_PAUSED;
    case VIR_DOMAIN_SHUTDOWN:
        return VF_MACHINE_SHUTTING_DOWN;
    case VIR_DOMAIN_PMSUSPENDED:
        return VF_MACHINE_SUSPENDED;
    case VIR_DOMAIN_CRASHED:
        return VF_MACHINE_CRASHED;
    case VIR_DOMAIN_NOSTATE:
    case VIR_DOMAIN_SHUTOFF:
    default:
        return VF_MACHINE_SHUT_OFF;
    }
}

static const struct {
    const char *id;
    const char *words;
} states[] = {
    [VF_MACHINE_SHUT_OFF] = { "shut-off", N_ ("shut off") },
    [VF_MACHINE_RUNNING] = { "running", N_ ("running") },
    [VF_MACHINE_PAUSED] = { "paused", N_ ("paused") },
    [VF_MACHINE_SHUTTING_DOWN] = { "shutting-down", N_ ("shutting down") },
    [VF_MACHINE_SUSPENDED] = { "suspended", N_ ("suspended") },
    [VF_MACHINE_CRASHED] = { "crashed", N_ ("crashed") },
};

const char *
vf_machine_state_id (VfMachineState state)
{
    g_return_val_if_fail (state < G_N_ELEMENTS (states), "");
    return states[state].id;
}

const char *
vf_machine_state_words (VfMachineState state)
{
    g_return_val_if_fail (state < G_N_ELEMENTS (states), "");
    return _ (states[state].words);
}

gboolean
vf_machine_is_active (const VfMachine *machine)
{
    return machine->state != VF_MACHINE_SHUT_OFF
           && !(machine->state == VF_MACHINE_CRASHED && virDomainIsActive (machine->domain) != 1);
}

gboolean
vf_machine_refresh (VfMachine *machine, GError **error)
{
    int state = 0;
    int reason = 0;
    int persistent = virDomainIsPersistent (machine->domain);
    int managed_save = persistent < 0 ? -1 : virDomainHasManagedSaveImage (machine->domain, 0);
    int autostart = 0;

    if (managed_save < 0 || virDomainGetState (machine->domain, &state, &reason, 0) < 0) {
        vf_libvirt_set_error (error, "The VM %s could not be looked at", machine->name);
        return FALSE;
    }
    /* A transient domain has no autostart, and says so with an error. */
    if (persistent == 1 && virDomainGetAutostart (machine->domain, &autostart) < 0)
        autostart = 0;
    machine->state = state_from_libvirt (state);
    machine->persistent = persistent == 1;
    machine->managed_save = managed_save == 1;
    machine->autostart = autostart != 0;
    return TRUE;
}

void
vf_machine_free (VfMachine *machine)
{
    virDomainFree (machine->domain);
    g_free (machine->name);
    g_free (machine);
}

VfMachine *
vf_machine_copy (const VfMachine *machine)
{
    VfMachine *copy = g_memdup2 (machine, sizeof *machine);

    virDomainRef (copy->domain);
    copy->name = g_strdup (machine->name);
    return copy;
}

VfMachine *
vf_machine_new (virDomain *domain, GError **error)
{
    g_autoptr (VfMachine) machine = g_new0 (VfMachine, 1);

    machine->domain = domain;
    machine->name = g_strdup (virDomainGetName (domain));
    virDomainGetUUIDString (domain, machine->uuid);
    return vf_machine_refresh (machine, error) ? g_steal_pointer (&machine) : NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp ((*(VfMachine *const *) a)->name, (*(VfMachine *const *) b)->name);
}

GPtrArray *
vf_machine_list (virConnect *connection, GError **error)
{
    g_autoptr (GPtrArray) machines =
        g_ptr_array_new_with_free_func ((GDestroyNotify) vf_machine_free);
    g_autofree virDomain **domains = NULL;
    int n_domains = virConnectListAllDomains (connection, &domains, 0);

    if (n_domains < 0) {
        vf_libvirt_set_error (error, "The VMs could not be listed");
        return NULL;
    }
    for (int i = 0; i < n_domains; i++) {
        VfMachine *machine = vf_machine_new (domains[i], NULL);

        /* One that was undefined since the list was made is no longer part of it. */
        if (machine != NULL)
            g_ptr_array_add (machines, machine);
    }
    g_ptr_array_sort (machines, compare_names);
    return g_steal_pointer (&machines);
}

static virDomain *
look_up (virConnect *connection, const char *name)
{
    virDomain *domain = virDomainLookupByName (connection, name);

    if (domain == NULL && virGetLastErrorCode () == VIR_ERR_NO_DOMAIN
        && g_uuid_string_is_valid (name))
        domain = virDomainLookupByUUIDString (connection, name);
    return domain;
}

static void
set_not_found_error (virConnect *connection, const char *name, GError **error)
{
    g_autoptr (GPtrArray) machines = vf_machine_list (connection, NULL);
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    g_autofree char *nearest = NULL;

    for (guint i = 0; machines != NULL && i < machines->len; i++)
        g_ptr_array_add (names, ((VfMachine *) g_ptr_array_index (machines, i))->name);
    nearest = vf_nearest (name, (const char *const *) names->pdata, names->len);
    vf_error_set (error, VF_REASON_NO_SUCH_VM,
                  "There is no VM '%s' on this host.%s%s%s \"virtflow vms\" lists them.", name,
                  nearest != NULL ? _ (" Did you mean ") : "", nearest != NULL ? nearest : "",
                  nearest != NULL ? "?" : "");
}

VfMachine *
vf_machine_find (virConnect *connection, const char *name, GError **error)
{
    virDomain *domain = look_up (connection, name);

    if (domain != NULL)
        return vf_machine_new (domain, error);
    if (virGetLastErrorCode () == VIR_ERR_NO_DOMAIN)
        set_not_found_error (connection, name, error);
    else
        vf_libvirt_set_error (error, "The VM %s could not be looked up", name);
    return NULL;
}

char *
vf_machine_text (const VfMachine *machine, GError **error)
{
    g_autofree char *text =
        virDomainGetXMLDesc (machine->domain, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE);

    if (text == NULL)
        vf_libvirt_set_error (error, "The description of the VM %s could not be read",
                              machine->name);
    return g_steal_pointer (&text);
}
