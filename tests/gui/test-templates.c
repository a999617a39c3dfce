/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every template is what its class takes it for: each is made once. GTK only warns of what does not
 * fit, and a warning ends the test. */
#include "fake-tree.h"
#include "ui-display.h"
#include "vfu-change-plan.h"
#include "vfu-change-progress.h"
#include "vfu-change-result.h"
#include "vfu-checkup-dialog.h"
#include "vfu-condition-page.h"
#include "vfu-gpu-page.h"
#include "vfu-gpu-row.h"
#include "vfu-machine-page.h"
#include "vfu-machine-row.h"
#include "vfu-window.h"

static void
test_pages_and_rows (void)
{
    GType types[] = { VFU_TYPE_CHANGE_PLAN,    VFU_TYPE_CHANGE_PROGRESS, VFU_TYPE_CHANGE_RESULT,
                      VFU_TYPE_CONDITION_PAGE, VFU_TYPE_GPU_PAGE,        VFU_TYPE_GPU_ROW,
                      VFU_TYPE_MACHINE_PAGE,   VFU_TYPE_MACHINE_ROW };

    for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
        GtkWidget *widget = g_object_ref_sink (g_object_new (types[i], NULL));

        g_assert_nonnull (gtk_widget_get_first_child (widget));
        g_object_unref (widget);
    }
}

static void
test_window (void)
{
    g_autoptr (VflHost) host = vfl_host_new ("unix:path=/nonexistent");
    g_autoptr (AdwApplication) application =
        adw_application_new ("org.virtflow.VirtFlow", G_APPLICATION_NON_UNIQUE);
    GtkWidget *window;

    g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
    window = vfu_window_new (GTK_APPLICATION (application), host);
    g_assert_nonnull (window);
    vfu_checkup_dialog_open (GTK_WINDOW (window), host);
    gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
    UiDisplay *display = ui_display_new ();
    g_autofree char *home = fake_tree_new_folder ();
    g_auto (GStrv) environment = ui_display_environment (display, home, "[Settings]\n");
    int status;

    for (char **variable = environment; *variable != NULL; variable++) {
        g_auto (GStrv) parts = g_strsplit (*variable, "=", 2);

        g_setenv (parts[0], parts[1], TRUE);
    }
    g_setenv ("GTK_A11Y", "none", TRUE);
    /* As the app does; what GL leaves behind is not ours to answer for. */
    g_setenv ("GSK_RENDERER", "cairo", TRUE);
    g_setenv ("GDK_DEBUG", "gl-disable", TRUE);
    g_test_init (&argc, &argv, NULL);
    adw_init ();
    g_test_add_func ("/templates/pages-and-rows", test_pages_and_rows);
    g_test_add_func ("/templates/window", test_window);
    status = g_test_run ();
    ui_display_free (display);
    fake_tree_remove (home);
    return status;
}
