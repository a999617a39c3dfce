/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The app: one instance, its windows, its menu and its shortcuts. */
#pragma once

#include <adwaita.h>

#define VFU_TYPE_APPLICATION (vfu_application_get_type ())
G_DECLARE_FINAL_TYPE (VfuApplication, vfu_application, VFU, APPLICATION, AdwApplication)

VfuApplication *vfu_application_new (void);
