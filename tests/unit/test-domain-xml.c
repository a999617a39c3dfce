/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a domain's text must be to be read, and what is read in it. */
#include "vf-domain-xml.h"

#include "vf-error.h"

#include <string.h>

static VfDomainXml *
parse (const char *text)
{
    g_autoptr (GError) error = NULL;
    VfDomainXml *domain = vf_domain_xml_parse (text, -1, &error);

    g_assert_no_error (error);
    return domain;
}

static void
test_reads (void)
{
    g_autoptr (VfDomainXml) domain =
        parse ("<domain type='kvm'><name>a &lt;b&gt;</name><uuid>u</uuid><devices/></domain>");

    g_assert_cmpstr (vf_domain_xml_name (domain), ==, "a <b>");
    g_assert_cmpstr (vf_domain_xml_uuid (domain), ==, "u");
    g_assert_null (vf_domain_xml_mark (domain));
    g_assert_cmpstr (
        vf_domain_xml_text (domain), ==,
        "<domain type='kvm'><name>a &lt;b&gt;</name><uuid>u</uuid><devices/></domain>");
}

static void
test_nameless (void)
{
    g_autoptr (VfDomainXml) domain = parse ("<domain/>");
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (domain);

    g_assert_null (vf_domain_xml_name (domain));
    g_assert_null (vf_domain_xml_uuid (domain));
    g_assert_cmpuint (hostdevs->len, ==, 0);
}

static void
test_hostdevs (void)
{
    g_autoptr (VfDomainXml) domain = parse (
        "<domain><devices>"
        "<hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source>"
        "</hostdev>"
        "<hostdev mode='subsystem' type='pci' managed='yes'><source>"
        "<address domain='0x0000' bus='0x0a' slot='0x1f' function='0x7'/></source>"
        "<address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x1'/></hostdev>"
        "<hostdev mode='subsystem' type='pci'><source><address bus='3' slot='0'/></source>"
        "<address type='unassigned'/></hostdev>"
        "<interface type='hostdev'><source>"
        "<address type='pci' domain='65536' bus='4' slot='1' function='2'/></source></interface>"
        "<disk type='nvme' device='disk'><source type='pci' managed='yes' namespace='1'>"
        "<address domain='0' bus='5' slot='0' function='0'/></source></disk>"
        "<hostdev mode='subsystem' type='pci'><source><address bus='300'/></source></hostdev>"
        "<hostdev mode='subsystem' type='pci'/>"
        "</devices></domain>");
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (domain);
    const VfDomainHostdev *found = (const VfDomainHostdev *) (void *) hostdevs->data;
    static const VfPciAddress sources[] = {
        { 0, 10, 31, 7 }, { 0, 3, 0, 0 }, { 65536, 4, 1, 2 }, { 0, 5, 0, 0 }
    };

    g_assert_cmpuint (hostdevs->len, ==, G_N_ELEMENTS (sources));
    for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
        g_assert_true (vf_pci_address_equal (found[i].source, sources[i]));
    g_assert_true (found[0].managed);
    g_assert_false (found[1].managed);
    g_assert_false (found[2].managed);
    g_assert_true (found[3].managed);
    g_assert_true (found[0].has_guest);
    g_assert_true (vf_pci_address_equal (found[0].guest, (VfPciAddress){ 0, 5, 0, 1 }));
    g_assert_false (found[1].has_guest);
}

static void
test_mark (void)
{
    static const struct {
        const char *metadata, *mark;
    } cases[] = {
        { "<v:gpu xmlns:v='" VF_DOMAIN_XML_NAMESPACE "' profile='monitor'/>", "monitor" },
        { "<gpu xmlns='" VF_DOMAIN_XML_NAMESPACE "' profile='keep'/>", "keep" },
        { "<v:gpu xmlns:v='" VF_DOMAIN_XML_NAMESPACE "'/>", "" },
        { "<x:gpu xmlns:x='other'/><v:gpu xmlns:v='" VF_DOMAIN_XML_NAMESPACE "' profile='&lt;'/>",
          "<" },
        { "<gpu profile='monitor'/>", NULL },
        { "<x:y xmlns:x='z'><v:gpu xmlns:v='" VF_DOMAIN_XML_NAMESPACE "'/></x:y>", NULL },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *text =
            g_strdup_printf ("<domain><metadata>%s</metadata></domain>", cases[i].metadata);
        g_autoptr (VfDomainXml) domain = parse (text);

        g_assert_cmpstr (vf_domain_xml_mark (domain), ==, cases[i].mark);
    }
}

static void
assert_refused (const char *text, gssize length)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (vf_domain_xml_parse (text, length, &error));
    g_assert_true (vf_error_is (error, VF_REASON_INVALID_DOMAIN_XML));
    g_assert_cmpuint (strlen (error->message), <, 600);
}

static void
test_refused (void)
{
    static const char *const texts[] = {
        "",
        " ",
        "domain",
        "<domain>",
        "<domain/><domain/>",
        "<network/>",
        "<domain xmlns='urn:x'/>",
        "<domain>&nothing;</domain>",
        "<domain a='1' a='2'/>",
        "<domain>\x01</domain>",
        "<domain>\xff</domain>",
        "<!DOCTYPE domain><domain/>",
        "<!DOCTYPE domain SYSTEM 'file:///etc/passwd'><domain/>",
        "<!DOCTYPE domain [<!ENTITY e 'x'>]><domain>&e;</domain>",
        "<!DOCTYPE domain [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><domain>&e;</domain>",
        "<!DOCTYPE domain [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><domain/>",
    };

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        assert_refused (texts[i], -1);
    assert_refused ("<domain/>\0<x/>", 14);
}

