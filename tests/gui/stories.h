/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stories of the app, by what they are about. */
#pragma once

void add_machine_stories (void);
void add_change_stories (void);
void add_gpu_stories (void);
void add_german_stories (void);
void add_condition_stories (void);
void add_login_stories (void);
void add_look_stories (void);
