/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the entries about GPUs in the log. */
#include "vfd-chronicle.h"

#include "vf-error.h"
#include "vf-text.h"
#include "vfd-switch.h"

#include <glib/gi18n-lib.h>

#define PROGRAM "virtflowd"

struct _VfdChronicle {
    VfdGpu *gpu;
    gint64 began;
    VfClaim *claim; /* at that moment; or NULL */
};

static void
write_entry (const VfLogSubject *subject, GLogLevelFlags level, const char *sentence)
{
    vf_log (subject, PROGRAM, level, sentence, g_log_writer_default);
}

/* @step is what it failed at; or NULL. */
static void
write_about (VfPciAddress gpu,
             const VfClaim *claim,
             GLogLevelFlags level,
             const char *event,
             const char *step,
             const char *sentence)
{
    VfPciAddressText address = vf_pci_address_format (gpu);
    gboolean vm = claim != NULL && claim->kind == VF_CLAIM_VM;

    write_entry (&(VfLogSubject){ .event = event,
                                  .gpu = address.text,
                                  .vm = vm ? claim->label : NULL,
                                  .uuid = vm ? claim->id : NULL,
                                  .step = step },
                 level, sentence);
}

void
vfd_chronicle_tell (
    const VfdGpu *gpu, GLogLevelFlags level, const char *event, const char *format, ...)
{
    g_autofree char *sentence = NULL;
    va_list arguments;

    va_start (arguments, format);
    sentence = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    write_about (vfd_gpu_address (gpu), vfd_gpu_lease (gpu)->claim, level, event, NULL, sentence);
}

void
vfd_chronicle_tell_return (const VfdGpu *gpu, const char *why)
{
    vfd_chronicle_tell (gpu, G_LOG_LEVEL_MESSAGE, "returning", _ ("%s goes back to the host: %s"),
                        vf_pci_address_format (vfd_gpu_address (gpu)).text, why);
}

void
vfd_chronicle_tell_pairing (VfPciAddress gpu, const char *name, const char *uuid, gboolean made)
{
    VfPciAddressText address = vf_pci_address_format (gpu);
    g_autofree char *shown = vf_text_escape (name);
    g_autofree char *sentence =
        made ? g_strdup_printf (_ ("The VM %s was given %s"), shown, address.text)
             : g_strdup_printf (_ ("The VM %s has %s no longer"), shown, address.text);

    write_entry (&(VfLogSubject){ .event = made ? "activated" : "deactivated",
                                  .gpu = address.text,
                                  .vm = name,
                                  .uuid = uuid },
                 G_LOG_LEVEL_MESSAGE, sentence);
}

static char *
describe_end (const VfdChronicle *chronicle, VfTarget target, const VfClaim *claim)
{
    VfPciAddressText address = vf_pci_address_format (vfd_gpu_address (chronicle->gpu));
    double seconds = (double) (g_get_monotonic_time () - chronicle->began) / G_USEC_PER_SEC;
    g_autofree char *label = claim != NULL ? vf_text_escape (claim->label) : NULL;

    if (target == VF_TARGET_HOST)
        return g_strdup_printf (_ ("%s is back on the host after %.1f s"), address.text, seconds);
    if (claim == NULL)
        return g_strdup_printf (_ ("%s is lent after %.1f s"), address.text, seconds);
    return claim->kind == VF_CLAIM_VM
               ? g_strdup_printf (_ ("%s is lent to the VM %s after %.1f s"), address.text, label,
                                  seconds)
               : g_strdup_printf (_ ("%s is lent to the user %s after %.1f s"), address.text, label,
                                  seconds);
}

/* In words; NULL when it came to none. The caller owns it. */
static char *
failed_step (const VfdChronicle *chronicle)
{
    g_autoptr (GVariant) steps =
        g_variant_ref_sink (vfd_switch_steps (vfd_gpu_running (chronicle->gpu)));

    for (gsize i = 0; i < g_variant_n_children (steps); i++) {
        const char *text, *standing;

        g_variant_get_child (steps, i, "(&s&st)", &text, &standing, NULL);
        if (g_str_equal (standing, "failed"))
            return g_strdup (text);
    }
    return NULL;
}

static void
tell_end (const VfdChronicle *chronicle, const GError *error)
{
    VfTarget target = vfd_switch_target (vfd_gpu_running (chronicle->gpu));
    const VfClaim *now = vfd_gpu_lease (chronicle->gpu)->claim;
    const VfClaim *claim = now != NULL ? now : chronicle->claim;
    VfPciAddress gpu = vfd_gpu_address (chronicle->gpu);
    g_autofree char *sentence = NULL;
    g_autofree char *step = NULL;
    GLogLevelFlags level = G_LOG_LEVEL_MESSAGE;

    if (error == NULL) {
        sentence = describe_end (chronicle, target, claim);
        write_about (gpu, claim, level, target == VF_TARGET_HOST ? "returned" : "lent", NULL,
                     sentence);
        return;
    }
    if (!vf_error_is (error, VF_REASON_CANCELLED))
        level = G_LOG_LEVEL_WARNING;
    sentence = g_strdup_printf (_ ("%s could not be switched: %s"),
                                vf_pci_address_format (gpu).text, error->message);
    step = failed_step (chronicle);
    write_about (gpu, claim, level, vf_reason_id (vf_error_reason (error)), step, sentence);
}

static void
attend (VfdGpu *gpu, VfdGpuEvent event, const GError *error, gpointer data)
{
    VfdChronicle *chronicle = data;

    if (event == VFD_GPU_BEGAN) {
        chronicle->began = g_get_monotonic_time ();
        g_clear_pointer (&chronicle->claim, vf_claim_free);
        if (vfd_gpu_lease (gpu)->claim != NULL)
            chronicle->claim = vf_claim_copy (vfd_gpu_lease (gpu)->claim);
    } else if (event == VFD_GPU_ENDED) {
        tell_end (chronicle, error);
    }
}

VfdChronicle *
vfd_chronicle_new (VfdGpu *gpu)
{
    VfdChronicle *chronicle = g_new0 (VfdChronicle, 1);

    chronicle->gpu = gpu;
    vfd_gpu_watch (gpu, attend, chronicle);
    return chronicle;
}

void
vfd_chronicle_free (VfdChronicle *chronicle)
{
    vf_claim_free (chronicle->claim);
    g_free (chronicle);
}
