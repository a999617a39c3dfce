/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests the one door to the real kernel on files of its own, and the worker's protocol. */
#include "fake-host.h"
#include "vf-error.h"
#include "vf-packet.h"
#include "vf-reply.h"
#include "vf-step.h"
#include "vfw-service.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *path;
    int folder;
    VfSysfs *sysfs;
    VfwKernel *kernel;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
    fixture->path = g_dir_make_tmp ("virtflow-kernel-XXXXXX", NULL);
    fixture->folder = open (fixture->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fixture->sysfs = vf_sysfs_new (fixture->folder);
    fixture->kernel = vfw_kernel_new (fixture->folder);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
    static const char *const names[] = { "attribute", "link" };

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        unlinkat (fixture->folder, names[i], 0);
    g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
    vf_sysfs_free (fixture->sysfs);
    g_free (fixture->path);
    g_free (fixture->kernel);
}

static int
write_to (Fixture *fixture, const char *path, const char *text)
{
    return fixture->kernel->write (fixture->kernel, fixture->sysfs, path, text);
}

static void
test_write (Fixture *fixture, gconstpointer unused)
{
    g_autofree char *file = g_build_filename (fixture->path, "attribute", NULL);
    g_autofree char *text = NULL;

    g_assert_cmpint (write_to (fixture, "attribute", "x"), ==, ENOENT);
    g_assert_true (g_file_set_contents (file, "", 0, NULL));
    g_assert_cmpint (write_to (fixture, "attribute", "vfio-pci"), ==, 0);
    g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
    g_assert_cmpstr (text, ==, "vfio-pci");
}

static void
test_write_errno (Fixture *fixture, gconstpointer unused)
{
    g_assert_cmpint (symlinkat ("/dev/full", fixture->folder, "link"), ==, 0);
    g_assert_cmpint (write_to (fixture, "link", "x"), ==, ELOOP);
    g_assert_cmpint (write_to (fixture, "/dev/full", "x"), ==, ENOSPC);
}

static void
test_set_mode (Fixture *fixture, gconstpointer unused)
{
    char name[64];
    struct stat status;
    int ours, theirs;

    g_assert_cmpint (openpty (&ours, &theirs, name, NULL, NULL), ==, 0);
    g_assert_cmpint (fstat (theirs, &status), ==, 0);
    g_assert_cmpint (fixture->kernel->set_mode (fixture->kernel, name, status.st_rdev, 0), ==, 0);
    g_assert_cmpint (g_lstat (name, &status), ==, 0);
    g_assert_cmpuint (status.st_mode & 07777, ==, 0);
    g_assert_cmpint (fixture->kernel->set_mode (fixture->kernel, name, status.st_rdev, 0640), ==,
                     0);
    g_assert_cmpint (fixture->kernel->set_mode (fixture->kernel, name, status.st_rdev + 1, 0), ==,
                     ESTALE);
    g_assert_cmpint (g_lstat (name, &status), ==, 0);
    g_assert_cmpuint (status.st_mode & 07777, ==, 0640);
    close (ours);
    close (theirs);
}

/* Neither what a link leads to nor what is no device node is touched. */
static void
test_set_mode_of_others (Fixture *fixture, gconstpointer unused)
{
    g_autofree char *file = g_build_filename (fixture->path, "attribute", NULL);

    g_assert_true (g_file_set_contents (file, "", 0, NULL));
    g_assert_cmpint (symlinkat ("attribute", fixture->folder, "link"), ==, 0);
    g_assert_cmpint (fixture->kernel->set_mode (fixture->kernel, "attribute", 0, 0), ==, ESTALE);
    g_assert_cmpint (fixture->kernel->set_mode (fixture->kernel, "link", 0, 0), ==, ESTALE);
    g_assert_cmpint (fixture->kernel->set_mode (fixture->kernel, "gone", 0, 0), ==, ENOENT);
}

/* Three packets: a step, a step against a law, and no step at all. The worker answers each. */
static void
test_service (void)
{
    static const struct {
        const char *kind, *address;
        guint32 ids;
        const char *value, *reason;
    } packets[] = {
        { "override", "0000:01:00.0", 0x12341111, "vfio-pci", "" },
        { "override", "0000:00:01.0", 0x12341111, "vfio-pci", "host-display" },
        { "override", "0000:01:00.0", 0x12341111, "vfio-pci\n", "internal" },
        { "override", "0000:01:00", 0x12341111, "vfio-pci", "invalid-address" },
    };
    g_autoptr (FakeHost) host = fake_host_new ("lab");
    int sockets[2];

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS (packets); i++)
        g_assert_true (
            vf_packet_send (sockets[0],
                            g_variant_new (VF_STEP_VARIANT_TYPE, packets[i].kind,
                                           packets[i].address, packets[i].ids, packets[i].value),
                            NULL));
    shutdown (sockets[0], SHUT_WR);
    g_assert_cmpint (vfw_service_run (sockets[1], host->root, &host->kernel->kernel), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS (packets); i++) {
        g_autoptr (GVariant) reply = vf_packet_receive (sockets[0], VF_STEP_REPLY_TYPE, NULL);
        const char *reason;

        g_assert_nonnull (reply);
        g_variant_get (reply, "(&s&s&s)", &reason, NULL, NULL);
        g_assert_cmpstr (reason, ==, packets[i].reason);
    }
    g_assert_cmpuint (host->kernel->writes, ==, 1);
    close (sockets[0]);
    close (sockets[1]);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/kernel/" name, Fixture, NULL, set_up, function, tear_down)
    ADD ("write", test_write);
    ADD ("write-errno", test_write_errno);
    ADD ("set-mode", test_set_mode);
    ADD ("set-mode-of-others", test_set_mode_of_others);
    g_test_add_func ("/service/packets", test_service);
    return g_test_run ();
}
