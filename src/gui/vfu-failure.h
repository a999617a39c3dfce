/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialog about something that failed. */
#pragma once

#include "vfl-vigil.h"

#include <adwaita.h>

/* @title says what did not happen; the error's sentence why and what to do. */
void vfu_failure_show (GtkWindow *parent, const char *title, const GError *error);

/* The same where @parent may be NULL because its window was closed: then it is told as news. */
void vfu_failure_tell_somebody (GtkWindow *parent,
                                VflVigil *vigil,
                                const char *title,
                                const GError *error);

/* The same for a sentence that is no failure. */
void vfu_failure_tell (GtkWindow *parent, const char *title, const char *sentence);
