/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of the system's log. */
#include "vfc-journal.h"

#include "vf-error.h"
#include "vf-log.h"
#include "vf-pci-address.h"

#include <string.h>
#include <systemd/sd-journal.h>

typedef sd_journal Journal;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Journal, sd_journal_close)

static void
entry_free (gpointer data)
{
    VfcEntry *entry = data;

    g_free (entry->event);
    g_free (entry->gpu);
    g_free (entry->vm);
    g_free (entry->uuid);
    g_free (entry->step);
    g_free (entry->sentence);
    g_free (entry);
}

/* The caller owns it; NULL when the entry has no such field. */
static char *
field (Journal *journal, const char *name)
{
    const void *data;
    gsize length, prefix = strlen (name) + 1;

    if (sd_journal_get_data (journal, name, &data, &length) < 0 || length < prefix)
        return NULL;
    return g_utf8_make_valid ((const char *) data + prefix, (gssize) (length - prefix));
}

static VfcEntry *
read_entry (Journal *journal)
{
    VfcEntry *entry = g_new0 (VfcEntry, 1);
    g_autofree char *priority = field (journal, "PRIORITY");
    guint64 time = 0;

    sd_journal_get_realtime_usec (journal, &time);
    entry->time = (gint64) time;
    entry->priority = priority != NULL ? (guint) g_ascii_strtoull (priority, NULL, 10) : 5;
    entry->event = field (journal, VF_LOG_EVENT);
    entry->gpu = field (journal, VF_LOG_GPU);
    entry->vm = field (journal, VF_LOG_VM);
    entry->uuid = field (journal, VF_LOG_UUID);
    entry->step = field (journal, VF_LOG_STEP);
    entry->sentence = field (journal, "MESSAGE");
    return entry;
}

static gboolean
is_about (const VfcEntry *entry, const char *subject)
{
    VfPciAddress wanted, gpu;

    if (subject == NULL || g_strcmp0 (entry->vm, subject) == 0
        || g_strcmp0 (entry->uuid, subject) == 0)
        return TRUE;
    return entry->gpu != NULL && vf_pci_address_parse_lenient (subject, &wanted, NULL)
           && vf_pci_address_parse (entry->gpu, &gpu, NULL)
           && vf_pci_address_same_slot (wanted, gpu);
}

GPtrArray *
vfc_journal_read (const char *subject, guint most, GError **error)
{
    g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
    g_autoptr (Journal) journal = NULL;
    int result = sd_journal_open (&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);

    if (result >= 0)
        result = sd_journal_add_match (journal, "MESSAGE_ID=" VF_LOG_MESSAGE_ID, 0);
    if (result >= 0)
        result = sd_journal_seek_tail (journal);
    while (result >= 0 && entries->len < most && (result = sd_journal_previous (journal)) > 0) {
        VfcEntry *entry = read_entry (journal);

        if (entry->sentence != NULL && is_about (entry, subject))
            g_ptr_array_insert (entries, 0, entry);
        else
            entry_free (entry);
    }
    if (result < 0) {
        vf_error_set (error, VF_REASON_INTERNAL, "The log of this host cannot be read: %s.",
                      g_strerror (-result));
        return NULL;
    }
    return g_steal_pointer (&entries);
}
