/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which hostdevs are ours where only the domain's text tells. */
#include "vf-domain-gpu.h"

#include "vf-error.h"

#include <string.h>

#define HOSTDEV(managed, bus, function, guest, guest_function) \
    "<hostdev mode='subsystem' type='pci' managed='" managed "'><source>" \
    "<address domain='0' bus='" bus "' slot='0' function='" function "'/></source>" \
    "<address type='pci' domain='0' bus='" guest "' slot='0' function='" guest_function "'/>" \
    "</hostdev>"
#define GPU HOSTDEV ("no", "1", "0", "3", "0") HOSTDEV ("no", "1", "1", "3", "1")
#define SINGLE_GPU HOSTDEV ("no", "1", "0", "3", "0")
#define NIC HOSTDEV ("no", "5", "0", "4", "0")
#define USB "<hostdev mode='subsystem' type='usb' managed='no'/>"

static const struct {
    const char *name;
    const char *devices;
    const char *found; /* NULL: refused */
} cases[] = {
    { "gpu", GPU, "0000:01:00.0 0000:01:00.1 " },
    { "single", SINGLE_GPU, "0000:01:00.0 " },
    { "nothing", USB, "" },
    { "nic-first", NIC USB GPU, "0000:01:00.0 0000:01:00.1 " },
    { "managed-nic-last", GPU HOSTDEV ("yes", "5", "0", "4", "0"), "0000:01:00.0 0000:01:00.1 " },
    { "interface-last",
      GPU "<interface type='hostdev' managed='no'><source><address type='pci' domain='0' bus='5' "
          "slot='0' function='0'/></source></interface>",
      "0000:01:00.0 0000:01:00.1 " },
    /* libvirt gives each function that the owner adds a slot of its own. */
    { "ports-of-a-nic-last", GPU HOSTDEV ("no", "5", "1", "4", "0"), "0000:01:00.0 0000:01:00.1 " },
    { "only-a-port-of-a-nic", HOSTDEV ("no", "5", "1", "4", "0"), "" },
    { "nic-last", GPU NIC, NULL },
    { "both-single", NIC SINGLE_GPU, NULL },
    { "both-of-several", HOSTDEV ("no", "5", "0", "4", "0") HOSTDEV ("no", "5", "1", "4", "1") GPU,
      NULL },
};

static void
test_guess (gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE (data);
    g_autofree char *text = g_strdup_printf (
        "<domain><name>guest</name><uuid>u</uuid><devices>%s</devices></domain>", cases[i].devices);
    g_autoptr (VfDomainXml) domain = vf_domain_xml_parse (text, -1, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) functions = vf_domain_gpu_guess (domain, &error);
    g_autoptr (GString) found = g_string_new (NULL);

    for (guint k = 0; functions != NULL && k < functions->len; k++)
        g_string_append_printf (
            found, "%s ", vf_pci_address_format (g_array_index (functions, VfPciAddress, k)).text);
    if (cases[i].found != NULL) {
        g_assert_no_error (error);
        g_assert_cmpstr (found->str, ==, cases[i].found);
    } else {
        g_assert_true (vf_error_is (error, VF_REASON_HOSTDEV_BY_HAND));
        g_assert_nonnull (strstr (error->message, "0000:05:00.0"));
    }
}

static void
test_known (void)
{
    g_autoptr (VfDomainXml) domain = vf_domain_xml_parse (
        "<domain><devices>" NIC GPU HOSTDEV ("yes", "1", "2", "6", "0") "</devices></domain>", -1,
        NULL);
    g_autoptr (GArray) functions =
        vf_domain_gpu_functions (domain, (VfPciAddress){ .bus = 1, .function = 0 });

    g_assert_cmpuint (functions->len, ==, 2);
    g_assert_cmpuint (g_array_index (functions, VfPciAddress, 1).function, ==, 1);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strconcat ("/domain-gpu/guess/", cases[i].name, NULL);

        g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_guess);
    }
    g_test_add_func ("/domain-gpu/known", test_known);
    return g_test_run ();
}
