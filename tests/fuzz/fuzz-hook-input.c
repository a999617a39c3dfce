/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libvirt writes to the hook: it is read as it is, and what the hook then says is lines that a
 * log and a terminal can bear. */
#include "fuzz.h"

#include "fake-tree.h"
#include "fuzz-folder.h"
#include "vf-error.h"
#include "vfh-input.h"
#include "vfh-need.h"
#include "vfh-verdict.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const VfSysfs *
find_machine (void)
{
    static VfSysfs *root;

    if (root == NULL) {
        g_autoptr (FakeMachine) machine = fake_machine_load ("lab");

        fake_tree_build (machine, fuzz_folder ());
        root = vf_sysfs_new (fake_tree_open (fuzz_folder ()));
    }
    return root;
}

static void
put_into_standard_input (const guint8 *data, gsize size)
{
    int fd = memfd_create ("stdin", MFD_CLOEXEC);

    FUZZ_ASSERT (write (fd, data, size) == (ssize_t) size);
    FUZZ_ASSERT (lseek (fd, 0, SEEK_SET) == 0);
    FUZZ_ASSERT (dup2 (fd, STDIN_FILENO) == STDIN_FILENO);
    close (fd);
}

static void
check_verdict (VfReason reason, const char *sentences)
{
    g_autofree char *text = vfh_verdict_format (reason, sentences);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    guint n_lines = g_strv_length (lines);

    FUZZ_ASSERT (n_lines >= 2 && *lines[n_lines - 1] == '\0');
    for (guint i = 0; i + 1 < n_lines; i++) {
        FUZZ_ASSERT (g_str_has_prefix (lines[i], "VirtFlow: "));
        for (const char *next = lines[i]; *next != '\0'; next = g_utf8_next_char (next))
            FUZZ_ASSERT (!g_unichar_iscntrl (g_utf8_get_char (next)));
    }
}

static gboolean
never (const GString *part)
{
    return FALSE;
}

static void
judge (const GString *text)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfDomainXml) domain = vf_domain_xml_parse (text->str, (gssize) text->len, &error);
    g_autofree char *need = NULL;

    if (domain == NULL) {
        check_verdict (vf_error_reason (error), error->message);
        vfh_need_is_possible (text);
        return;
    }
    need =
        vfh_need_of (domain, vf_domain_xml_name (domain) != NULL ? vf_domain_xml_name (domain) : "",
                     find_machine ());
    FUZZ_ASSERT (vf_domain_xml_mark (domain) == NULL || need != NULL);
    if (need != NULL)
        check_verdict (VF_REASON_NO_DAEMON, need);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autoptr (GString) text = NULL;

    put_into_standard_input (data, size);
    text = vfh_input_read ();
    FUZZ_ASSERT (text->len == size && memcmp (text->str, data, size) == 0);
    FUZZ_ASSERT (!vfh_input_rest_has (text, never));
    judge (text);
    return 0;
}
