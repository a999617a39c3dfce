/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The app as a person uses it: test-gui BUILD [-p /SUBJECT]. The pictures of a run are in
 * tests/gui/pictures of the build folder. */
#include "stories.h"
#include "ui-stage.h"

const char *__asan_default_options (void);

/* libatspi forgets memory when what it asks about has just gone. The app is looked at for leaks,
 * this program is not. */
const char *
__asan_default_options (void)
{
    return "detect_leaks=0";
}

int
main (int argc, char **argv)
{
    int status;

    ui_stage_prepare (&argc, &argv);
    add_machine_stories ();
    add_change_stories ();
    add_gpu_stories ();
    add_condition_stories ();
    add_login_stories ();
    add_look_stories ();
    add_german_stories ();
    status = g_test_run ();
    ui_stage_clear ();
    return status;
}
