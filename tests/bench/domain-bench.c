/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long the edit of a large domain takes: parse, activate and deactivate 100 KiB. */
#include "vf-domain-edit.h"

#define ROUNDS 10

static const VfPciAddress gpu[] = { { 0, 1, 0, 0 }, { 0, 1, 0, 1 } };

/* A domain with metadata of somebody else's that fills it up. */
static char *
make_domain (gsize size)
{
    GString *text = g_string_new ("<domain type='qemu'>\n  <name>large</name>\n"
                                  "  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>\n"
                                  "  <metadata>\n");

    for (guint i = 0; text->len < size; i++)
        g_string_append_printf (text,
                                "    <note:entry xmlns:note='https://example.org/note' id='%u'>"
                                "something to keep</note:entry>\n",
                                i);
    g_string_append (text, "  </metadata>\n  <devices>\n"
                           "    <controller type='pci' index='0' model='pcie-root'/>\n"
                           "    <graphics type='spice' passwd='secret'/>\n"
                           "    <video>\n      <model type='qxl'/>\n    </video>\n"
                           "  </devices>\n</domain>\n");
    return g_string_free (text, FALSE);
}

static void
edit (const char *text)
{
    g_autoptr (VfDomainXml) before = vf_domain_xml_parse (text, -1, NULL);
    g_autoptr (VfDomainXml) after = vf_domain_edit_activate (
        before, gpu, G_N_ELEMENTS (gpu), VF_DISPLAY_PROFILE_MONITOR, NULL, NULL);
    g_autoptr (VfDomainXml) again = vf_domain_edit_deactivate (after, before, after, NULL);

    g_assert_nonnull (again);
}

static int
compare (gconstpointer a, gconstpointer b)
{
    const gint64 *first = a;
    const gint64 *second = b;

    return (*first > *second) - (*first < *second);
}

int
main (void)
{
    g_autofree char *text = make_domain (100 * 1024);
    g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

    for (int i = 0; i < ROUNDS; i++) {
        gint64 started = g_get_monotonic_time ();
        gint64 taken;

        edit (text);
        taken = g_get_monotonic_time () - started;
        g_array_append_val (times, taken);
    }
    g_array_sort (times, compare);
    g_print ("activate and deactivate edit of a 100 KiB domain\t%.2f\tms\t5\n",
             (double) g_array_index (times, gint64, ROUNDS / 2) / 1000);
    return 0;
}
