/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map-and-close DEVICE: maps the status page of a sound device (pcm*; where that is mapped is the
 * law of include/uapi/sound/asound.h), closes the device, says "mapped", and waits until it is
 * ended. */
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define STATUS_PLACE 0x80000000

static gboolean
map_and_close (const char *path)
{
    int fd = open (path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    void *page;

    if (fd < 0)
        return FALSE;
    page = mmap (NULL, (size_t) sysconf (_SC_PAGESIZE), PROT_READ, MAP_SHARED, fd, STATUS_PLACE);
    close (fd);
    return page != MAP_FAILED;
}

int
main (int argc, char **argv)
{
    if (argc != 2 || !map_and_close (argv[1]))
        return EXIT_FAILURE;
    g_print ("mapped\n");
    pause ();
    return EXIT_SUCCESS;
}
