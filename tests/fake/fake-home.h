/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The home of a person who has just begun, for a test that keeps something there. */
#pragma once

/* Has this program take a new folder for the person's home; before GLib was asked where that is.
 * The caller removes it with fake_tree_remove() and owns the path. */
char *fake_home_new (void);
