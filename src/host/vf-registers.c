/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the layout of base addresses in config space, and the text they are noted in. */
#include "vf-registers.h"

#include "vf-error.h"

#include <glib/gi18n-lib.h>
#include <linux/pci_regs.h>
#include <string.h>

#define HEADER_SIZE PCI_STD_HEADER_SIZEOF
#define BYTES_PER_BASE_ADDRESS 4

/* What a bus answers for a device that is not there. */
#define NO_DEVICE 0xffff

static guint32
read_word (const guint8 *header, guint offset)
{
    return (guint32) header[offset] | (guint32) header[offset + 1] << 8
           | (guint32) header[offset + 2] << 16 | (guint32) header[offset + 3] << 24;
}

static guint
count_base_addresses (const guint8 *header)
{
    return (header[PCI_HEADER_TYPE] & 0x7f) == PCI_HEADER_TYPE_NORMAL ? 6 : 2;
}

static char *
describe (const guint8 *header)
{
    gboolean memory = (header[PCI_COMMAND] & PCI_COMMAND_MEMORY) != 0;
    GString *text = g_string_new (memory ? "memory=on" : "memory=off");
    guint count = count_base_addresses (header);

    for (guint index = 0; index < count; index++) {
        guint32 low = read_word (header, PCI_BASE_ADDRESS_0 + index * BYTES_PER_BASE_ADDRESS);
        guint number = index;
        guint64 address;

        if ((low & PCI_BASE_ADDRESS_SPACE) == PCI_BASE_ADDRESS_SPACE_IO) {
            address = low & (guint32) PCI_BASE_ADDRESS_IO_MASK;
        } else {
            address = low & (guint32) PCI_BASE_ADDRESS_MEM_MASK;
            if ((low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64
                && index + 1 < count) {
                index++;
                address |= (guint64) read_word (header,
                                                PCI_BASE_ADDRESS_0 + index * BYTES_PER_BASE_ADDRESS)
                           << 32;
            }
        }
        g_string_append_printf (text, " %u=%" G_GINT64_MODIFIER "x", number, address);
    }
    return g_string_free (text, FALSE);
}

char *
vf_registers_read (const VfSysfs *function, GError **error)
{
    guint8 header[HEADER_SIZE];
    gssize length = vf_sysfs_read_bytes (function, "config", header, sizeof header);

    if (length < 0) {
        vf_sysfs_set_error (error, "config", (int) length);
        return NULL;
    }
    if (length < HEADER_SIZE || (read_word (header, PCI_VENDOR_ID) & 0xffff) == NO_DEVICE) {
        vf_error_set (error, VF_REASON_REGISTERS_LOST,
                      "The card does not answer on the bus. Suspend and resume the machine, or "
                      "restart it.");
        return NULL;
    }
    return describe (header);
}

/* The value of "KEY=VALUE" in @words, or "missing". */
static const char *
find_value (char *const *words, const char *key, gsize key_length)
{
    for (; *words != NULL; words++) {
        if (strncmp (*words, key, key_length) == 0 && (*words)[key_length] == '=')
            return *words + key_length + 1;
    }
    return "missing";
}

char *
vf_registers_difference (const char *noted, const char *now)
{
    g_auto (GStrv) noted_words = g_strsplit (noted, " ", -1);
    g_auto (GStrv) now_words = g_strsplit (now, " ", -1);
    g_autoptr (GString) text = g_string_new (NULL);

    if (strcmp (noted, now) == 0)
        return NULL;
    for (char **word = noted_words; *word != NULL; word++) {
        gsize key_length = strcspn (*word, "=");
        const char *was = find_value (noted_words, *word, key_length);
        const char *is = find_value (now_words, *word, key_length);
        g_autofree char *key = NULL;

        if (strcmp (was, is) == 0)
            continue;
        if (text->len > 0)
            g_string_append (text, ", ");
        key = g_strndup (*word, key_length);
        if (strcmp (key, "memory") == 0)
            g_string_append_printf (text, _ ("memory access was %s and is %s"), was, is);
        else
            g_string_append_printf (text, _ ("base address %s was %s and is %s"), key, was, is);
    }
    /* Something is there now that was not noted. */
    if (text->len == 0)
        g_string_append_printf (text, _ ("'%s' was noted and '%s' is there"), noted, now);
    return g_strdup (text->str);
}
