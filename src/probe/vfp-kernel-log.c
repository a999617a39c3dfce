/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the search for lines about a device among those of the kernel. */
#include "vfp-kernel-log.h"

#include "vfp-journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WARNING 4
#define MOST_LINES 16
#define MOST_BYTES 300

/* More than the longest record of /dev/kmsg (PRINTK_MESSAGE_MAX). */
#define RECORD_MAX 8192

typedef struct {
    const char *words[3]; /* "" names nothing */
    GQueue lines;         /* GVariant */
} Search;

static gboolean
is_in_word (char character)
{
    return g_ascii_isalnum (character) || character == '_' || character == '-';
}

/* Whether @word stands in @text, and not as part of a longer one. */
static gboolean
names (const char *text, const char *word)
{
    gsize length = strlen (word);

    for (const char *found = text; length > 0 && (found = strstr (found, word)) != NULL; found++) {
        if ((found == text || !is_in_word (found[-1])) && !is_in_word (found[length]))
            return TRUE;
    }
    return FALSE;
}

static void
take (guint64 microseconds, guint level, const char *text, gpointer data)
{
    Search *search = data;
    g_autofree char *valid = NULL;

    if (level > WARNING
        || !(names (text, search->words[0]) || names (text, search->words[1])
             || names (text, search->words[2])))
        return;
    valid = g_utf8_make_valid (text, (gssize) strnlen (text, MOST_BYTES));
    g_queue_push_tail (&search->lines, g_variant_ref_sink (g_variant_new (
                                           VFP_KERNEL_LINE_TYPE, microseconds, level, valid)));
    if (search->lines.length > MOST_LINES)
        g_variant_unref (g_queue_pop_head (&search->lines));
}

/* "4,1205,90042,-;bochs-drm: probe of ... failed": level and facility, number, time. Lines that
 * begin with a space belong to the one before. */
static void
take_record (char *record, Search *search)
{
    char *save = NULL;

    for (char *line = strtok_r (record, "\n", &save); line != NULL;
         line = strtok_r (NULL, "\n", &save)) {
        char *text = strchr (line, ';');
        unsigned long long microseconds;
        unsigned int level;

        if (text != NULL && sscanf (line, "%u,%*u,%llu", &level, &microseconds) == 2)
            take (microseconds, level & 7, text + 1, search);
    }
}

/* FALSE when it may not be read. One read(2) gives one record. */
static gboolean
search_kmsg (const VfSysfs *root, Search *search)
{
    int fd = openat (vf_sysfs_fd (root), "dev/kmsg",
                     O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
    g_autofree char *record = g_malloc (RECORD_MAX + 1);
    ssize_t length;

    if (fd < 0)
        return FALSE;
    for (;;) {
        length = read (fd, record, RECORD_MAX);
        /* The next one was overwritten meanwhile. */
        if (length < 0 && (errno == EPIPE || errno == EINTR))
            continue;
        if (length <= 0)
            break;
        record[length] = '\0';
        take_record (record, search);
    }
    close (fd);
    return TRUE;
}

GVariant *
vfp_kernel_log_find (const VfSysfs *root, VfPciAddress address, const char *driver)
{
    VfPciAddressText text = vf_pci_address_format (address);
    Search search = { .words = { text.text, driver, "" } };
    g_autofree char *link = g_strdup_printf ("sys/bus/pci/drivers/%s/module", driver);
    char module[VF_SYSFS_NAME_MAX];
    GVariantBuilder builder;

    if (*driver != '\0' && vf_sysfs_read_link_name (root, link, module, sizeof module) == 0)
        search.words[2] = module;
    g_queue_init (&search.lines);
    if (!search_kmsg (root, &search))
        vfp_journal_read_kernel (root, take, &search);
    g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" VFP_KERNEL_LINE_TYPE));
    for (GList *line = search.lines.head; line != NULL; line = line->next)
        g_variant_builder_add_value (&builder, line->data);
    g_queue_clear_full (&search.lines, (GDestroyNotify) g_variant_unref);
    return g_variant_builder_end (&builder);
}
