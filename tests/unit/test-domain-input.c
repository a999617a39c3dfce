/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keyboards and mice on their way into a domain and back: what the owner has himself stays his. */
#include "vf-domain-edit.h"

#include "domain-files.h"
#include "owner-edits.h"
#include "vf-error.h"

#include <string.h>

static const VfPciAddress gpu[] = { { 0, 1, 0, 0 }, { 0, 1, 0, 1 } };

#define KEYBOARD "/dev/input/by-id/usb-A_Keyboard-event-kbd"
#define MOUSE "/dev/input/by-id/usb-A_Mouse-event-mouse"
#define KEYBOARD_TEXT \
    "    <input type='evdev'>\n" \
    "      <source dev='" KEYBOARD "' grab='all' grabToggle='ctrl-ctrl' repeat='on'/>\n" \
    "    </input>\n"
#define MOUSE_TEXT \
    "    <input type='evdev'>\n" \
    "      <source dev='" MOUSE "'/>\n" \
    "    </input>\n"
#define USB_TEXT \
    "    <hostdev mode='subsystem' type='usb' managed='yes'>\n" \
    "      <source startupPolicy='optional'>\n" \
    "        <vendor id='0x1a2b'/>\n" \
    "        <product id='0x3c4d'/>\n" \
    "      </source>\n" \
    "    </hostdev>\n"

/* In an owner's own spelling. */
#define OWN_USB \
    "    <hostdev mode='subsystem' type='usb'>\n      <source>\n        <vendor id='0x1A2B'/>\n" \
    "        <product id='0x3C4D'/>\n      </source>\n    </hostdev>\n"

static VfDomainXml *
parse (const char *text)
{
    g_autoptr (GError) error = NULL;
    VfDomainXml *domain = vf_domain_xml_parse (text, -1, &error);

    g_assert_no_error (error);
    return domain;
}

static GPtrArray *
all_kinds (void)
{
    GPtrArray *inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_free);

    g_ptr_array_add (inputs, vf_input_new_evdev (KEYBOARD, NULL));
    g_ptr_array_add (inputs, vf_input_new_evdev (MOUSE, NULL));
    g_ptr_array_add (inputs, vf_input_new_usb ("1a2b:3c4d", NULL));
    return inputs;
}

static VfDomainXml *
activate (const VfDomainXml *before, GError **error)
{
    g_autoptr (GPtrArray) inputs = all_kinds ();

    return vf_domain_edit_activate (before, gpu, G_N_ELEMENTS (gpu), VF_DISPLAY_PROFILE_MONITOR,
                                    inputs, error);
}

static VfDomainXml *
deactivate (VfDomainXml *current, VfDomainXml *before, VfDomainXml *after)
{
    g_autoptr (GError) error = NULL;
    VfDomainXml *result = vf_domain_edit_deactivate (current, before, after, &error);

    g_assert_no_error (error);
    return result;
}

/* @text with the first @old replaced. */
static char *
replace (const char *text, const char *old, const char *new)
{
    const char *at = strstr (text, old);

    g_assert_nonnull (at);
    return g_strdup_printf ("%.*s%s%s", (int) (at - text), text, new, at + strlen (old));
}

static guint
count (const char *text, const char *part)
{
    guint n = 0;

    for (; (text = strstr (text, part)) != NULL; text++)
        n++;
    return n;
}

#define DOMAIN(devices) \
    "<domain>\n  <uuid>u</uuid>\n  <on_crash>destroy</on_crash>\n" \
    "  <os><type machine='q35'>hvm</type></os>\n  <devices>\n" devices \
    "    <memballoon model='none'/>\n  </devices>\n</domain>\n"

static void
test_form (void)
{
    g_autoptr (VfDomainXml) before = parse (DOMAIN (""));
    g_autoptr (VfDomainXml) after = activate (before, NULL);
    const char *text = vf_domain_xml_text (after);
    const char *usb = strstr (text, USB_TEXT);

    g_assert_nonnull (strstr (text, KEYBOARD_TEXT MOUSE_TEXT));
    g_assert_nonnull (usb);
    g_assert_nonnull (strstr (usb, "type='pci' managed='no'"));
    g_assert_nonnull (strstr (text, "profile=\"monitor\">\n"
                                    "      <virtflow:input evdev=\"" KEYBOARD "\"/>\n"
                                    "      <virtflow:input evdev=\"" MOUSE "\"/>\n"
                                    "      <virtflow:input usb=\"1a2b:3c4d\"/>\n"
                                    "    </virtflow:gpu>\n"));
}

