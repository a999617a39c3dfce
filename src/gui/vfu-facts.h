/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts as the rows of a boxed list. */
#pragma once

#include <adwaita.h>

/* Shows the VflFact items of @facts in @list, as long as both live; @group, which may be NULL, is
 * hidden while there are none. */
void vfu_facts_bind (GtkListBox *list, GListModel *facts, GtkWidget *group);
