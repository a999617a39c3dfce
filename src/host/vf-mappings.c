/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the format of /proc/PID/maps (proc(5)). */
#include "vf-mappings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A line is at most an escaped path longer, and what counts is at its beginning. */
#define LINE_START 128

/* "7f5c21e00000-7f5c21e22000 rw-s 00000000 00:05 133    /dev/dri/card1" */
static gboolean
parse (const char *line, VfMapping *mapping)
{
    return sscanf (line, "%*s %*s %*s %x:%x %" G_GUINT64_FORMAT, &mapping->major, &mapping->minor,
                   &mapping->inode)
               == 3
           && mapping->inode != 0;
}

int
vf_mappings_read (const VfSysfs *process,
                  void (*found) (const VfMapping *mapping, gpointer data),
                  gpointer data)
{
    int fd = openat (vf_sysfs_fd (process), "maps", O_RDONLY | O_CLOEXEC);
    VfMapping last = { 0 }, mapping;
    char line[LINE_START];
    gboolean begins = TRUE;
    int result = 0;
    FILE *file;

    if (fd < 0)
        return -errno;
    file = fdopen (fd, "r");
    while (fgets (line, sizeof line, file) != NULL) {
        gboolean ends = strchr (line, '\n') != NULL;

        if (begins && parse (line, &mapping)
            && (mapping.inode != last.inode || mapping.minor != last.minor
                || mapping.major != last.major)) {
            found (&mapping, data);
            last = mapping;
        }
        begins = ends;
    }
    if (ferror (file))
        result = -errno;
    fclose (file);
    return result;
}
