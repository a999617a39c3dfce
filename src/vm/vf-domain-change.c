/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the redefinition of a domain and its undoing. */
#include "vf-domain-change.h"

#include <glib/gi18n-lib.h>
#include <string.h>

gboolean
vf_domain_change_is_possible (const VfMachine *machine, GError **error)
{
    if (!machine->persistent) {
        vf_error_set (
            error, VF_REASON_TRANSIENT_DOMAIN,
            "The VM %s is not defined: it is gone when it stops, and nothing could be kept "
            "of the change. Define it first with \"virsh define\".",
            machine->name);
        return FALSE;
    }
    if (machine->managed_save) {
        vf_error_set (
            error, VF_REASON_MANAGED_SAVE,
            "The next start of the VM %s goes on from a saved memory image, with the "
            "devices that it had then. Start it and shut it down, or throw the image away "
            "with \"virsh managedsave-remove %s\".",
            machine->name, machine->name);
        return FALSE;
    }
    return TRUE;
}

gboolean
vf_domain_change_begin (VfDomainChange *change, const VfMachine *machine, GError **error)
{
    g_autofree char *text = vf_machine_text (machine, error);

    if (text == NULL)
        return FALSE;
    *change = (VfDomainChange){ .machine = machine, .before = g_steal_pointer (&text) };
    return TRUE;
}

void
vf_domain_change_clear (VfDomainChange *change)
{
    g_clear_pointer (&change->before, g_free);
}

static gboolean
define (const VfMachine *machine, const char *text, unsigned int flags, GError **error)
{
    virConnect *connection = virDomainGetConnect (machine->domain);
    g_autoptr (virDomain) domain = virDomainDefineXMLFlags (connection, text, flags);

    if (domain != NULL)
        return TRUE;
    vf_libvirt_set_error (error, "The VM %s could not be defined", machine->name);
    return FALSE;
}

gboolean
vf_domain_change_settle (VfDomainChange *change, GError **error)
{
    g_autofree char *text = NULL;

    if (!define (change->machine, change->before, 0, error))
        return FALSE;
    text = vf_machine_text (change->machine, error);
    if (text == NULL)
        return FALSE;
    g_free (change->before);
    change->before = g_steal_pointer (&text);
    return TRUE;
}

static gboolean
is_untouched (const VfDomainChange *change, GError **error)
{
    g_autofree char *text = vf_machine_text (change->machine, error);
    int active = virDomainIsActive (change->machine->domain);

    if (text == NULL)
        return FALSE;
    if (active < 0) {
        vf_libvirt_set_error (error, "The VM %s could not be looked at", change->machine->name);
        return FALSE;
    }
    if (strcmp (text, change->before) == 0 && active == 0)
        return TRUE;
    vf_error_set (error, VF_REASON_DOMAIN_CHANGED,
                  active == 1 ? N_ ("The VM %s was started by somebody else meanwhile. Try again "
                                    "when nobody works on it.")
                              : N_ ("The VM %s was changed by somebody else meanwhile. Try again "
                                    "when nobody works on it."),
                  change->machine->name);
    return FALSE;
}

gboolean
vf_domain_change_define (VfDomainChange *change, const char *text, char **after, GError **error)
{
    if (!is_untouched (change, error)
        || !define (change->machine, text, VIR_DOMAIN_DEFINE_VALIDATE, error))
        return FALSE;
    change->defined = TRUE;
    if (after == NULL)
        return TRUE;
    *after = vf_machine_text (change->machine, error);
    return *after != NULL;
}

gboolean
vf_domain_change_undo (VfDomainChange *change, GError **error)
{
    if (change->defined && !define (change->machine, change->before, 0, error))
        return FALSE;
    change->defined = FALSE;
    return TRUE;
}
