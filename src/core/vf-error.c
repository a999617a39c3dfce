/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the tables of classes and reasons; makes errors. */
#include "vf-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    VfReason reason;
} VfErrorPrivate;

static void
vf_error_private_init (VfErrorPrivate *private)
{
    private->reason = VF_REASON_INTERNAL;
}

static void
vf_error_private_copy (const VfErrorPrivate *source, VfErrorPrivate *target)
{
    *target = *source;
}

static void
vf_error_private_clear (VfErrorPrivate *private)
{
}

G_DEFINE_EXTENDED_ERROR (VfError, vf_error)

static const struct {
    const char *id;
    int exit_status;
} codes[] = {
    [VF_ERROR_FAILED] = { "failed", 1 },
    [VF_ERROR_INVALID_ARGUMENT] = { "invalid-argument", 2 },
    [VF_ERROR_NOT_FOUND] = { "not-found", 3 },
    [VF_ERROR_NOT_SUPPORTED] = { "not-supported", 4 },
    [VF_ERROR_NOT_AUTHORIZED] = { "not-authorized", 5 },
    [VF_ERROR_BUSY] = { "busy", 6 },
    [VF_ERROR_IN_USE] = { "in-use", 7 },
    [VF_ERROR_REFUSED] = { "refused", 8 },
    [VF_ERROR_CHANGED] = { "changed", 9 },
    [VF_ERROR_KERNEL] = { "kernel", 10 },
    [VF_ERROR_TIMED_OUT] = { "timed-out", 11 },
    [VF_ERROR_INCOMPLETE] = { "incomplete", 12 },
    [VF_ERROR_UNREACHABLE] = { "unreachable", 13 },
};
G_STATIC_ASSERT (G_N_ELEMENTS (codes) == VF_N_ERROR_CODES);

static const struct {
    const char *id;
    VfErrorCode code;
} reasons[] = {
    [VF_REASON_INTERNAL] = { "internal", VF_ERROR_FAILED },
    [VF_REASON_GUEST_DID_NOT_STOP] = { "guest-did-not-stop", VF_ERROR_FAILED },
    [VF_REASON_LIBVIRT_FAILED] = { "libvirt-failed", VF_ERROR_FAILED },
    [VF_REASON_SERVICE_FAILED] = { "service-failed", VF_ERROR_FAILED },
    [VF_REASON_CANCELLED] = { "cancelled", VF_ERROR_FAILED },
    [VF_REASON_INVALID_ADDRESS] = { "invalid-address", VF_ERROR_INVALID_ARGUMENT },
    [VF_REASON_INVALID_OPTION] = { "invalid-option", VF_ERROR_INVALID_ARGUMENT },
    [VF_REASON_AMBIGUOUS_GPU] = { "ambiguous-gpu", VF_ERROR_INVALID_ARGUMENT },
    [VF_REASON_AMBIGUOUS_INPUT] = { "ambiguous-input", VF_ERROR_INVALID_ARGUMENT },
    [VF_REASON_INVALID_DOMAIN_XML] = { "invalid-domain-xml", VF_ERROR_INVALID_ARGUMENT },
    [VF_REASON_INVALID_INPUT] = { "invalid-input", VF_ERROR_INVALID_ARGUMENT },
    [VF_REASON_CONFIRMATION_NEEDED] = { "confirmation-needed", VF_ERROR_INVALID_ARGUMENT },
    [VF_REASON_FOREIGN_LIBVIRT] = { "foreign-libvirt", VF_ERROR_INVALID_ARGUMENT },
    [VF_REASON_NO_SUCH_GPU] = { "no-such-gpu", VF_ERROR_NOT_FOUND },
    [VF_REASON_NO_SUCH_VM] = { "no-such-vm", VF_ERROR_NOT_FOUND },
    [VF_REASON_NO_SUCH_PAIRING] = { "no-such-pairing", VF_ERROR_NOT_FOUND },
    [VF_REASON_NO_SUCH_INPUT] = { "no-such-input", VF_ERROR_NOT_FOUND },
    [VF_REASON_NO_SUCH_TOPIC] = { "no-such-topic", VF_ERROR_NOT_FOUND },
    [VF_REASON_NOTHING_TO_CANCEL] = { "nothing-to-cancel", VF_ERROR_NOT_FOUND },
    [VF_REASON_NO_IOMMU] = { "no-iommu", VF_ERROR_NOT_SUPPORTED },
    [VF_REASON_NO_VFIO_PCI] = { "no-vfio-pci", VF_ERROR_NOT_SUPPORTED },
    [VF_REASON_HOOK_NOT_CALLED] = { "hook-not-called", VF_ERROR_NOT_SUPPORTED },
    [VF_REASON_TRANSIENT_DOMAIN] = { "transient-domain", VF_ERROR_NOT_SUPPORTED },
    [VF_REASON_NO_FREE_SLOT] = { "no-free-slot", VF_ERROR_NOT_SUPPORTED },
    [VF_REASON_NO_USB] = { "no-usb", VF_ERROR_NOT_SUPPORTED },
    [VF_REASON_NOT_AUTHORIZED] = { "not-authorized", VF_ERROR_NOT_AUTHORIZED },
    [VF_REASON_SWITCH_RUNNING] = { "switch-running", VF_ERROR_BUSY },
    [VF_REASON_CLAIMED_BY_VM] = { "claimed-by-vm", VF_ERROR_BUSY },
    [VF_REASON_CLAIMED_BY_USER] = { "claimed-by-user", VF_ERROR_BUSY },
    [VF_REASON_ALREADY_ACTIVATED] = { "already-activated", VF_ERROR_BUSY },
    [VF_REASON_LIMIT_EXCEEDED] = { "limit-exceeded", VF_ERROR_BUSY },
    [VF_REASON_HELD_BY_PROCESS] = { "held-by-process", VF_ERROR_IN_USE },
    [VF_REASON_MODULE_IN_USE] = { "module-in-use", VF_ERROR_IN_USE },
    [VF_REASON_VM_RUNNING] = { "vm-running", VF_ERROR_IN_USE },
    [VF_REASON_HOST_DISPLAY] = { "host-display", VF_ERROR_REFUSED },
    [VF_REASON_FOREIGN_GROUP_MEMBER] = { "foreign-group-member", VF_ERROR_REFUSED },
    [VF_REASON_CARRIES_DEVICE] = { "carries-device", VF_ERROR_REFUSED },
    [VF_REASON_FOREIGN_DRIVER] = { "foreign-driver", VF_ERROR_REFUSED },
    [VF_REASON_DENIED_BY_POLICY] = { "denied-by-policy", VF_ERROR_REFUSED },
    [VF_REASON_HOSTDEV_BY_HAND] = { "hostdev-by-hand", VF_ERROR_REFUSED },
    [VF_REASON_MANAGED_SAVE] = { "managed-save", VF_ERROR_REFUSED },
    [VF_REASON_UNPAIRED_VM] = { "unpaired-vm", VF_ERROR_REFUSED },
    [VF_REASON_NOT_CANCELLABLE] = { "not-cancellable", VF_ERROR_REFUSED },
    [VF_REASON_MEDIATED_DISPLAY] = { "mediated-display", VF_ERROR_REFUSED },
    [VF_REASON_NOT_A_GPU] = { "not-a-gpu", VF_ERROR_REFUSED },
    [VF_REASON_FOREIGN_STATE] = { "foreign-state", VF_ERROR_REFUSED },
    [VF_REASON_IDENTITY_CHANGED] = { "identity-changed", VF_ERROR_CHANGED },
    [VF_REASON_DOMAIN_CHANGED] = { "domain-changed", VF_ERROR_CHANGED },
    [VF_REASON_FILE_CHANGED] = { "file-changed", VF_ERROR_CHANGED },
    [VF_REASON_STEP_REJECTED] = { "step-rejected", VF_ERROR_KERNEL },
    [VF_REASON_WRONG_DRIVER] = { "wrong-driver", VF_ERROR_KERNEL },
    [VF_REASON_REGISTERS_LOST] = { "registers-lost", VF_ERROR_KERNEL },
    [VF_REASON_WEDGED] = { "wedged", VF_ERROR_TIMED_OUT },
    [VF_REASON_UNDO_FAILED] = { "undo-failed", VF_ERROR_INCOMPLETE },
    [VF_REASON_DRIVER_REFUSED] = { "driver-refused", VF_ERROR_INCOMPLETE },
    [VF_REASON_NO_DAEMON] = { "no-daemon", VF_ERROR_UNREACHABLE },
    [VF_REASON_NO_LIBVIRT] = { "no-libvirt", VF_ERROR_UNREACHABLE },
    [VF_REASON_NO_WORKER] = { "no-worker", VF_ERROR_UNREACHABLE },
};
G_STATIC_ASSERT (G_N_ELEMENTS (reasons) == VF_N_REASONS);

