/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.virtflow.VirtFlowSetup1 on the bus, until nobody has called it for a while. */
#pragma once

#include "vf-setup-course.h"
#include "vf-setup-facts.h"

typedef struct {
    const char *bus; /* address; NULL for the system bus */
    int root;        /* of the machine */
    /* See vf_setup_place; NULL: vf_follow_up_do(). */
    gboolean (*follow) (VfFollowUp follow_up, gpointer data, GError **error);
    gpointer data;
    guint patience; /* milliseconds without a call after which it ends */
} VfSetupScenery;

/* Returns the exit status. */
int vf_setup_service_run (const VfSetupScenery *scenery);
