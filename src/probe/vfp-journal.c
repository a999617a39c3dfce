/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the calls of libsystemd. It is loaded only for the one question that needs it: to link it
 * would cost every start of the probe several milliseconds. */
#include "vfp-journal.h"

#include <dlfcn.h>
#include <string.h>

#define LIBRARY "libsystemd.so.0"
#define MOST_ENTRIES 400

/* Of sd-journal.h */
#define LOCAL_ONLY (1 << 0)
#define SYSTEM (1 << 2)

typedef struct sd_journal sd_journal;

typedef struct {
    int (*open) (sd_journal **journal, int flags);
    void (*close) (sd_journal *journal);
    int (*add_match) (sd_journal *journal, const void *data, size_t size);
    int (*seek_tail) (sd_journal *journal);
    int (*previous) (sd_journal *journal);
    int (*next) (sd_journal *journal);
    int (*get_data) (sd_journal *journal, const char *field, const void **data, size_t *length);
} Library;

static gboolean
load (void *library, Library *calls)
{
    const struct {
        const char *name;
        void *call;
    } symbols[] = {
        { "sd_journal_open", &calls->open },
        { "sd_journal_close", &calls->close },
        { "sd_journal_add_match", &calls->add_match },
        { "sd_journal_seek_tail", &calls->seek_tail },
        { "sd_journal_previous", &calls->previous },
        { "sd_journal_next", &calls->next },
        { "sd_journal_get_data", &calls->get_data },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (symbols); i++) {
        void *found = dlsym (library, symbols[i].name);

        if (found == NULL)
            return FALSE;
        memcpy (symbols[i].call, &found, sizeof found);
    }
    return TRUE;
}

static gboolean
match_this_boot (const VfSysfs *root, const Library *calls, sd_journal *journal)
{
    char id[VF_SYSFS_NAME_MAX];
    g_auto (GStrv) parts = NULL;
    g_autofree char *hexadecimal = NULL;
    g_autofree char *match = NULL;

    if (vf_sysfs_read (root, "proc/sys/kernel/random/boot_id", id, sizeof id) != 0)
        return FALSE;
    parts = g_strsplit (id, "-", -1);
    hexadecimal = g_strjoinv ("", parts);
    match = g_strconcat ("_BOOT_ID=", hexadecimal, NULL);
    return calls->add_match (journal, match, 0) == 0;
}

static gboolean
match_warnings (const Library *calls, sd_journal *journal)
{
    static const char *const matches[] = { "_TRANSPORT=kernel", "PRIORITY=0", "PRIORITY=1",
                                           "PRIORITY=2",        "PRIORITY=3", "PRIORITY=4" };

    for (gsize i = 0; i < G_N_ELEMENTS (matches); i++) {
        if (calls->add_match (journal, matches[i], 0) != 0)
            return FALSE;
    }
    return TRUE;
}

/* The value of a field; the caller owns it. NULL when the entry has none. */
static char *
value_of (const Library *calls, sd_journal *journal, const char *field)
{
    gsize skipped = strlen (field) + 1;
    const void *data;
    size_t length;

    if (calls->get_data (journal, field, &data, &length) != 0 || length < skipped)
        return NULL;
    return g_strndup ((const char *) data + skipped, length - skipped);
}

static void
give_entry (const Library *calls, sd_journal *journal, VfpJournalLine line, gpointer data)
{
    g_autofree char *text = value_of (calls, journal, "MESSAGE");
    g_autofree char *level = value_of (calls, journal, "PRIORITY");
    g_autofree char *time = value_of (calls, journal, "_SOURCE_MONOTONIC_TIMESTAMP");

    if (text != NULL && level != NULL && time != NULL)
        line (g_ascii_strtoull (time, NULL, 10), (guint) g_ascii_strtoull (level, NULL, 10), text,
              data);
}

static void
read_with (const VfSysfs *root, const Library *calls, VfpJournalLine line, gpointer data)
{
    sd_journal *journal = NULL;
    guint n_entries = 0;

    if (calls->open (&journal, LOCAL_ONLY | SYSTEM) < 0)
        return;
    if (match_this_boot (root, calls, journal) && match_warnings (calls, journal)
        && calls->seek_tail (journal) == 0) {
        while (n_entries < MOST_ENTRIES && calls->previous (journal) > 0)
            n_entries++;
        /* At the first of them, which may be the one before the oldest. */
        for (gboolean more = n_entries > 0; more; more = calls->next (journal) > 0)
            give_entry (calls, journal, line, data);
    }
    calls->close (journal);
}

void
vfp_journal_read_kernel (const VfSysfs *root, VfpJournalLine line, gpointer data)
{
    Library calls;
    void *library;

    if (!vf_sysfs_exists (root, "run/log/journal") && !vf_sysfs_exists (root, "var/log/journal"))
        return;
    library = dlopen (LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return;
    if (load (library, &calls))
        read_with (root, &calls, line, data);
    dlclose (library);
}
