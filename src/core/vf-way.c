/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the steps of each way and their order. */
#include "vf-way.h"

#include "vf-refusal.h"

/* The refusal after which the function is reset: one may have been chance. */
#define RESET_AT 2

static void
add_step (GPtrArray *steps, VfStepKind kind, const VfPciFunction *function, const char *value)
{
    g_ptr_array_add (steps,
                     vf_step_new (kind, function->address, vf_pci_function_ids (function), value));
}

/* Companions first: the kernel links them to the display function, which may not vanish under them
 * (drivers/pci/quirks.c, quirk_gpu_hda and its neighbours). */
static void
add_unbinds (GPtrArray *steps, const VfGpu *gpu, const VfRecord *record)
{
    for (guint i = gpu->n_functions; i-- > 0;) {
        const VfPciFunction *function = gpu->functions[i];

        if (function->driver != NULL && !vf_record_is_at_home (record, function))
            add_step (steps, VF_STEP_UNBIND, function, function->driver);
    }
}

static gboolean
has_driver (const VfPciFunction *function, const char *driver)
{
    return g_strcmp0 (function->driver, driver) == 0;
}

/* Whether @display is driven by NVIDIA's own driver. */
static gboolean
is_on_nvidia (const VfPciFunction *display)
{
    return has_driver (display, VF_NVIDIA_DRIVER);
}

/* Whether a function of another slot has the driver as well. */
static gboolean
stays_in_use (const VfSnapshot *snapshot, const VfGpu *gpu, const char *driver)
{
    for (guint i = 0; i < vf_snapshot_size (snapshot); i++) {
        const VfPciFunction *function = vf_snapshot_get (snapshot, i);

        if (has_driver (function, driver)
            && !vf_pci_address_same_slot (function->address, gpu->address))
            return TRUE;
    }
    return FALSE;
}

/* Takes the display function from the host. Its companions are gone, and who is root may have
 * opened it since the first look, in spite of the fence. NVIDIA's driver waits for ever in remove()
 * while somebody has it open, and not even his end helps (nv-pci.c); but the kernel refuses at once
 * to unload it, which lets go of the card as well. That is done where no other card needs it. */
static void
add_taking (GPtrArray *steps, const VfFacts *facts, const VfGpu *gpu)
{
    const VfPciFunction *display = vf_gpu_display (gpu);
    gboolean unload =
        is_on_nvidia (display) && !stays_in_use (facts->snapshot, gpu, display->driver);
    const VfStep *last;

    /* Also where they stay: they are gone when this one returns, if the other card goes as well. */
    if (is_on_nvidia (display))
        add_step (steps, VF_STEP_NOTE_MODULES, display,
                  facts->record != NULL ? facts->record->modules : "");
    last = g_ptr_array_index (steps, steps->len - 1);
    if (last->kind != VF_STEP_CHECK_HOLDERS)
        add_step (steps, VF_STEP_CHECK_HOLDERS, gpu->functions[0], VF_STEP_LAST_LOOK);
    add_step (steps, unload ? VF_STEP_UNLOAD_MODULES : VF_STEP_UNBIND, display, display->driver);
}

/* Takes from the host what it has of the card, companions first (see add_unbinds). */
static void
add_takings (GPtrArray *steps, const VfFacts *facts, const VfGpu *gpu)
{
    const VfPciFunction *display = vf_gpu_display (gpu);

    if (is_on_nvidia (display)) {
        add_step (steps, VF_STEP_NOTE_SERVICES, display,
                  facts->record != NULL ? facts->record->services : "");
        add_step (steps, VF_STEP_STOP_SERVICES, display, "");
    }
    for (guint i = gpu->n_functions; i-- > 0;) {
        const VfPciFunction *function = gpu->functions[i];

        if (function->driver == NULL || vf_pci_function_on_vfio (function))
            continue;
        if (function == display)
            add_taking (steps, facts, gpu);
        else
            add_step (steps, VF_STEP_UNBIND, function, function->driver);
    }
}

static void
add_fences (GPtrArray *steps, const VfGpu *gpu, const VfRecord *record)
{
    gboolean any = FALSE;

    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfPciFunction *function = gpu->functions[i];

        if (function->driver != NULL && !vf_pci_function_on_vfio (function)) {
            const VfFunctionRecord *home =
                record != NULL ? vf_record_find (record, function->address) : NULL;

            add_step (steps, VF_STEP_NOTE_NODES, function, home != NULL ? home->fence : "");
            add_step (steps, VF_STEP_FENCE, function, "");
            any = TRUE;
        }
    }
    if (any)
        add_step (steps, VF_STEP_CHECK_HOLDERS, gpu->functions[0], "");
}