G_GNUC_PRINTF (2, 0)
static GError *
vf_error_new_valist (VfReason reason, const char *format, va_list arguments)
{
    GError *error =
        g_error_new_valist (VF_ERROR, (int) vf_reason_code (reason), _ (format), arguments);

    vf_error_get_private (error)->reason = reason;
    return error;
}

GError *
vf_error_new (VfReason reason, const char *format, ...)
{
    va_list arguments;
    GError *error;

    va_start (arguments, format);
    error = vf_error_new_valist (reason, format, arguments);
    va_end (arguments);
    return error;
}

void
vf_error_set (GError **error, VfReason reason, const char *format, ...)
{
    va_list arguments;

    if (error == NULL)
        return;
    va_start (arguments, format);
    g_propagate_error (error, vf_error_new_valist (reason, format, arguments));
    va_end (arguments);
}

VfReason
vf_error_reason (const GError *error)
{
    return error->domain == VF_ERROR ? vf_error_get_private (error)->reason : VF_REASON_INTERNAL;
}

VfErrorCode
vf_error_code (const GError *error)
{
    return vf_reason_code (vf_error_reason (error));
}

gboolean
vf_error_is (const GError *error, VfReason reason)
{
    return error != NULL && error->domain == VF_ERROR && vf_error_reason (error) == reason;
}

const char *
vf_reason_id (VfReason reason)
{
    g_return_val_if_fail (reason < VF_N_REASONS, reasons[VF_REASON_INTERNAL].id);
    return reasons[reason].id;
}

gboolean
vf_reason_from_id (const char *id, VfReason *reason)
{
    for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++) {
        if (strcmp (reasons[i].id, id) == 0) {
            *reason = (VfReason) i;
            return TRUE;
        }
    }
    return FALSE;
}

VfErrorCode
vf_reason_code (VfReason reason)
{
    g_return_val_if_fail (reason < VF_N_REASONS, VF_ERROR_FAILED);
    return reasons[reason].code;
}

const char *
vf_error_code_id (VfErrorCode code)
{
    g_return_val_if_fail (code < VF_N_ERROR_CODES, codes[VF_ERROR_FAILED].id);
    return codes[code].id;
}

int
vf_error_code_exit_status (VfErrorCode code)
{
    g_return_val_if_fail (code < VF_N_ERROR_CODES, codes[VF_ERROR_FAILED].exit_status);
    return codes[code].exit_status;
}
