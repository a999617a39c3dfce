/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every domain file through real libvirt: defined, activated, looked at, deactivated, and then the
 * text that it was before; and after each edit that its owner may make in between, a domain that
 * libvirt takes: domains-round-trip FOLDER [--every-edit]. TAP on standard output. */
#include "owner-edits.h"
#include "vf-domain-edit.h"
#include "vf-error.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

#define DUMP (VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE)

static const VfPciAddress gpu[] = { { 0, 1, 0, 0 }, { 0, 1, 0, 1 } };

/* What is given besides the GPU; VfInput. */
static GPtrArray *inputs;

static guint count;
static guint n_edits_all;

/* How many of the owner's edits each domain gets: all are tried, but each on a few domains only,
 * since a definition takes its time under emulation. */
static guint edits_per_file = 2;
static guint next_edit;

static void
report (gboolean good, const char *file, const char *what, const char *detail)
{
    count++;
    if (!good && detail != NULL)
        g_print ("%s\n", detail);
    g_print ("%sok %u - %s: %s\n", good ? "" : "not ", count, file, what);
}

/* Defines @text and returns what libvirt makes of it; the caller owns it. */
static char *
define (virConnect *connection, const char *text)
{
    virDomain *domain = virDomainDefineXMLFlags (connection, text, VIR_DOMAIN_DEFINE_VALIDATE);
    char *dump;

    if (domain == NULL)
        return NULL;
    dump = virDomainGetXMLDesc (domain, DUMP);
    virDomainFree (domain);
    return dump;
}

static void
undefine (virConnect *connection, const char *text)
{
    g_autoptr (VfDomainXml) domain_xml = vf_domain_xml_parse (text, -1, NULL);
    virDomain *domain = virDomainLookupByUUIDString (connection, vf_domain_xml_uuid (domain_xml));

    if (domain == NULL)
        return;
    virDomainUndefineFlags (domain, VIR_DOMAIN_UNDEFINE_NVRAM);
    virDomainFree (domain);
}

/* Whether one of ours is there. */
static gboolean
has_input (const char *text)
{
    return strstr (text, "/dev/input/by-id/lab-event-") != NULL
           || strstr (text, "<product id='0x3c4d'/>") != NULL;
}

/* None of the removed kinds but libvirt's own <audio type='none'/>, and the agent's channel. */
static char *
find_fault (const char *before, const char *after)
{
    static const char *const kinds[] = { "<sound", "<graphics", "<video", "spicevmc", "spiceport" };
    static const char agent[] = "org.qemu.guest_agent.0";
    const char *audio = after;

    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
        if (strstr (after, kinds[i]) != NULL)
            return g_strdup_printf ("it still has %s", kinds[i]);
    }
    while ((audio = strstr (audio, "<audio ")) != NULL) {
        if (!g_str_has_prefix (audio, "<audio id='1' type='none'/>"))
            return g_strdup ("it still has audio");
        audio++;
    }
    if (strstr (before, agent) != NULL && strstr (after, agent) == NULL)
        return g_strdup ("the agent's channel is gone");
    if (!has_input (after))
        return g_strdup ("it has no keyboard");
    return NULL;
}

static gboolean
is_on_one_slot (const char *after)
{
    g_autoptr (VfDomainXml) domain = vf_domain_xml_parse (after, -1, NULL);
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (domain);
    const VfDomainHostdev *ours[2] = { NULL, NULL };

    for (guint i = 0; i < hostdevs->len; i++) {
        const VfDomainHostdev *hostdev = &g_array_index (hostdevs, VfDomainHostdev, i);

        for (guint j = 0; j < G_N_ELEMENTS (gpu); j++) {
            if (vf_pci_address_equal (hostdev->source, gpu[j]) && !hostdev->managed)
                ours[j] = hostdev;
        }
    }
    return ours[0] != NULL && ours[1] != NULL && ours[0]->has_guest && ours[1]->has_guest
           && vf_pci_address_same_slot (ours[0]->guest, ours[1]->guest)
           && ours[0]->guest.function == 0 && ours[1]->guest.function == 1;
}

