/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way back from an activation: untouched, after each edit an owner may make, and after several.
 */
#include "vf-domain-edit.h"

#include "domain-files.h"
#include "owner-edits.h"
#include "vf-error.h"

#include <string.h>

static const VfPciAddress gpu[] = { { 0, 1, 0, 0 }, { 0, 1, 0, 1 } };

#define MANAGED "managed='yes'>\n      <source>\n        <address domain='0x0000' bus='0x01'"

static VfDomainXml *
parse (const char *text)
{
    g_autoptr (GError) error = NULL;
    VfDomainXml *domain = vf_domain_xml_parse (text, -1, &error);

    g_assert_no_error (error);
    return domain;
}

static VfDomainXml *
activate (const VfDomainXml *before)
{
    g_autoptr (GError) error = NULL;
    VfDomainXml *after = vf_domain_edit_activate (before, gpu, G_N_ELEMENTS (gpu),
                                                  VF_DISPLAY_PROFILE_MONITOR, NULL, &error);

    g_assert_no_error (error);
    return after;
}

static VfDomainXml *
deactivate (VfDomainXml *current, VfDomainXml *before, VfDomainXml *after)
{
    g_autoptr (GError) error = NULL;
    VfDomainXml *result = vf_domain_edit_deactivate (current, before, after, &error);

    g_assert_no_error (error);
    return result;
}

/* What libvirt adds to every domain without audio. */
static VfDomainXml *
with_implicit_audio (const VfDomainXml *domain)
{
    const char *text = vf_domain_xml_text (domain);
    const char *end = strstr (text, "  </devices>");
    g_autofree char *more =
        g_strdup_printf ("%.*s    <audio id='1' type='none'/>\n%s", (int) (end - text), text, end);

    return parse (more);
}

/* A match of the pattern's first group that is there twice; NULL if there is none. */
static char *
find_twice (const char *text, const char *pattern)
{
    g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
         g_match_info_next (match, NULL)) {
        g_autofree char *found = g_match_info_fetch (match, 1);

        if (!g_hash_table_add (seen, g_strdup (found)))
            return g_steal_pointer (&found);
    }
    return NULL;
}

/* The id of an <audio> that a device names and that is not there. */
static char *
find_missing_audio (const char *text)
{
    g_autoptr (GRegex) regex = g_regex_new ("<audio id='(\\w*)'/>", 0, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
         g_match_info_next (match, NULL)) {
        g_autofree char *id = g_match_info_fetch (match, 1);
        g_autofree char *wanted = g_strdup_printf ("<audio id='%s' type", id);

        if (strstr (text, wanted) == NULL)
            return g_steal_pointer (&id);
    }
    return NULL;
}

/* The port of a device that is plugged into a hub that is not there. */
static char *
find_missing_hub (const char *text)
{
    g_autoptr (GRegex) regex = g_regex_new ("port='([0-9.]*)\\.[0-9]*'/>", 0, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
         g_match_info_next (match, NULL)) {
        g_autofree char *port = g_match_info_fetch (match, 1);
        g_autofree char *wanted = g_strdup_printf (
            "<hub type='usb'>\n      <address type='usb' bus='0' port='%s'/>", port);

        if (strstr (text, wanted) == NULL)
            return g_steal_pointer (&port);
    }
    return NULL;
}

/* What libvirt would refuse in a domain: the same thing twice, a SPICE device without SPICE, a USB
 * device without USB, a name of nothing. NULL if it is sound. */
