/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one error domain. An error is a class (the code, which is the exit code of the CLI), a reason
 * under that class with a stable id, and a sentence for a person: what, why, what to do. */
#pragma once

#include <glib.h>

typedef enum {
    VF_ERROR_FAILED,           /* anything else; undone */
    VF_ERROR_INVALID_ARGUMENT, /* malformed address, unknown option */
    VF_ERROR_NOT_FOUND,        /* no such GPU, VM or pairing */
    VF_ERROR_NOT_SUPPORTED,    /* this host or this VM cannot do it */
    VF_ERROR_NOT_AUTHORIZED,   /* polkit said no, or could not be asked */
    VF_ERROR_BUSY,             /* a switch is running, or another claimant has the GPU */
    VF_ERROR_IN_USE,           /* a process holds it */
    VF_ERROR_REFUSED,          /* policy or safety */
    VF_ERROR_CHANGED,          /* not the device or domain that was meant; nothing was written */
    VF_ERROR_KERNEL,           /* the kernel rejected a step; rolled back */
    VF_ERROR_TIMED_OUT,        /* the kernel did not answer; the GPU is wedged */
    VF_ERROR_INCOMPLETE,       /* not fully undone; virtflow recover */
    VF_ERROR_UNREACHABLE,      /* the daemon or libvirt is not there */
} VfErrorCode;
#define VF_N_ERROR_CODES (VF_ERROR_UNREACHABLE + 1)

/* One case under a class. To add one, add a row to the table in vf-error.c. The ids (in brackets)
 * are part of the interface: they travel in D-Bus error names and in --json. */
typedef enum {
    VF_REASON_INTERNAL, /* internal */
    VF_REASON_GUEST_DID_NOT_STOP,
    VF_REASON_LIBVIRT_FAILED, /* libvirt refused a call; its own words are in the sentence */
    VF_REASON_SERVICE_FAILED, /* a service of the driver did not stop, or not start again */
    VF_REASON_CANCELLED,      /* by who asked for it; undone */
    VF_REASON_INVALID_ADDRESS,
    VF_REASON_INVALID_OPTION,
    VF_REASON_AMBIGUOUS_GPU,
    VF_REASON_AMBIGUOUS_INPUT, /* several USB devices with the same ids */
    VF_REASON_INVALID_DOMAIN_XML,
    VF_REASON_INVALID_INPUT,       /* malformed path or ids of a keyboard, mouse or USB device */
    VF_REASON_CONFIRMATION_NEEDED, /* no terminal to ask on and no --yes */
    VF_REASON_FOREIGN_LIBVIRT,     /* a libvirt URI that is not qemu:///system on this host */
    VF_REASON_NO_SUCH_GPU,
    VF_REASON_NO_SUCH_VM,
    VF_REASON_NO_SUCH_PAIRING,
    VF_REASON_NO_SUCH_INPUT, /* that keyboard, mouse or USB device is not there */
    VF_REASON_NO_SUCH_TOPIC, /* of the help */
    VF_REASON_NOTHING_TO_CANCEL,
    VF_REASON_NO_IOMMU,
    VF_REASON_NO_VFIO_PCI,
    VF_REASON_HOOK_NOT_CALLED, /* libvirt does not know of it yet */
    VF_REASON_TRANSIENT_DOMAIN,
    VF_REASON_NO_FREE_SLOT, /* the guest has no PCI slot left */
    VF_REASON_NO_USB,       /* USB is switched off in the guest */
    VF_REASON_NOT_AUTHORIZED,
    VF_REASON_SWITCH_RUNNING,
    VF_REASON_CLAIMED_BY_VM,
    VF_REASON_CLAIMED_BY_USER,
    VF_REASON_ALREADY_ACTIVATED,
    VF_REASON_LIMIT_EXCEEDED, /* one caller asks for too much at a time */
    VF_REASON_HELD_BY_PROCESS,
    VF_REASON_MODULE_IN_USE, /* the kernel does not unload the driver */
    VF_REASON_VM_RUNNING,
    VF_REASON_HOST_DISPLAY,
    VF_REASON_FOREIGN_GROUP_MEMBER,
    VF_REASON_CARRIES_DEVICE, /* the host has a disk, network or keyboard on the card itself */
    VF_REASON_FOREIGN_DRIVER, /* on vfio-pci or driverless before VirtFlow ever touched it */
    VF_REASON_DENIED_BY_POLICY,
    VF_REASON_HOSTDEV_BY_HAND, /* the domain names this GPU already, and not by VirtFlow */
    VF_REASON_MANAGED_SAVE,
    VF_REASON_UNPAIRED_VM,
    VF_REASON_NOT_CANCELLABLE,  /* a return, a way back, the lend for a start */
    VF_REASON_MEDIATED_DISPLAY, /* an mdev with display='on' needs the graphics we would remove */
    VF_REASON_NOT_A_GPU,        /* the worker's law: neither a display function nor a companion */
    VF_REASON_FOREIGN_STATE,    /* a state file of a newer version, or a damaged one */
    VF_REASON_IDENTITY_CHANGED,
    VF_REASON_DOMAIN_CHANGED,
    VF_REASON_FILE_CHANGED, /* of the host, by somebody else */
    VF_REASON_STEP_REJECTED,
    VF_REASON_WRONG_DRIVER,   /* the write succeeded and the driver is not the one asked for */
    VF_REASON_REGISTERS_LOST, /* base addresses or memory-enable are not as recorded */
    VF_REASON_WEDGED,
    VF_REASON_UNDO_FAILED,
    VF_REASON_DRIVER_REFUSED, /* the host's driver does not take its function back */
    VF_REASON_NO_DAEMON,
    VF_REASON_NO_LIBVIRT,
    VF_REASON_NO_WORKER,
} VfReason;
#define VF_N_REASONS (VF_REASON_NO_WORKER + 1)

#define VF_ERROR (vf_error_quark ())
GQuark vf_error_quark (void);

/* Sets @error to a new VF_ERROR with the class of @reason. The message is a sentence for a person.
 */
void vf_error_set (GError **error, VfReason reason, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The same as a value; the caller owns it. */
GError *vf_error_new (VfReason reason, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The reason of any error; VF_REASON_INTERNAL for one of another domain. */
VfReason vf_error_reason (const GError *error);

/* The class of any error; VF_ERROR_FAILED for one of another domain. */
VfErrorCode vf_error_code (const GError *error);

gboolean vf_error_is (const GError *error, VfReason reason);

/* The id of a reason, "no-iommu"; never NULL. */
const char *vf_reason_id (VfReason reason);
gboolean vf_reason_from_id (const char *id, VfReason *reason);
VfErrorCode vf_reason_code (VfReason reason);

/* The id of a class, "not-supported", and the exit status that the CLI ends with. */
const char *vf_error_code_id (VfErrorCode code);
int vf_error_code_exit_status (VfErrorCode code);