/* The last input twice, and without the others. */
static void
test_wished_twice (void)
{
    g_autoptr (VfDomainXml) before = parse (DOMAIN (""));
    g_autoptr (GPtrArray) inputs = all_kinds ();
    g_autoptr (VfDomainXml) after = NULL;

    g_ptr_array_add (inputs, vf_input_copy (inputs->pdata[2]));
    g_ptr_array_add (inputs, vf_input_copy (inputs->pdata[0]));
    after = vf_domain_edit_activate (before, gpu, G_N_ELEMENTS (gpu), VF_DISPLAY_PROFILE_MONITOR,
                                     inputs, NULL);
    g_assert_cmpuint (count (vf_domain_xml_text (after), USB_TEXT), ==, 1);
    g_assert_cmpuint (count (vf_domain_xml_text (after), KEYBOARD_TEXT), ==, 1);
}

/* What is there already is not added, and stays when ours go. */
static void
test_owners_own (void)
{
    static const char *const own[] = {
        "    <input type='evdev'>\n      <source dev='" KEYBOARD "'/>\n    </input>\n",
        "    <input type='passthrough' bus='virtio'>\n      <source evdev='" MOUSE
        "'/>\n    </input>\n",
        OWN_USB,
    };

    for (gsize i = 0; i < G_N_ELEMENTS (own); i++) {
        g_autofree char *text = replace (DOMAIN (""), "    <memballoon", own[i]);
        g_autofree char *whole = replace (text, " model='none'/>\n", "");
        g_autoptr (VfDomainXml) before = parse (whole);
        g_autoptr (VfDomainXml) after = activate (before, NULL);
        g_autofree char *changed =
            replace (vf_domain_xml_text (after), "<on_crash>destroy", "<on_crash>restart");
        g_autoptr (VfDomainXml) current = parse (changed);
        g_autoptr (VfDomainXml) result = deactivate (current, before, after);

        g_assert_cmpuint (count (vf_domain_xml_text (after), "<virtflow:input"), ==, 2);
        g_assert_nonnull (strstr (vf_domain_xml_text (result), own[i]));
        g_assert_cmpuint (count (vf_domain_xml_text (result), "<input")
                              + count (vf_domain_xml_text (result), "<hostdev"),
                          ==, 1);
    }
}

/* Of each file in tests/domains nothing of ours is left, whatever the owner did meanwhile. */
static void
test_all_files (void)
{
    g_autoptr (GArray) files = domain_files_load (DOMAINS_FOLDER);

    for (guint i = 0; i < files->len; i++) {
        const DomainFile *file = &g_array_index (files, DomainFile, i);
        g_autoptr (GError) error = NULL;
        g_autoptr (VfDomainXml) after = activate (file->domain, &error);

        if (strstr (vf_domain_xml_text (file->domain), "type='usb' index='0' model='none'")) {
            g_assert_true (vf_error_is (error, VF_REASON_NO_USB));
            continue;
        }
        g_assert_no_error (error);
        for (guint k = 0; k < n_owner_edits; k++) {
            g_autofree char *edited = owner_edits[k].apply (vf_domain_xml_text (file->domain),
                                                            vf_domain_xml_text (after));
            g_autoptr (VfDomainXml) current = edited != NULL ? parse (edited) : NULL;
            g_autoptr (VfDomainXml) result =
                current != NULL ? deactivate (current, file->domain, after) : NULL;
            const char *text = result != NULL ? vf_domain_xml_text (result) : "";

            if (strstr (text, KEYBOARD) || strstr (text, MOUSE) || strstr (text, "0x3c4d"))
                g_error ("%s: %s: %s", file->name, owner_edits[k].name, text);
            if (owner_edits[k].keeps != NULL && result != NULL)
                g_assert_nonnull (strstr (text, owner_edits[k].keeps));
        }
    }
}

