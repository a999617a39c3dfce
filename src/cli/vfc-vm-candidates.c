/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns where candidates come from that have to do with VMs. */
#include "vfc-vm-candidates.h"

#include "vf-activation.h"
#include "vf-machine.h"

static void
add_profiles (const VfcCandidates *candidates)
{
    for (guint i = 0; i < VF_N_DISPLAY_PROFILES; i++)
        vfc_candidates_add (candidates, vf_display_profile_id ((VfDisplayProfile) i), "");
}

static void
add_machines (const VfcCandidates *candidates)
{
    g_autoptr (virConnect) connection = vf_libvirt_open_to_look (NULL);
    g_autoptr (GPtrArray) machines = connection != NULL ? vf_machine_list (connection, NULL) : NULL;

    for (guint i = 0; machines != NULL && i < machines->len; i++) {
        const VfMachine *machine = g_ptr_array_index (machines, i);

        vfc_candidates_add (candidates, machine->name, vf_machine_state_words (machine->state));
    }
}

const VfcCandidateSource vfc_candidates_of_vms[] = {
    { "PROFILE", add_profiles },
    { "VM", add_machines },
    { 0 },
};
