/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a change will do, and what a person should know before, in rows. */
#pragma once

#include "vfl-change.h"

/* Each fills a store of VflFact items anew, from what @change knows now. */
void vfl_forecast_show_consequences (VflChange *change, VflDaemon *daemon, GListStore *facts);
void vfl_forecast_show_reasons (VflChange *change, GListStore *facts); /* why it is refused */
void vfl_forecast_show_advice (VflChange *change, GListStore *facts);

/* The steps and the change of the VM's description, for who wants to know; the caller owns it. */
char *vfl_forecast_details (VflChange *change);
