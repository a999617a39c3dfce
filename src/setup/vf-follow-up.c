/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which program of the host does what. */
#include "vf-follow-up.h"

#include "vf-error.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* An initramfs for each of many kernels takes minutes. */
#define DEADLINE_SECONDS 1200

/* Of what a program says, its end. */
#define TEXT_MAX 4096

static const char *const udev_rules[] = { "/usr/bin/udevadm", "control", "--reload", NULL };
static const char *const udev_cards[] = { "/usr/bin/udevadm", "trigger", "--action=change",
                                          "--subsystem-match=drm", NULL };

/* libvirtd reads its hooks again on SIGHUP (virHookInitialize), which is what its unit calls a
 * reload. The one that does not run will read them when it starts. */
static const char *const libvirt_units[] = { "libvirtd.service", "virtqemud.service" };

/* The last line of what was written to @fd, or of its end; the caller owns it. */
static char *
last_line (int fd)
{
    char text[TEXT_MAX + 1];
    off_t end = lseek (fd, 0, SEEK_END);
    gssize length = pread (fd, text, TEXT_MAX, MAX (end - TEXT_MAX, 0));
    const char *line;

    if (length <= 0)
        return g_strdup ("");
    text[length] = '\0';
    g_strchomp (text);
    line = strrchr (text, '\n');
    return g_utf8_make_valid (line != NULL ? line + 1 : text, -1);
}

static void
on_ended (GObject *process, GAsyncResult *result, gpointer data)
{
    *(gboolean *) data = TRUE;
}

static gboolean
on_deadline (gpointer process)
{
    g_subprocess_force_exit (process);
    return G_SOURCE_CONTINUE;
}

/* In a context of its own: nobody is served meanwhile. What it leaves running is not waited for. */
static void
await_end (GSubprocess *process)
{
    g_autoptr (GMainContext) context = g_main_context_new ();
    g_autoptr (GSource) deadline = g_timeout_source_new_seconds (DEADLINE_SECONDS);
    gboolean ended = FALSE;

    g_main_context_push_thread_default (context);
    g_source_set_callback (deadline, on_deadline, process, NULL);
    g_source_attach (deadline, context);
    g_subprocess_wait_async (process, NULL, on_ended, &ended);
    while (!ended)
        g_main_context_iteration (context, TRUE);
    g_source_destroy (deadline);
    g_main_context_pop_thread_default (context);
}

static gboolean
run (const char *const *words, GError **error)
{
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    g_autoptr (GSubprocess) process = NULL;
    g_autoptr (GError) failure = NULL;
    g_autofree char *said = NULL;
    int messages = memfd_create ("messages", MFD_CLOEXEC);

    g_subprocess_launcher_take_stderr_fd (launcher, dup (messages));
    process = g_subprocess_launcher_spawnv (launcher, words, &failure);
    if (process != NULL)
        await_end (process);
    said = failure != NULL ? g_strdup (failure->message) : last_line (messages);
    close (messages);
    if (process != NULL && g_subprocess_get_successful (process))
        return TRUE;
    vf_error_set (error, VF_REASON_SERVICE_FAILED, "%s failed: %s", words[0], said);
    return FALSE;
}

static gboolean
make_grub_menu (const VfSetupFacts *facts, GError **error)
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    g_autofree char *menu = NULL;
    g_auto (GStrv) words = NULL;

    /* Without a menu nobody boots by it any more. */
    if (facts->grub_menu == NULL)
        return TRUE;
    g_strv_builder_addv (builder, (const char **) facts->grub_tool);
    menu = g_strconcat ("/", facts->grub_menu, NULL);
    if (g_strv_contains (facts->grub_tool, "-o"))
        g_strv_builder_add (builder, menu);
    words = g_strv_builder_end (builder);
    return run ((const char *const *) words, error);
}

static gboolean
make_initramfs (const VfSetupFacts *facts, GError **error)
{
    if (facts->initramfs_tool != NULL)
        return run (facts->initramfs_tool, error);
    vf_error_set (error, VF_REASON_SERVICE_FAILED, "%s is not installed.",
                  "/usr/sbin/update-initramfs");
    return FALSE;
}

static gboolean
reload_libvirt (GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS (libvirt_units); i++) {
        const char *const ask[] = { "/usr/bin/systemctl", "is-active", "--quiet", libvirt_units[i],
                                    NULL };
        const char *const reload[] = { "/usr/bin/systemctl", "reload", libvirt_units[i], NULL };

        if (run (ask, NULL) && !run (reload, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
vf_follow_up_do (const VfSetupFacts *facts, VfFollowUp follow_up, GError **error)
{
    switch (follow_up) {
    case VF_FOLLOW_UP_GRUB:
        return make_grub_menu (facts, error);
    case VF_FOLLOW_UP_INITRAMFS:
        return make_initramfs (facts, error);
    case VF_FOLLOW_UP_UDEV:
        return run (udev_rules, error) && run (udev_cards, error);
    case VF_FOLLOW_UP_LIBVIRT:
        return reload_libvirt (error);
    }
    g_return_val_if_reached (FALSE);
}

const char *
vf_follow_up_sentence (VfFollowUp follow_up)
{
    switch (follow_up) {
    case VF_FOLLOW_UP_GRUB:
        return N_ ("The boot loader's menu is made anew.");
    case VF_FOLLOW_UP_INITRAMFS:
        return N_ ("The initramfs of each kernel is made anew, which may take minutes.");
    case VF_FOLLOW_UP_UDEV:
        return N_ ("udev reads its rules again and applies them to the graphics cards.");
    case VF_FOLLOW_UP_LIBVIRT:
        return N_ ("libvirt reads its hooks again; VMs that run go on.");
    }
    g_return_val_if_reached ("");
}
