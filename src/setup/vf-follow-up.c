/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which program of the host does what. */
#include "vf-follow-up.h"

#include "vf-error.h"

#include <gio/gio.h>
#include <string.h>

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

/* The last line of @text that is not empty; belongs to it. */
static const char *
last_line (char *text)
{
    const char *line;

    g_strchomp (text);
    line = strrchr (text, '\n');
    return line != NULL ? line + 1 : text;
}

static gboolean
run (const char *const *words, GError **error)
{
    g_autoptr (GSubprocess) process = NULL;
    g_autofree char *said = NULL;
    g_autoptr (GError) failure = NULL;

    process = g_subprocess_newv (
        words, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &failure);
    if (process != NULL
        && g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &said, &failure)
        && g_subprocess_get_successful (process))
        return TRUE;
    vf_error_set (error, VF_REASON_SERVICE_FAILED, "%s failed: %s", words[0],
                  failure != NULL ? failure->message
                  : said != NULL  ? last_line (said)
                                  : "");
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
    g_autofree char *menu = g_strconcat ("/", facts->grub_menu, NULL);
    const char *const commands[][MOST_WORDS] = {
        { "/usr/sbin/update-grub" },
        { "/usr/sbin/grub2-mkconfig", "-o", menu },
        { "/usr/sbin/grub-mkconfig", "-o", menu },
        { "/usr/bin/grub-mkconfig", "-o", menu },
    };

    return run_first (commands, G_N_ELEMENTS (commands), error);
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
