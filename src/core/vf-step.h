/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of a plan: the smallest thing that is done, looked at and journaled. */
#pragma once

#include "vf-pci-address.h"

typedef enum {
    /* Makes a driver available. Value: "vfio-pci"; or the driver of the host that the function had;
     * or "" for whatever is made for the function. Done by virtflow-modules. */
    VF_STEP_LOAD_MODULE,
    /* Reads base addresses and the memory-enable bit. Answer: their text. */
    VF_STEP_NOTE_REGISTERS,
    /* Writes driver_override. Value: "vfio-pci", or "" to clear it. */
    VF_STEP_OVERRIDE,
    /* Reads the modes of the function's device nodes. Value: what an earlier one answered, or "":
     * it counts for nodes that are fenced now. Answer: the modes. A step of its own, so that they
     * are journaled before the first of them is changed. */
    VF_STEP_NOTE_NODES,
    /* Takes the function's device nodes out of reach of new openers. */
    VF_STEP_FENCE,
    /* Gives the nodes back the modes of the value, where they still have none. Value: what "note
     * nodes" answered, or VF_STEP_USUAL_MODES. */
    VF_STEP_UNFENCE,
    /* Asks that no process has a node of the GPU open. Value: "" for the first look, which passes
     * over who lets go by himself and over services that are stopped next; VF_STEP_LAST_LOOK right
     * before the display function is taken, which passes over nobody but sound servers. Done by
     * virtflow-probe. */
    VF_STEP_CHECK_HOLDERS,
    /* Asks that no process has the GPU open through vfio. Done by virtflow-probe. */
    VF_STEP_CHECK_VFIO_USERS,
    /* Value: the driver that is bound now. */
    VF_STEP_UNBIND,
    /* Value: the driver to bind; it is read back. For vfio-pci /dev/vfio/N is looked for as well.
     */
    VF_STEP_BIND,
    /* Lets the kernel find the driver of a function that has none. Value: "must" when it fails
     * without one, or "may". */
    VF_STEP_PROBE_DRIVER,
    /* Resets a function that has no driver; the kernel restores its registers. */
    VF_STEP_RESET,
    /* Waits before the next attempt. Value: milliseconds. Done by the daemon itself. */
    VF_STEP_PAUSE,
    /* Writes power/control. Value: "on" or "auto". */
    VF_STEP_POWER_CONTROL,
    /* Writes d3cold_allowed. Value: "0" or "1". */
    VF_STEP_D3COLD,
    /* Compares base addresses and the memory-enable bit with the value. */
    VF_STEP_VERIFY_REGISTERS,
    /* Looks which services of the driver run that would open the card again and again. Value: what
     * an earlier one answered, or "": they count as running. Answer: their units, with spaces
     * between. A step of its own, so that they are journaled before the first of them is stopped.
     * These three are done by virtflow-services, which knows the services itself. */
    VF_STEP_NOTE_SERVICES,
    /* Stops those that run. */
    VF_STEP_STOP_SERVICES,
    /* Starts those of the value, an answer to the first of the three. */
    VF_STEP_START_SERVICES,
    /* Looks which modules of the driver are loaded. Value and answer as for the services, names in
     * the order in which they can be unloaded. These three are done by virtflow-modules, which
     * knows the modules itself. */
    VF_STEP_NOTE_MODULES,
    /* Unloads the modules of the driver that is the value, which lets go of the function. Refused
     * at once, and nothing changed, while a program has the driver open. */
    VF_STEP_UNLOAD_MODULES,
    /* Loads those of the value; the driver takes the function by itself. */
    VF_STEP_LOAD_MODULES,
} VfStepKind;
#define VF_N_STEP_KINDS (VF_STEP_LOAD_MODULES + 1)

/* Value of a VF_STEP_CHECK_HOLDERS. */
#define VF_STEP_LAST_LOOK "again"

typedef enum {
    VF_ACTOR_WORKER,
    VF_ACTOR_PROBE,
    VF_ACTOR_MODULES,
    VF_ACTOR_DAEMON,
    VF_ACTOR_SERVICES,
} VfActor;

/* For nodes of which nobody noted the mode: that which udev gives them on any host. */
#define VF_STEP_USUAL_MODES "usual"

#define VF_STEP_MUST "must"
#define VF_STEP_MAY "may"

/* The longest pause, in milliseconds. */
#define VF_STEP_PAUSE_MAX 60000

/* Longest value that a step may carry, in bytes. */
#define VF_STEP_VALUE_MAX 1024

typedef struct {
    VfStepKind kind;
    VfPciAddress address;
    guint32 ids; /* 0xvvvvdddd of the function; looked at again before anything is written */
    char *value;
} VfStep;

VfStep *vf_step_new (VfStepKind kind, VfPciAddress address, guint32 ids, const char *value);
void vf_step_free (VfStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfStep, vf_step_free)

/* "bind", "unbind", ...; stable. */
const char *vf_step_kind_id (VfStepKind kind);
VfActor vf_step_actor (VfStepKind kind);
/* Whether a driver may get the function by it, or lose it, or touch it: what a driver may hang in.
 */
gboolean vf_step_changes_driver (VfStepKind kind);

/* [A-Za-z0-9_-], at most 63 characters: a driver as sysfs calls it. */
gboolean vf_step_is_driver_name (const char *text);

/* Type "(ssus)": kind, address, ids, value. Floating. */
#define VF_STEP_VARIANT_TYPE "(ssus)"
GVariant *vf_step_to_variant (const VfStep *step);
/* Checks every field. NULL with VF_REASON_INTERNAL for anything malformed. */
VfStep *vf_step_from_variant (GVariant *variant, GError **error);