VfPlan *
vf_way_to_vfio (const VfFacts *facts, const VfGpu *gpu)
{
    GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_step_free);

    if (vf_planner_stand (gpu, facts->record) == VF_STAND_LENT && !facts->unfinished)
        return vf_plan_new (VF_TARGET_VFIO, steps);
    if (vf_snapshot_vfio (facts->snapshot) != VF_VFIO_READY)
        add_step (steps, VF_STEP_LOAD_MODULE, gpu->functions[0], VF_VFIO_DRIVER);
    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfFunctionRecord *home =
            facts->record != NULL ? vf_record_find (facts->record, gpu->functions[i]->address)
                                  : NULL;

        if (home == NULL || *home->registers == '\0')
            add_step (steps, VF_STEP_NOTE_REGISTERS, gpu->functions[i], "");
    }
    for (guint i = 0; i < gpu->n_functions; i++)
        add_step (steps, VF_STEP_OVERRIDE, gpu->functions[i], VF_VFIO_DRIVER);
    add_fences (steps, gpu, facts->record);
    add_takings (steps, facts, gpu);
    for (guint i = 0; i < gpu->n_functions; i++) {
        if (!vf_pci_function_on_vfio (gpu->functions[i]))
            add_step (steps, VF_STEP_BIND, gpu->functions[i], VF_VFIO_DRIVER);
    }
    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfPciFunction *function = gpu->functions[i];

        /* vfio-pci allows the card to sleep when it binds (vfio_pci_core.c), so this comes after.
         */
        if (function->power_control != NULL)
            add_step (steps, VF_STEP_POWER_CONTROL, function, "on");
        if (g_strcmp0 (function->d3cold_allowed, "1") == 0)
            add_step (steps, VF_STEP_D3COLD, function, "0");
    }
    return vf_plan_new (VF_TARGET_VFIO, steps);
}

gboolean
vf_way_gives_up (const VfFacts *facts, VfPciAddress address)
{
    guint refused = vf_refusal_find (facts->refusals, address).times;

    return refused > 0 && refused > facts->policy->n_return_waits;
}

/* The kernel lists "bus" for a function that was alone when it was found; with the others there
 * that fails, for it would reset them as well (pci_parent_bus_reset). */
static gboolean
can_be_reset (const VfGpu *gpu, const VfPciFunction *function)
{
    return function->reset_methods != NULL
           && (gpu->n_functions == 1 || !g_str_equal (function->reset_methods, "bus"));
}

/* A driver that refused a function gets it again after a while, the second time after a reset. */
static void
add_patience (GPtrArray *steps,
              const VfFacts *facts,
              const VfGpu *gpu,
              const VfPciFunction *function)
{
    VfRefusal refusal = vf_refusal_find (facts->refusals, function->address);
    guint wait = refusal.times > 0 ? facts->policy->return_waits[refusal.times - 1] : 0;

    if (refusal.times == RESET_AT && !refusal.reset_failed && can_be_reset (gpu, function))
        add_step (steps, VF_STEP_RESET, function, "");
    if (wait > 0) {
        g_autofree char *milliseconds = g_strdup_printf ("%u", wait);

        add_step (steps, VF_STEP_PAUSE, function, milliseconds);
    }
}

/* The driver that the function is to be bound to; NULL when it has it, when there is none, or when
 * that driver has refused it for good. */
static const char *
driver_to_bind (const VfFacts *facts, const VfPciFunction *function)
{
    const VfFunctionRecord *home = vf_record_find (facts->record, function->address);

    if (home == NULL || *home->driver == '\0' || vf_record_is_at_home (facts->record, function)
        || vf_way_gives_up (facts, function->address))
        return NULL;
    return home->driver;
}

/* Whether its driver was unloaded by the lend itself, and is loaded again in its own place. */
static gboolean
is_of_stack (const VfFacts *facts, const VfGpu *gpu, const VfPciFunction *function)
{
    return function == vf_gpu_display (gpu) && *facts->record->modules != '\0';
}

/* While the card was lent its drivers may have been unloaded. */
static void
add_loads (GPtrArray *steps, const VfFacts *facts, const VfGpu *gpu)
{
    for (guint i = 0; i < gpu->n_functions; i++) {
        const char *driver = driver_to_bind (facts, gpu->functions[i]);

        if (is_of_stack (facts, gpu, gpu->functions[i]))
            continue;
        if (driver != NULL && !vf_snapshot_has_driver (facts->snapshot, driver))
            add_step (steps, VF_STEP_LOAD_MODULE, gpu->functions[i], driver);
    }
}

/* What the lend unloaded. Behind the unbinds: NVIDIA's driver does not stay loaded when it finds no
 * card, which is also how it refuses one. */
static void
add_loads_of_stack (GPtrArray *steps, const VfFacts *facts, const VfGpu *gpu)
{
    const VfPciFunction *display = vf_gpu_display (gpu);

    if (!is_of_stack (facts, gpu, display) || vf_way_gives_up (facts, display->address))
        return;
    add_patience (steps, facts, gpu, display);
    add_step (steps, VF_STEP_LOAD_MODULES, display, facts->record->modules);
}

