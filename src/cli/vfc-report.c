/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow report": the file. */
#include "vfc-commands.h"

#include "vfc-json.h"
#include "vfc-report-text.h"

#include "vf-text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STANDARD_OUTPUT "-"

static char *output;

static const GOptionEntry options[] = {
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &output,
      "Write it there, or with - to standard output", "FILE" },
    { 0 },
};

/* Who reads it need not speak the language of who made it. */
static char *
make_in_english (VfcRun *run, GError **error)
{
    g_autofree char *spoken = g_strdup (setlocale (LC_MESSAGES, NULL));
    char *text;

    setlocale (LC_MESSAGES, "C");
    text = vfc_report_text_make (run, error);
    setlocale (LC_MESSAGES, spoken);
    return text;
}

/* Returns 0 or an errno value. */
static int
write_all (int fd, const char *text)
{
    gsize length = strlen (text);

    while (length > 0) {
        ssize_t written = write (fd, text, length);

        if (written < 0 && errno != EINTR)
            return errno;
        if (written > 0) {
            text += written;
            length -= (gsize) written;
        }
    }
    return 0;
}

/* Nobody else may read it before its owner has, and no file of his is lost to it. */
static gboolean
write_file (const char *path, const char *text, GError **error)
{
    int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int errnum = fd < 0 ? errno : write_all (fd, text);

    if (fd >= 0 && close (fd) != 0 && errnum == 0)
        errnum = errno;
    if (errnum == 0)
        return TRUE;
    if (fd >= 0)
        unlink (path);
    if (fd < 0 && errnum == EEXIST)
        vf_error_set (error, VF_REASON_INVALID_OPTION,
                      "There is a file %s already, which stays as it is. Name another one with "
                      "--output.",
                      path);
    else
        vf_error_set (error, fd < 0 ? VF_REASON_INVALID_OPTION : VF_REASON_INTERNAL,
                      "The file %s could not be written: %s. Name another one with --output.", path,
                      g_strerror (errnum));
    return FALSE;
}

static char *
default_path (void)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local ();

    return g_date_time_format (now, "virtflow-report-%Y%m%d-%H%M%S.txt");
}

/* Of @path and @text is NULL what there is not. */
static void
answer (VfcRun *run, const char *path, const char *text)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    vfc_json_text (builder, "path", path);
    vfc_json_text (builder, "text", text);
    vfc_json_end (run, builder);
}

static void
tell (const char *path)
{
    g_autofree char *shown = vf_text_escape (path);

    printf (
        _ ("The report is in %s. Names, addresses and serial numbers were replaced in it as far "
           "as they are known: look it through before you send it.\n"),
        shown);
    if (geteuid () == 0)
        printf (
            _ ("It belongs to root. With \"sudo virtflow report --output - > report.txt\" it is "
               "yours.\n"));
}

static gboolean
report (VfcRun *run, char **arguments, GError **error)
{
    gboolean to_standard_output = g_strcmp0 (output, STANDARD_OUTPUT) == 0;
    g_autofree char *path = output != NULL ? g_strdup (output) : default_path ();
    g_autofree char *full = g_canonicalize_filename (path, NULL);
    g_autofree char *text = make_in_english (run, error);

    if (text == NULL || (!to_standard_output && !write_file (path, text, error)))
        return FALSE;
    if (run->json)
        answer (run, to_standard_output ? NULL : full, to_standard_output ? text : NULL);
    else if (to_standard_output)
        fputs (text, stdout);
    else
        tell (path);
    return TRUE;
}

const VfcCommand vfc_command_report = {
    .name = "report",
    .arguments = "",
    .description =
        "Writes a file to attach to a bug report: versions, this host as a machine file of"
        " VirtFlow's tests,\nwhat doctor and daemon say, what the journals hold, and the newest"
        " entries of the log. Names of\nhost, users and VMs, UUIDs, MAC and IP addresses and serial"
        " numbers are replaced in it as far as\nthey are known. What you may not read is missing in"
        " it. Wakes no sleeping card. Without --output the\nfile is virtflow-report-DATE-TIME.txt "
        "in"
        " the current folder; no other file is overwritten.",
    .example = "  virtflow report\n  sudo virtflow report --output - > report.txt\n"
               "  virtflow report --json",
    .options = options,
    .run = report,
};
