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

/* Programs that do the same on one system or another; the first one that is there counts. Each ends
 * with NULL. */
#define MOST_WORDS 6
typedef const char *const CommandLine[MOST_WORDS];

static CommandLine initramfs[] = {
    { "/usr/sbin/update-initramfs", "-u", "-k", "all" },
    { "/usr/bin/dracut", "--regenerate-all", "--force" },
    { "/usr/bin/mkinitcpio", "-P" },
};

static CommandLine udev_rules[] = { { "/usr/bin/udevadm", "control", "--reload" } };
static CommandLine udev_cards[] = {
    { "/usr/bin/udevadm", "trigger", "--action=change", "--subsystem-match=drm" },
};

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
run_first (CommandLine *lines, gsize n_lines, GError **error)
{
    for (gsize i = 0; i < n_lines; i++) {
        if (g_file_test (lines[i][0], G_FILE_TEST_IS_EXECUTABLE))
            return run (lines[i], error);
    }
    vf_error_set (error, VF_REASON_SERVICE_FAILED, "%s is not installed.", lines[0][0]);
    return FALSE;
}

static gboolean
make_grub_menu (const VfSetupFacts *facts, GError **error)
{
    g_autofree char *menu =
        g_strconcat ("/", facts->grub_menu != NULL ? facts->grub_menu : "", NULL);
    const char *const commands[][MOST_WORDS] = {
        { "/usr/sbin/update-grub" },
        { "/usr/sbin/grub2-mkconfig", "-o", menu },
        { "/usr/sbin/grub-mkconfig", "-o", menu },
        { "/usr/bin/grub-mkconfig", "-o", menu },
    };

    /* Without a menu nobody boots by it any more. */
    return facts->grub_menu == NULL || run_first (commands, G_N_ELEMENTS (commands), error);
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
        return run_first (initramfs, G_N_ELEMENTS (initramfs), error);
    case VF_FOLLOW_UP_UDEV:
        return run_first (udev_rules, G_N_ELEMENTS (udev_rules), error)
               && run_first (udev_cards, G_N_ELEMENTS (udev_cards), error);
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
