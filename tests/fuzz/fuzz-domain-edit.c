/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edit of a domain and its inverse: activated and deactivated it is the original, to the byte.
 * The first byte says how it is activated. What follows a NUL is what its owner has made of it
 * meanwhile. */
#include "fuzz.h"

#include "vf-domain-edit.h"
#include "vf-domain-facts.h"
#include "vf-error.h"

#include <string.h>

static const VfPciAddress gpu[] = { { 0, 1, 0, 0 }, { 0, 1, 0, 1 } };

static GPtrArray *
make_inputs (void)
{
    GPtrArray *inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_free);

    g_ptr_array_add (inputs, vf_input_new_evdev ("/dev/input/by-id/usb-A-event-kbd", NULL));
    g_ptr_array_add (inputs, vf_input_new_usb ("046d:c52b", NULL));
    return inputs;
}

/* What is made can be read, and says the same. */
static void
check_text (const VfDomainXml *domain)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfDomainXml) again = vf_domain_xml_parse (vf_domain_xml_text (domain), -1, &error);

    FUZZ_ASSERT (again != NULL);
    FUZZ_ASSERT (vf_domain_xml_equal (domain, again));
    FUZZ_ASSERT (g_strcmp0 (vf_domain_xml_mark (domain), vf_domain_xml_mark (again)) == 0);
}

static void
check_untouched (VfDomainXml *before, VfDomainXml *after)
{
    g_autoptr (VfDomainXml) result = vf_domain_edit_deactivate (after, before, after, NULL);

    FUZZ_ASSERT (result != NULL);
    FUZZ_ASSERT (strcmp (vf_domain_xml_text (result), vf_domain_xml_text (before)) == 0);
}

/* Whatever its owner has done, and whatever his mark says: none is left, and once more changes
 * nothing. */
static void
check_changed (VfDomainXml *current, VfDomainXml *before, VfDomainXml *after)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfDomainXml) result = vf_domain_edit_deactivate (current, before, after, &error);
    g_autoptr (VfDomainXml) again = NULL;

    FUZZ_ASSERT ((result != NULL) == (error == NULL));
    if (result == NULL || vf_domain_xml_equal (current, before))
        return;
    check_text (result);
    FUZZ_ASSERT (vf_domain_xml_mark (result) == NULL || vf_domain_xml_mark (before) != NULL);
    again = vf_domain_edit_deactivate (result, before, after, NULL);
    FUZZ_ASSERT (again != NULL && vf_domain_xml_equal (again, result));
}

static VfDomainXml *
activate (const VfDomainXml *before, guint8 how)
{
    g_autoptr (GPtrArray) inputs = (how & 1) != 0 ? make_inputs () : NULL;
    g_autoptr (GError) error = NULL;
    VfDomainXml *after = vf_domain_edit_activate (
        before, gpu, (how & 2) != 0 ? 1 : 2,
        (how & 4) != 0 ? VF_DISPLAY_PROFILE_KEEP : VF_DISPLAY_PROFILE_MONITOR, inputs, &error);

    FUZZ_ASSERT ((after != NULL) == (error == NULL));
    return after;
}

static void
read_facts (const VfDomainXml *domain)
{
    g_autoptr (VfDomainFacts) facts = vf_domain_facts_new (domain);

    FUZZ_ASSERT (facts != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    const char *text = (const char *) data + 1;
    gsize length = size > 0 ? strnlen (text, size - 1) : 0;
    g_autoptr (VfDomainXml) before = NULL;
    g_autoptr (VfDomainXml) after = NULL;
    g_autoptr (VfDomainXml) current = NULL;

    if (size == 0 || (before = vf_domain_xml_parse (text, (gssize) length, NULL)) == NULL)
        return 0;
    FUZZ_ASSERT (strlen (vf_domain_xml_text (before)) == length);
    read_facts (before);
    after = activate (before, data[0]);
    if (after == NULL)
        return 0;
    check_text (after);
    FUZZ_ASSERT (vf_domain_xml_mark (after) != NULL);
    check_untouched (before, after);
    if (length + 2 < size)
        current = vf_domain_xml_parse (text + length + 1, (gssize) (size - length - 2), NULL);
    if (current != NULL)
        check_changed (current, before, after);
    return 0;
}
