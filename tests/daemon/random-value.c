/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is random about a value. */
#include "random-value.h"

#include <string.h>

/* The bus lets arrays, structures and variants be nested 64 deep; GDBus takes a little less and
 * ends its connection when it gets more, which no service that uses it can prevent. */
#define DEEPEST 24

#define HUGE_LENGTH (64 * 1024)

static const char *const words[] = {
    "",
    "vfio",
    "host",
    "vm",
    "on-start",
    "profile",
    "monitor",
    "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01",
    "6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a0",
    "6F1F2A54-9F3A-4A43-9B7C-0A4C1A7C6A01",
    "0000:01:00.0",
    "ffffffff:ff:1f.7",
    "../../../etc/passwd",
    "/dev/sda",
    "%s%s%n%1000000d",
    "a\nb\tc\x7f",
    "\033]0;title\007\033[2J",
    "\302\23331m",
    "\u202egnp.exe",
    "<domain/>",
    "<domain><name>x</name><uuid>6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01</uuid></domain>",
    "org.virtflow.VirtFlow1.Gpu",
    "org.virtflow.VirtFlow1.Host",
    "State",
    "Claimant",
    "Version",
};

static const char *const paths[] = {
    "/",
    "/org/virtflow/VirtFlow1",
    "/org/virtflow/VirtFlow1/gpu/0000_01_00",
    "/org/freedesktop/DBus",
};

static char *
random_text (GRand *rand)
{
    gsize length;
    GString *text;

    if (g_rand_int_range (rand, 0, 4) != 0)
        return g_strdup (words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
    length =
        (gsize) g_rand_int_range (rand, 0, g_rand_int_range (rand, 0, 32) == 0 ? HUGE_LENGTH : 64);
    text = g_string_sized_new (length);
    while (text->len < length)
        g_string_append_unichar (text, (gunichar) g_rand_int_range (rand, 1, 0x2100));
    return g_string_free (text, FALSE);
}

static GVariant *
random_number (GRand *rand, char type)
{
    static const guint64 edges[] = { 0,          1,           7,          8,
                                     0x7f,       0xff,        0x7fff,     0xffff,
                                     G_MAXINT32, G_MAXUINT32, G_MAXINT64, G_MAXUINT64 };
    guint64 value = edges[g_rand_int_range (rand, 0, G_N_ELEMENTS (edges))];

    switch (type) {
    case 'b':
        return g_variant_new_boolean ((value & 1) != 0);
    case 'y':
        return g_variant_new_byte ((guint8) value);
    case 'n':
        return g_variant_new_int16 ((gint16) value);
    case 'q':
        return g_variant_new_uint16 ((guint16) value);
    case 'i':
        return g_variant_new_int32 ((gint32) value);
    case 'u':
        return g_variant_new_uint32 ((guint32) value);
    case 'h':
        return g_variant_new_handle (0);
    case 'x':
        return g_variant_new_int64 ((gint64) value);
    case 't':
        return g_variant_new_uint64 (value);
    default:
        return g_variant_new_double ((double) value);
    }
}

static GVariant *
random_bytes (GRand *rand)
{
    g_autofree char *text = random_text (rand);

    /* A string without its NUL as well. */
    return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text,
                                      strlen (text) + (gsize) g_rand_boolean (rand), 1);
}

static GVariant *
random_array (GRand *rand, const GVariantType *type)
{
    GVariantBuilder builder;
    int length = g_rand_int_range (rand, 0, g_rand_int_range (rand, 0, 32) == 0 ? 40 : 4);

    if (g_variant_type_equal (type, G_VARIANT_TYPE_BYTESTRING))
        return random_bytes (rand);
    /* Deep or wide: both would be too much for anybody's memory. */
    if (g_variant_type_is_array (g_variant_type_element (type)))
        length = MIN (length, 1);
    g_variant_builder_init (&builder, type);
    for (int i = 0; i < length; i++)
        g_variant_builder_add_value (&builder,
                                     random_value_new (rand, g_variant_type_element (type)));
    return g_variant_builder_end (&builder);
}

static GVariant *
random_tuple (GRand *rand, const GVariantType *type)
{
    GVariantBuilder builder;

    g_variant_builder_init (&builder, type);
    for (const GVariantType *item = g_variant_type_first (type); item != NULL;
         item = g_variant_type_next (item))
        g_variant_builder_add_value (&builder, random_value_new (rand, item));
    return g_variant_builder_end (&builder);
}

GVariantType *
random_value_type (GRand *rand)
{
    static const char *const types[] = { "s",  "s",     "s",       "b",     "y",    "u",
                                         "t",  "d",     "i",       "x",     "q",    "as",
                                         "ay", "a{sv}", "a(ssus)", "a(sb)", "(ss)", "av",
                                         "o",  "g",     "a{sas}",  "aay" };

    if (g_rand_int_range (rand, 0, 24) == 0)
        return g_variant_type_new ("aaaaaaaaaaaaaaaaaaaas");
    return g_variant_type_new (types[g_rand_int_range (rand, 0, G_N_ELEMENTS (types))]);
}

static GVariant *
random_variant (GRand *rand)
{
    static gboolean is_within;
    g_autoptr (GVariantType) type = is_within ? g_variant_type_new ("s") : random_value_type (rand);
    gboolean is_outer = !is_within;
    GVariant *value;
    int depth =
        is_outer && g_rand_int_range (rand, 0, 8) == 0 ? g_rand_int_range (rand, 0, DEEPEST) : 0;

    is_within = TRUE;
    value = random_value_new (rand, type);
    is_within = !is_outer;
    for (int i = 0; i < depth; i++)
        value = g_variant_new_variant (value);
    return g_variant_new_variant (value);
}

GVariant *
random_value_new (GRand *rand, const GVariantType *type)
{
    char first = *g_variant_type_peek_string (type);
    g_autofree char *text = NULL;

    switch (first) {
    case 's':
        text = random_text (rand);
        return g_variant_new_string (text);
    case 'o':
        return g_variant_new_object_path (paths[g_rand_int_range (rand, 0, G_N_ELEMENTS (paths))]);
    case 'g':
        return g_variant_new_signature (g_rand_boolean (rand) ? "a{sv}" : "");
    case 'v':
        return random_variant (rand);
    case 'a':
        return random_array (rand, type);
    case '(':
        return random_tuple (rand, type);
    case '{':
        return g_variant_new_dict_entry (random_value_new (rand, g_variant_type_key (type)),
                                         random_value_new (rand, g_variant_type_value (type)));
    default:
        return random_number (rand, first);
    }
}