static char *
find_flaw (const char *text)
{
    static const char *const once[] = {
        "(<address type='pci' domain='\\w*' bus='\\w*' slot='\\w*' function='\\w*')",
        "(<address type='(?:usb|virtio-serial|ccid)'[^>]*)",
        "<graphics type='(\\w*)'",
        "<audio id='(\\w*)' type",
        "<alias name='(\\S*)'",
        "<boot order='(\\w*)'",
        "<mac address='(\\S*)'",
        "(<smartcard)",
        "(<target type='serial')",
        "(<gl enable='yes'|egl-headless)",
    };
    static const char *const spice[] = { "type='spicevmc'", "type='spiceport'", "type='spice'" };
    static const char *const usb[] = { "bus='usb'", "model='usb'", "type='ccid'", "'usb' managed" };
    g_autoptr (VfDomainXml) domain = parse (text);
    char *flaw;

    g_assert_nonnull (domain);
    for (guint i = 0; i < G_N_ELEMENTS (once); i++) {
        if ((flaw = find_twice (text, once[i])) != NULL)
            return flaw;
    }
    for (guint i = 0; i < G_N_ELEMENTS (spice); i++) {
        if (strstr (text, "<graphics type='spice'") == NULL && strstr (text, spice[i]) != NULL)
            return g_strdup (spice[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS (usb); i++) {
        if (strstr (text, "type='usb' index='0' model='none'") != NULL
            && strstr (text, usb[i]) != NULL)
            return g_strdup (usb[i]);
    }
    if (strstr (text, "<os>") != NULL && strstr (text, "<boot dev") != NULL
        && strstr (text, "<boot order") != NULL)
        return g_strdup ("boot order");
    if ((flaw = find_missing_hub (text)) != NULL)
        return flaw;
    return find_missing_audio (text);
}

static void
assert_sound (const char *what, const char *text)
{
    g_autofree char *flaw = find_flaw (text);

    if (flaw != NULL)
        g_error ("%s: %s in %s", what, flaw, text);
}

static void
test_untouched (void)
{
    g_autoptr (GArray) files = domain_files_load (DOMAINS_FOLDER);

    for (guint i = 0; i < files->len; i++) {
        VfDomainXml *before = g_array_index (files, DomainFile, i).domain;
        g_autoptr (VfDomainXml) after = activate (before);
        g_autoptr (VfDomainXml) dumped = with_implicit_audio (after);
        g_autoptr (VfDomainXml) result = deactivate (after, before, after);
        g_autoptr (VfDomainXml) other = deactivate (dumped, before, after);

        g_assert_cmpstr (vf_domain_xml_text (result), ==, vf_domain_xml_text (before));
        g_assert_cmpstr (vf_domain_xml_text (other), ==, vf_domain_xml_text (before));
    }
}

/* With a change that means something, but nothing to devices, all of them come back as they were.
 */
static void
test_reversal_restores (void)
{
    g_autoptr (GArray) files = domain_files_load (DOMAINS_FOLDER);

    for (guint i = 0; i < files->len; i++) {
        const DomainFile *file = &g_array_index (files, DomainFile, i);
        g_autoptr (VfDomainXml) after = activate (file->domain);
        g_autoptr (VfDomainXml) dumped = with_implicit_audio (after);
        g_auto (GStrv) then =
            g_strsplit (vf_domain_xml_text (file->domain), "<on_crash>destroy", -1);
        g_auto (GStrv) now = g_strsplit (vf_domain_xml_text (dumped), "<on_crash>destroy", -1);
        g_autofree char *expected = g_strjoinv ("<on_crash>restart", then);
        g_autofree char *changed = g_strjoinv ("<on_crash>restart", now);
        g_autoptr (VfDomainXml) wanted = parse (expected);
        g_autoptr (VfDomainXml) current = parse (changed);
        g_autoptr (VfDomainXml) result = deactivate (current, file->domain, dumped);

        if (!vf_domain_xml_equal (result, wanted))
            g_error ("%s: %s", file->name, vf_domain_xml_text (result));
    }
}

/* Whether the edit was one that libvirt would have taken. */
static gboolean
check_edit (const DomainFile *file, VfDomainXml *after, const char *edited, const OwnerEdit *edit)
{
    g_autofree char *flaw = find_flaw (edited);
    g_autofree char *what = g_strdup_printf ("%s: %s", file->name, edit->name);
    g_autoptr (VfDomainXml) current = parse (edited);
    g_autoptr (VfDomainXml) result = deactivate (current, file->domain, after);
    g_autoptr (VfDomainXml) again = deactivate (result, file->domain, after);
    const char *text = vf_domain_xml_text (result);

    if (flaw != NULL)
        return FALSE;
    assert_sound (what, text);
    assert_sound (what, vf_domain_xml_text (again));
    g_assert_null (vf_domain_xml_mark (result));
    if (strstr (edited, MANAGED) == NULL)
        g_assert_null (strstr (text, "<address domain='0x0000' bus='0x01' slot='0x00'"));
    if (edit->keeps != NULL && strstr (text, edit->keeps) == NULL)
        g_error ("%s is lost: %s", what, text);
    return TRUE;
}

static void
test_each_edit (void)
{
    g_autoptr (GArray) files = domain_files_load (DOMAINS_FOLDER);
    guint applied[100] = { 0 };

    g_assert_cmpuint (n_owner_edits, <, G_N_ELEMENTS (applied));
    for (guint i = 0; i < files->len; i++) {
        const DomainFile *file = &g_array_index (files, DomainFile, i);
        g_autoptr (VfDomainXml) bare = activate (file->domain);
        g_autoptr (VfDomainXml) after = with_implicit_audio (bare);

        for (guint k = 0; k < n_owner_edits; k++) {
            g_autofree char *edited = owner_edits[k].apply (vf_domain_xml_text (file->domain),
                                                            vf_domain_xml_text (after));

            if (edited == NULL)
                continue;
            if (check_edit (file, after, edited, &owner_edits[k]))
                applied[k]++;
        }
    }
    for (guint k = 0; k < n_owner_edits; k++) {
        if (applied[k] == 0)
            g_error ("'%s' fits no domain", owner_edits[k].name);
    }
}

static void
test_several_edits (void)
{
    g_autoptr (GArray) files = domain_files_load (DOMAINS_FOLDER);
    guint tried = 0;

    for (guint round = 0; round < 800; round++) {
        const DomainFile *file =
            &g_array_index (files, DomainFile, (guint) g_test_rand_int_range (0, (int) files->len));
        const char *before = vf_domain_xml_text (file->domain);
        g_autoptr (VfDomainXml) bare = activate (file->domain);
        g_autoptr (VfDomainXml) after = with_implicit_audio (bare);
        g_autofree char *text = g_strdup (vf_domain_xml_text (after));
        static const OwnerEdit several = { "several edits", NULL, NULL };

        for (int left = g_test_rand_int_range (2, 6); left > 0; left--) {
            const OwnerEdit *edit =
                &owner_edits[g_test_rand_int_range (0, (int) n_owner_edits - 1)];
            char *next = edit->apply (before, text);

            if (next != NULL) {
                g_free (text);
                text = next;
            }
        }
        if (check_edit (file, after, text, &several))
            tried++;
    }
    g_assert_cmpuint (tried, >, 200);
}

static void
test_profile_keep (void)
{
    g_autoptr (VfDomainXml) before =
        parse ("<domain><uuid>u</uuid><os><type machine='q35'>hvm</type></os><devices>"
               "<graphics type='vnc'/><video><model type='vga'/></video></devices></domain>");
    g_autoptr (GError) error = NULL;
    g_autoptr (VfDomainXml) after = vf_domain_edit_activate (before, gpu, G_N_ELEMENTS (gpu),
                                                             VF_DISPLAY_PROFILE_KEEP, NULL, &error);
    g_auto (GStrv) parts = g_strsplit (vf_domain_xml_text (after), "<graphics type='vnc'/>", -1);
    g_autofree char *changed = g_strjoinv ("", parts);
    g_autoptr (VfDomainXml) current = parse (changed);
    g_autoptr (VfDomainXml) result = deactivate (current, before, after);

    /* Activation did not take the display out: the owner did. */
    g_assert_null (strstr (vf_domain_xml_text (result), "<graphics"));
    g_assert_nonnull (strstr (vf_domain_xml_text (result), "<video"));
    g_assert_null (strstr (vf_domain_xml_text (result), "<hostdev"));
}

static void
test_metadata_of_owner_stays (void)
{
    g_autoptr (VfDomainXml) before =
        parse ("<domain><uuid>u</uuid><os><type machine='q35'>hvm</type></os><devices/></domain>");
    g_autoptr (VfDomainXml) after = activate (before);
    g_auto (GStrv) parts = g_strsplit (vf_domain_xml_text (after), "<metadata>", -1);
    g_autofree char *changed = g_strjoinv ("<metadata><x:y xmlns:x='z'/>", parts);
    g_autoptr (VfDomainXml) current = parse (changed);
    g_autoptr (VfDomainXml) result = deactivate (current, before, after);

    g_assert_nonnull (strstr (vf_domain_xml_text (result), "<x:y xmlns:x=\"z\"/>"));
    g_assert_null (strstr (vf_domain_xml_text (result), "virtflow"));
}

static void
test_another_domain (void)
{
    g_autoptr (VfDomainXml) before =
        parse ("<domain><uuid>u</uuid><os><type machine='q35'>hvm</type></os><devices/></domain>");
    g_autoptr (VfDomainXml) after = activate (before);
    g_autoptr (VfDomainXml) other = parse ("<domain><uuid>v</uuid><devices/></domain>");
    g_autoptr (VfDomainXml) empty = parse ("<domain><uuid>u</uuid></domain>");
    g_autoptr (VfDomainXml) result = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_null (vf_domain_edit_deactivate (other, before, after, &error));
    g_assert_true (vf_error_is (error, VF_REASON_DOMAIN_CHANGED));
    g_clear_error (&error);
    g_assert_null (vf_domain_edit_deactivate (empty, before, after, &error));
    g_assert_true (vf_error_is (error, VF_REASON_INVALID_DOMAIN_XML));
    g_clear_error (&error);
    result = vf_domain_edit_deactivate (after, empty, before, &error);
    g_assert_nonnull (result);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/domain-deactivate/untouched", test_untouched);
    g_test_add_func ("/domain-deactivate/reversal-restores", test_reversal_restores);
    g_test_add_func ("/domain-deactivate/each-edit", test_each_edit);
    g_test_add_func ("/domain-deactivate/several-edits", test_several_edits);
    g_test_add_func ("/domain-deactivate/profile-keep", test_profile_keep);
    g_test_add_func ("/domain-deactivate/metadata-of-owner-stays", test_metadata_of_owner_stays);
    g_test_add_func ("/domain-deactivate/another-domain", test_another_domain);
    return g_test_run ();
}