static void
test_document_type_is_named (void)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (
        vf_domain_xml_parse ("<!DOCTYPE domain [<!ENTITY e 'x'>]><domain/>", -1, &error));
    g_assert_nonnull (strstr (error->message, "DTD"));
}

static char *
nested (guint depth)
{
    GString *text = g_string_new ("<domain>");

    for (guint i = 0; i < depth; i++)
        g_string_append (text, "<a>");
    for (guint i = 0; i < depth; i++)
        g_string_append (text, "</a>");
    g_string_append (text, "</domain>");
    return g_string_free (text, FALSE);
}

static void
test_deep (void)
{
    g_autofree char *deep = nested (5000);

    assert_refused (deep, -1);
}

static char *
of_length (gsize length)
{
    GString *text = g_string_new ("<domain><description>");

    while (text->len < length - strlen ("</description></domain>"))
        g_string_append_c (text, 'x');
    g_string_append (text, "</description></domain>");
    return g_string_free (text, FALSE);
}

static void
test_longest (void)
{
    g_autofree char *longest = of_length (VF_DOMAIN_XML_MAX);
    g_autofree char *longer = of_length (VF_DOMAIN_XML_MAX + 1);
    g_autoptr (VfDomainXml) domain = parse (longest);

    g_assert_nonnull (domain);
    assert_refused (longer, -1);
}

static void
test_inclusion_stays_text (void)
{
    g_autoptr (VfDomainXml) domain =
        parse ("<domain><name><x:include xmlns:x='http://www.w3.org/2001/XInclude' "
               "href='/etc/passwd' parse='text'/></name></domain>");

    g_assert_cmpstr (vf_domain_xml_name (domain), ==, "");
}

static void
test_equal (void)
{
    static const struct {
        const char *a, *b;
        gboolean equal;
    } cases[] = {
        { "<domain a='1' b='2'/>", "<domain b=\"2\"  a=\"1\"></domain>", TRUE },
        { "<domain><name>x</name></domain>", "<domain>\n  <name>x</name>\n</domain>\n", TRUE },
        { "<domain><name>x</name></domain>", "<domain><name>y</name></domain>", FALSE },
        { "<domain><a/><b/></domain>", "<domain><b/><a/></domain>", TRUE },
        { "<domain><a x='1'/><a/></domain>", "<domain><a/><a x='1'/></domain>", FALSE },
        { "<domain><!-- c --><a/></domain>", "<domain><a/></domain>", TRUE },
        { "<domain><a/></domain>", "<domain><a b=''/></domain>", FALSE },
        { "<domain><a b='c &quot; &apos;'/></domain>", "<domain><a b=\"c &#34; '\"/></domain>",
          TRUE },
        { "<domain><p:a xmlns:p='u'/></domain>", "<domain><q:a xmlns:q='u'/></domain>", TRUE },
        { "<domain><p:a xmlns:p='u'/></domain>", "<domain><p:a xmlns:p='v'/></domain>", FALSE },
        { "<domain><devices><audio id='1' type='none'/></devices></domain>",
          "<domain><devices/></domain>", TRUE },
        { "<domain><devices><audio id='1' type='spice'/></devices></domain>",
          "<domain><devices/></domain>", FALSE },
        { "<domain><controller type='usb' index='0'/><controller type='pci' index='0'/></domain>",
          "<domain><controller type='pci' index='0'/><controller type='usb' index='0'/></domain>",
          TRUE },
        { "<domain><controller type='pci' index='1'/></domain>",
          "<domain><controller type='pci' index='2'/></domain>", FALSE },
        /* What looks like markup in a text is not markup. */
        { "<domain><a>&lt;b/&gt;</a></domain>", "<domain><a><b/></a></domain>", FALSE },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (VfDomainXml) a = parse (cases[i].a);
        g_autoptr (VfDomainXml) b = parse (cases[i].b);

        if (vf_domain_xml_equal (a, b) != cases[i].equal)
            g_error ("%s and %s", cases[i].a, cases[i].b);
        g_assert_cmpint (vf_domain_xml_equal (b, a), ==, cases[i].equal);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/domain-xml/reads", test_reads);
    g_test_add_func ("/domain-xml/nameless", test_nameless);
    g_test_add_func ("/domain-xml/hostdevs", test_hostdevs);
    g_test_add_func ("/domain-xml/mark", test_mark);
    g_test_add_func ("/domain-xml/refused", test_refused);
    g_test_add_func ("/domain-xml/document-type-is-named", test_document_type_is_named);
    g_test_add_func ("/domain-xml/deep", test_deep);
    g_test_add_func ("/domain-xml/longest", test_longest);
    g_test_add_func ("/domain-xml/inclusion-stays-text", test_inclusion_stays_text);
    g_test_add_func ("/domain-xml/equal", test_equal);
    return g_test_run ();
}