/* With a change that is none of devices the whole is as it was but for that change. */
static void
test_reversal_restores (void)
{
    g_autoptr (GArray) files = domain_files_load (DOMAINS_FOLDER);

    for (guint i = 0; i < files->len; i++) {
        const DomainFile *file = &g_array_index (files, DomainFile, i);
        g_autoptr (VfDomainXml) after = activate (file->domain, NULL);
        g_autofree char *expected = NULL;
        g_autofree char *changed = NULL;
        g_autoptr (VfDomainXml) wanted = NULL;
        g_autoptr (VfDomainXml) current = NULL;
        g_autoptr (VfDomainXml) result = NULL;

        if (after == NULL)
            continue;
        expected = replace (vf_domain_xml_text (file->domain), ">destroy</on_c", ">restart</on_c");
        changed = replace (vf_domain_xml_text (after), ">destroy</on_c", ">restart</on_c");
        wanted = parse (expected);
        current = parse (changed);
        result = deactivate (current, file->domain, after);
        if (!vf_domain_xml_equal (result, wanted))
            g_error ("%s: %s", file->name, vf_domain_xml_text (result));
    }
}

/* One of ours that the owner has set to another key is still ours; another device of the same kind
 * is not. */
static void
test_changed_by_owner (void)
{
    g_autoptr (VfDomainXml) before = parse (DOMAIN (""));
    g_autoptr (VfDomainXml) after = activate (before, NULL);
    g_autofree char *tuned = replace (vf_domain_xml_text (after), "ctrl-ctrl", "alt-alt");
    g_autofree char *changed = replace (tuned, "dev='" MOUSE, "dev='/dev/input/event7");
    g_autofree char *text = replace (changed, "'0x3c4d'", "'0x3c4e'");
    g_autoptr (VfDomainXml) current = parse (text);
    g_autoptr (VfDomainXml) result = deactivate (current, before, after);

    g_assert_null (strstr (vf_domain_xml_text (result), KEYBOARD));
    g_assert_nonnull (strstr (vf_domain_xml_text (result), "/dev/input/event7"));
    g_assert_nonnull (strstr (vf_domain_xml_text (result), "'0x3c4e'"));
}

/* Nobody kept the text after the activation: the mark of the domain itself tells. And a mark that
 * is no longer there is that of the kept text. */
static void
test_one_mark_is_enough (void)
{
    g_autoptr (VfDomainXml) before = parse (DOMAIN ("<graphics type='vnc'/>"));
    g_autoptr (VfDomainXml) after = activate (before, NULL);
    g_autoptr (VfDomainXml) guessed = vf_domain_edit_activate (
        before, gpu, G_N_ELEMENTS (gpu), VF_DISPLAY_PROFILE_MONITOR, NULL, NULL);
    g_autoptr (GRegex) metadata =
        g_regex_new (" *<metadata>.*</metadata>\n", G_REGEX_DOTALL, 0, NULL);
    g_autofree char *bare =
        g_regex_replace (metadata, vf_domain_xml_text (after), -1, 0, "", 0, NULL);
    g_autoptr (VfDomainXml) unmarked = parse (bare);
    g_autoptr (VfDomainXml) first = deactivate (after, before, guessed);
    g_autoptr (VfDomainXml) second = deactivate (unmarked, before, after);
    g_autoptr (VfDomainXml) third = deactivate (after, before, before);

    g_assert_true (vf_domain_xml_equal (first, before));
    g_assert_true (vf_domain_xml_equal (second, before));
    g_assert_null (strstr (vf_domain_xml_text (third), KEYBOARD));
}

/* A mark is text that anybody who may define the domain can write. */
static void
test_nonsense_in_mark (void)
{
    g_autoptr (VfDomainXml) before = parse (DOMAIN (""));
    g_autoptr (VfDomainXml) after = activate (before, NULL);
    g_autofree char *text = replace (vf_domain_xml_text (after), "<virtflow:input evdev=\"",
                                     "<virtflow:input/><virtflow:input usb=\"\"/><x/>"
                                     "<virtflow:input evdev=\"/etc/../");
    g_autoptr (VfDomainXml) current = parse (text);
    g_autoptr (VfDomainXml) result = deactivate (current, before, before);

    g_assert_nonnull (strstr (vf_domain_xml_text (result), KEYBOARD));
    g_assert_null (strstr (vf_domain_xml_text (result), MOUSE));
}

