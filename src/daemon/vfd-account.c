/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the words for what a journal holds. */
#include "vfd-account.h"

#include "vf-error.h"
#include "vf-text.h"
#include "vfd-lease.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void say (GString *text, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* A line. What stands in a journal is the daemon's word, and root's terminal does what it says. */
static void
say (GString *text, const char *format, ...)
{
    g_autofree char *line = NULL;
    g_autofree char *harmless = NULL;
    va_list arguments;

    va_start (arguments, format);
    line = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    harmless = vf_text_escape (line);
    g_string_append_printf (text, "%s\n", harmless);
}

static void
describe_record (const VfRecord *record, GString *text)
{
    for (guint i = 0; i < record->n_functions; i++) {
        const VfFunctionRecord *function = &record->functions[i];

        say (text, "    was: %s %04x:%04x driver=%s",
             vf_pci_address_format (function->address).text, function->ids >> 16,
             function->ids & 0xffff, function->driver);
    }
    if (*record->services != '\0')
        say (text, "    services: %s", record->services);
    if (*record->modules != '\0')
        say (text, "    modules: %s", record->modules);
}

static void
describe_plan (const VfdLease *lease, GString *text)
{
    guint length = vf_plan_length (lease->plan);
    g_autofree char *step = lease->step < length
                                ? vf_text_step (vf_plan_step (lease->plan, lease->step))
                                : g_strdup ("the last one is done");

    say (text, "    unfinished: to %s, step %u of %u: %s",
         vf_target_id (vf_plan_target (lease->plan)), MIN (lease->step + 1, length), length, step);
}

static void
describe (const VfdLease *lease, GString *text)
{
    if (lease->claim != NULL)
        say (text, "    claimed by: %s %s", vf_claim_kind_id (lease->claim->kind),
             lease->claim->id);
    if (lease->run != NULL)
        say (text, "    run: %s%s", lease->run, lease->run_seen ? ", QEMU was seen" : "");
    if (lease->wedged)
        say (text, "    wedged");
    if (lease->homeward)
        say (text, "    on its way home");
    if (lease->record != NULL)
        describe_record (lease->record, text);
    if (lease->plan != NULL)
        describe_plan (lease, text);
}

static void
describe_journal (int journals_fd, VfPciAddress address, GString *text)
{
    g_autoptr (VfdJournal) journal = vfd_journal_new (journals_fd, address);
    g_autoptr (GError) error = NULL;
    VfdLease lease = { 0 };

    say (text, "%s", vf_pci_address_format (address).text);
    if (!vfd_lease_peek (&lease, journal, &error))
        say (text, "    cannot be read: %s", error->message);
    else if (vfd_lease_is_empty (&lease))
        say (text, "    holds nothing");
    else
        describe (&lease, text);
    vfd_lease_clear (&lease);
}

static int
compare_addresses (gconstpointer a, gconstpointer b)
{
    return vf_pci_address_compare (*(const VfPciAddress *) a, *(const VfPciAddress *) b);
}

char *
vfd_account_make (int journals_fd)
{
    g_autoptr (GArray) addresses = vfd_journal_list (journals_fd);
    GString *text = g_string_new (NULL);

    g_array_sort (addresses, compare_addresses);
    for (guint i = 0; i < addresses->len; i++)
        describe_journal (journals_fd, g_array_index (addresses, VfPciAddress, i), text);
    if (addresses->len == 0)
        g_string_append (text, "No GPU has a journal: VirtFlow has none away from the host.\n");
    return g_string_free (text, FALSE);
}

int
vfd_account_print (const char *run)
{
    g_autofree char *path = g_build_filename (run, "gpu", NULL);
    int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    g_autofree char *text = NULL;

    if (fd < 0 && errno == ENOENT) {
        printf ("There is no %s: the daemon has not run since the host started.\n", path);
        return 0;
    }
    if (fd < 0) {
        g_printerr ("virtflowd: %s cannot be opened: %s\n", path, g_strerror (errno));
        return vf_error_code_exit_status (VF_ERROR_FAILED);
    }
    text = vfd_account_make (fd);
    fputs (text, stdout);
    close (fd);
    return 0;
}
