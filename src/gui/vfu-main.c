/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-gtk: the desktop app. Owns what must be decided before a toolkit is started. */
#include "vfu-application.h"

#include <glib/gi18n.h>
#include <locale.h>

/* A program that draws by GL or Vulkan opens every GPU that it finds: that wakes one that sleeps,
 * and makes the program a holder of the very card that it is about to give away. */
static void
leave_gpus_alone (void)
{
    g_setenv ("GSK_RENDERER", "cairo", TRUE);
    g_setenv ("GDK_DISABLE", "gl,vulkan,dmabuf", TRUE);
    g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
}

int
main (int argc, char **argv)
{
    g_autoptr (VfuApplication) application = NULL;

    leave_gpus_alone ();
    setlocale (LC_ALL, "");
    bindtextdomain (GETTEXT_PACKAGE, VF_LOCALE_FOLDER);
    bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
    textdomain (GETTEXT_PACKAGE);
    application = vfu_application_new ();
    return g_application_run (G_APPLICATION (application), argc, argv);
}
