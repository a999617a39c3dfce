/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each page as different people have it: its picture is for a person to look at, and everything on
 * it has a name for a screen reader. */
#include "stories.h"
#include "ui-stage.h"

#define GPU "0000:01:00.0"

typedef struct {
    const char *name;
    const char *variable; /* NULL: none */
    const char *value;
    const char *font; /* NULL: as everybody */
    int width;        /* 0: as it is */
} Look;

static const Look looks[] = {
    { "plain", NULL, NULL, NULL, 0 },
    { "dark", "ADW_DEBUG_COLOR_SCHEME", "prefer-dark", NULL, 0 },
    { "high-contrast", "ADW_DEBUG_HIGH_CONTRAST", "1", NULL, 0 },
    { "right-to-left", "GTK_DEBUG", "invert-text-dir", NULL, 0 },
    { "large-text", NULL, NULL, "Cantarell 22", 0 },
    { "narrow", NULL, NULL, NULL, 360 },
};

static void
take (Ui *ui, const char *page)
{
    g_assert_cmpuint (ui_check_names (ui), >, 3);
    ui_take_picture (ui, page);
}

/* In a narrow window the list and the page are not there at the same time. */
static void
go_back (Ui *ui, const Look *look)
{
    if (look->width != 0)
        ui_press (ui, "Back");
}

static void
see_pages (Ui *ui, const Look *look)
{
    ui_see_row (ui, "guest", "Running");
    ui_see_row (ui, GPU, "On the host");
    take (ui, "list");
    ui_open (ui, GPU);
    ui_see (ui, "game (process 1812)");
    take (ui, "gpu");
    go_back (ui, look);
    ui_open (ui, "guest");
    ui_see_row (ui, "Processors", "");
    take (ui, "machine");
    ui_press (ui, "More actions");
    ui_see (ui, "Force Off…");
    take (ui, "menu");
    ui_choose_shown (ui, "Force Off…");
    ui_see_button (ui, "Cancel");
    take (ui, "dialog");
    ui_press (ui, "Cancel");
    go_back (ui, look);
}

static void
looks_well (gconstpointer data)
{
    const Look *look = data;
    g_autoptr (UiStage) stage = ui_stage_new ("held");
    Ui *ui;

    ui_stage_add_vm (stage, "guest", "running", NULL);
    ui_stage_add_vm (stage, "a machine with a name that is longer than others", "shut off", NULL);
    if (look->variable != NULL)
        ui_stage_set (stage, look->variable, look->value);
    if (look->font != NULL)
        ui_stage_set_font (stage, look->font);
    ui = ui_stage_start (stage);
    ui_see_row (ui, "guest", "");
    if (look->width != 0)
        ui_resize (ui, look->width);
    see_pages (ui, look);
    fake_daemon_kill (ui_stage_daemon (stage));
    ui_open (ui, "VirtFlow’s Service Is Not Running");
    ui_see_button (ui, "Try Again");
    take (ui, "condition");
    ui_close (ui);
}

void
add_look_stories (void)
{
    for (gsize i = 0; i < G_N_ELEMENTS (looks); i++) {
        g_autofree char *path = g_strconcat ("/looks/", looks[i].name, NULL);

        g_test_add_data_func (path, &looks[i], looks_well);
    }
}