/* A forged mark takes away nothing that the VM had before, and only a note of ours is one. */
static void
test_forged_mark (void)
{
    static const char own[] = "    <hostdev mode='subsystem' type='usb' managed='yes'>\n"
                              "      <source>\n        <vendor id='0x1111'/>\n"
                              "        <product id='0x2222'/>\n      </source>\n"
                              "    </hostdev>\n"
                              "    <hostdev mode='subsystem' type='pci' managed='no'>\n"
                              "      <source>\n        <address domain='0x0000' bus='0x05' "
                              "slot='0x00' function='0x0'/>\n      </source>\n    </hostdev>\n";
    static const char added[] = "    <input type='evdev'>\n"
                                "      <source dev='/dev/input/by-id/usb-Z-event-mouse'/>\n"
                                "    </input>\n  </devices>";
    static const char forged[] =
        "<virtflow:input usb=\"1111:2222\"/><virtflow:hostdev address=\"0000:05:00.0\"/>"
        "<input evdev=\"/dev/input/by-id/usb-Z-event-mouse\"/>"
        "<virtflow:other evdev=\"/dev/input/by-id/usb-Z-event-mouse\"/>"
        "<x:input xmlns:x=\"urn:x\" evdev=\"/dev/input/by-id/usb-Z-event-mouse\"/>"
        "<virtflow:input evdev=\"";
    g_autoptr (VfDomainXml) before = parse (DOMAIN ("    <graphics type='vnc'/>\n"));
    g_autofree char *with_own =
        replace (vf_domain_xml_text (before), "  </devices>", "%OWN%  </devices>");
    g_autofree char *original_text = replace (with_own, "%OWN%", own);
    g_autoptr (VfDomainXml) original = parse (original_text);
    g_autoptr (VfDomainXml) after = activate (original, NULL);
    g_autofree char *more = replace (vf_domain_xml_text (after), "  </devices>", added);
    g_autofree char *text = replace (more, "<virtflow:input evdev=\"", forged);
    g_autoptr (VfDomainXml) current = parse (text);
    g_autoptr (VfDomainXml) result = deactivate (current, original, after);

    g_assert_nonnull (strstr (vf_domain_xml_text (result), "'0x1111'"));
    g_assert_nonnull (strstr (vf_domain_xml_text (result), "bus='0x05'"));
    g_assert_nonnull (strstr (vf_domain_xml_text (result), "usb-Z-event-mouse"));
    g_assert_null (strstr (vf_domain_xml_text (result), KEYBOARD));
    g_assert_null (vf_domain_xml_mark (result));
}

static void
test_without_usb (void)
{
    g_autoptr (VfDomainXml) before =
        parse (DOMAIN ("    <controller type='usb' index='0' model='none'/>\n"));
    g_autoptr (GPtrArray) inputs = all_kinds ();
    g_autoptr (GError) error = NULL;
    g_autoptr (VfDomainXml) after = NULL;

    g_assert_null (activate (before, &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_USB));
    g_ptr_array_remove_index (inputs, 2);
    after = vf_domain_edit_activate (before, gpu, G_N_ELEMENTS (gpu), VF_DISPLAY_PROFILE_MONITOR,
                                     inputs, NULL);
    g_assert_nonnull (strstr (vf_domain_xml_text (after), KEYBOARD_TEXT MOUSE_TEXT));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/domain-input/form", test_form);
    g_test_add_func ("/domain-input/wished-twice", test_wished_twice);
    g_test_add_func ("/domain-input/owners-own", test_owners_own);
    g_test_add_func ("/domain-input/all-files", test_all_files);
    g_test_add_func ("/domain-input/reversal-restores", test_reversal_restores);
    g_test_add_func ("/domain-input/changed-by-owner", test_changed_by_owner);
    g_test_add_func ("/domain-input/one-mark-is-enough", test_one_mark_is_enough);
    g_test_add_func ("/domain-input/nonsense-in-mark", test_nonsense_in_mark);
    g_test_add_func ("/domain-input/forged-mark", test_forged_mark);
    g_test_add_func ("/domain-input/without-usb", test_without_usb);
    return g_test_run ();
}