static void
add_binds_home (GPtrArray *steps, const VfFacts *facts, const VfGpu *gpu)
{
    for (guint i = 0; i < gpu->n_functions; i++) {
        const char *driver = driver_to_bind (facts, gpu->functions[i]);

        if (driver == NULL)
            continue;
        if (!is_of_stack (facts, gpu, gpu->functions[i]))
            add_patience (steps, facts, gpu, gpu->functions[i]);
        add_step (steps, VF_STEP_BIND, gpu->functions[i], driver);
    }
    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfPciFunction *function = gpu->functions[i];
        const VfFunctionRecord *home = vf_record_find (facts->record, function->address);

        if (home != NULL && *home->driver != '\0' && *home->registers != '\0'
            && !vf_way_gives_up (facts, function->address))
            add_step (steps, VF_STEP_VERIFY_REGISTERS, function, home->registers);
    }
}

static void
add_restores (GPtrArray *steps, const VfGpu *gpu, const VfRecord *record)
{
    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfPciFunction *function = gpu->functions[i];
        const VfFunctionRecord *home = vf_record_find (record, function->address);

        if (home == NULL)
            continue;
        if (*home->d3cold_allowed != '\0'
            && g_strcmp0 (home->d3cold_allowed, function->d3cold_allowed) != 0)
            add_step (steps, VF_STEP_D3COLD, function, home->d3cold_allowed);
        if (*home->power_control != '\0')
            add_step (steps, VF_STEP_POWER_CONTROL, function, home->power_control);
        /* Most drivers make new nodes when they are bound; those of nvidia are the old ones. */
        if (*home->fence != '\0')
            add_step (steps, VF_STEP_UNFENCE, function, home->fence);
    }
}

VfPlan *
vf_way_to_host (const VfFacts *facts, const VfGpu *gpu)
{
    GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_step_free);

    if (facts->record == NULL
        || (!vf_record_is_of (facts->record, gpu) && !vf_gpu_any_on_vfio (gpu)))
        return vf_plan_new (VF_TARGET_HOST, steps);
    if (vf_gpu_any_on_vfio (gpu))
        add_step (steps, VF_STEP_CHECK_VFIO_USERS, gpu->functions[0], "");
    add_loads (steps, facts, gpu);
    /* To a function that is bound this does nothing. Once it is not, the kernel gives it to a
     * driver whose own table has it, and to no other; vfio-pci's table has none. */
    for (guint i = 0; i < gpu->n_functions; i++)
        add_step (steps, VF_STEP_OVERRIDE, gpu->functions[i], "");
    add_unbinds (steps, gpu, facts->record);
    add_loads_of_stack (steps, facts, gpu);
    add_binds_home (steps, facts, gpu);
    add_restores (steps, gpu, facts->record);
    /* Without the card's driver they would fail, and a later return starts them. */
    if (*facts->record->services != '\0' && !vf_way_gives_up (facts, vf_gpu_display (gpu)->address))
        add_step (steps, VF_STEP_START_SERVICES, vf_gpu_display (gpu), facts->record->services);
    return vf_plan_new (VF_TARGET_HOST, steps);
}

/* The kernel may know a driver for it; the display must have one. */
static void
add_probes (GPtrArray *steps, const VfFacts *facts, const VfGpu *gpu)
{
    for (guint i = 0; i < gpu->n_functions; i++) {
        const VfPciFunction *function = gpu->functions[i];

        if ((function->driver != NULL && !vf_pci_function_on_vfio (function))
            || vf_way_gives_up (facts, function->address))
            continue;
        add_patience (steps, facts, gpu, function);
        add_step (steps, VF_STEP_PROBE_DRIVER, function,
                  vf_pci_function_is_display (function) ? VF_STEP_MUST : VF_STEP_MAY);
    }
}

VfPlan *
vf_way_to_host_by_alias (const VfFacts *facts, const VfGpu *gpu)
{
    GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_step_free);

    if (vf_gpu_any_on_vfio (gpu))
        add_step (steps, VF_STEP_CHECK_VFIO_USERS, gpu->functions[0], "");
    for (guint i = 0; i < gpu->n_functions; i++)
        add_step (steps, VF_STEP_OVERRIDE, gpu->functions[i], "");
    for (guint i = 0; i < gpu->n_functions; i++) {
        if (gpu->functions[i]->driver == NULL || vf_pci_function_on_vfio (gpu->functions[i]))
            add_step (steps, VF_STEP_LOAD_MODULE, gpu->functions[i], "");
    }
    add_unbinds (steps, gpu, NULL);
    add_probes (steps, facts, gpu);
    for (guint i = 0; i < gpu->n_functions; i++) {
        /* As the kernel has it from the start. */
        if (g_strcmp0 (gpu->functions[i]->d3cold_allowed, "0") == 0)
            add_step (steps, VF_STEP_D3COLD, gpu->functions[i], "1");
        add_step (steps, VF_STEP_UNFENCE, gpu->functions[i], VF_STEP_USUAL_MODES);
    }
    return vf_plan_new (VF_TARGET_HOST, steps);
}