static void
deactivate (virConnect *connection, const char *file, const char *before, const char *after)
{
    g_autoptr (VfDomainXml) old = vf_domain_xml_parse (before, -1, NULL);
    g_autoptr (VfDomainXml) current = vf_domain_xml_parse (after, -1, NULL);
    g_autoptr (VfDomainXml) stored = vf_domain_xml_parse (after, -1, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (VfDomainXml) restored = NULL;
    g_autofree char *text = NULL;

    restored = vf_domain_edit_deactivate (current, old, stored, &error);
    text = restored != NULL ? define (connection, vf_domain_xml_text (restored)) : NULL;
    report (g_strcmp0 (text, before) == 0, file, "deactivated it is the text before", text);
}

/* What is wrong with the domain that was activated, edited by its owner and deactivated; NULL if
 * nothing is, or if libvirt refused the edit itself, which is then not counted. */
static char *
find_fault_after_edit (virConnect *connection,
                       const char *before,
                       const char *after,
                       const OwnerEdit *edit,
                       guint *n_edits)
{
    g_autofree char *edited = edit->apply (before, after);
    g_autofree char *dump = edited != NULL ? define (connection, edited) : NULL;
    g_autoptr (VfDomainXml) old = vf_domain_xml_parse (before, -1, NULL);
    g_autoptr (VfDomainXml) stored = vf_domain_xml_parse (after, -1, NULL);
    g_autoptr (VfDomainXml) current = NULL;
    g_autoptr (VfDomainXml) restored = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;

    if (dump == NULL)
        return NULL;
    (*n_edits)++;
    current = vf_domain_xml_parse (dump, -1, NULL);
    restored = vf_domain_edit_deactivate (current, old, stored, &error);
    if (restored == NULL)
        return g_strdup_printf ("%s: %s", edit->name, error->message);
    text = define (connection, vf_domain_xml_text (restored));
    if (text == NULL)
        return g_strdup_printf ("%s: %s\n%s", edit->name, virGetLastErrorMessage (),
                                vf_domain_xml_text (restored));
    if (has_input (text))
        return g_strdup_printf ("%s: an input is left\n%s", edit->name, text);
    if (edit->keeps != NULL && strstr (dump, edit->keeps) != NULL
        && strstr (text, edit->keeps) == NULL)
        return g_strdup_printf ("%s: it is lost\n%s", edit->name, text);
    return NULL;
}

static void
try_edits (virConnect *connection, const char *file, const char *before, const char *after)
{
    g_autoptr (GString) faults = g_string_new (NULL);
    guint n_edits = 0;

    for (guint i = 0; i < edits_per_file; i++) {
        const OwnerEdit *edit = &owner_edits[next_edit++ % n_owner_edits];
        g_autofree char *fault = find_fault_after_edit (connection, before, after, edit, &n_edits);

        if (fault != NULL)
            g_string_append_printf (faults, "%s\n", fault);
    }
    report (faults->len == 0, file, "deactivated after edits by its owner", faults->str);
    n_edits_all += n_edits;
}

/* Where USB is switched off only the USB device is refused. */
static VfDomainXml *
activate (const VfDomainXml *before, GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (GPtrArray) without_usb = g_ptr_array_new ();
    VfDomainXml *after = vf_domain_edit_activate (before, gpu, G_N_ELEMENTS (gpu),
                                                  VF_DISPLAY_PROFILE_MONITOR, inputs, &failure);

    if (!vf_error_is (failure, VF_REASON_NO_USB)) {
        if (failure != NULL)
            g_propagate_error (error, g_steal_pointer (&failure));
        return after;
    }
    for (guint i = 0; i + 1 < inputs->len; i++)
        g_ptr_array_add (without_usb, inputs->pdata[i]);
    return vf_domain_edit_activate (before, gpu, G_N_ELEMENTS (gpu), VF_DISPLAY_PROFILE_MONITOR,
                                    without_usb, error);
}

static void
try_file (virConnect *connection, const char *folder, const char *file)
{
    g_autofree char *path = g_build_filename (folder, file, NULL);
    g_autofree char *text = NULL;
    g_autofree char *first = NULL;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *fault = NULL;
    g_autoptr (VfDomainXml) parsed = NULL;
    g_autoptr (VfDomainXml) activated = NULL;
    g_autoptr (GError) error = NULL;

    g_file_get_contents (path, &text, NULL, NULL);
    first = define (connection, text);
    before = first != NULL ? define (connection, first) : NULL;
    report (before != NULL, file, "libvirt takes it", virGetLastErrorMessage ());
    if (before == NULL)
        return;
    parsed = vf_domain_xml_parse (before, -1, &error);
    activated = parsed != NULL ? activate (parsed, &error) : NULL;
    if (activated == NULL && vf_error_is (error, VF_REASON_NO_FREE_SLOT)) {
        report (strstr (file, "full") != NULL, file, "refused: no free slot", error->message);
    } else {
        after = activated != NULL ? define (connection, vf_domain_xml_text (activated)) : NULL;
        report (after != NULL, file, "activated libvirt takes it",
                error != NULL ? error->message : virGetLastErrorMessage ());
    }
    if (after != NULL) {
        fault = find_fault (before, after);
        report (fault == NULL, file, "none of what had to go, and the agent", fault);
        report (is_on_one_slot (after), file, "both functions on one slot", after);
        deactivate (connection, file, before, after);
        try_edits (connection, file, before, after);
    }
    undefine (connection, before);
}

static void
be_silent (void *data, virErrorPtr error)
{
}

int
main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GDir) folder = NULL;
    virConnect *connection;
    const char *file;
    guint files = 0;

    virSetErrorFunc (NULL, be_silent);
    inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) vf_input_free);
    g_ptr_array_add (inputs, vf_input_new_evdev ("/dev/input/by-id/lab-event-kbd", NULL));
    g_ptr_array_add (inputs, vf_input_new_evdev ("/dev/input/by-id/lab-event-mouse", NULL));
    g_ptr_array_add (inputs, vf_input_new_usb ("1a2b:3c4d", NULL));
    connection = virConnectOpen ("qemu:///system");
    if (argc == 3 && strcmp (argv[2], "--every-edit") == 0)
        edits_per_file = n_owner_edits;
    folder = argc == 2 || edits_per_file == n_owner_edits ? g_dir_open (argv[1], 0, &error) : NULL;
    if (connection == NULL || folder == NULL) {
        g_printerr ("usage: domains-round-trip FOLDER [--every-edit], with libvirt running\n");
        return 2;
    }
    while ((file = g_dir_read_name (folder)) != NULL) {
        if (g_str_has_suffix (file, ".xml")) {
            try_file (connection, argv[1], file);
            files++;
        }
    }
    report (files >= 40, "all", "there are 40 domains or more", NULL);
    report (n_edits_all >= 40, "all", "libvirt took 40 edits by owners or more", NULL);
    g_print ("# %u edits by owners\n", n_edits_all);
    g_ptr_array_unref (inputs);
    virConnectClose (connection);
    g_print ("1..%u\n", count);
    return 0;
}
