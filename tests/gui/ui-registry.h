/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry of accessible programs, which is started by whoever asks for it first. */
#pragma once

/* Starts it on the session bus at @address, and waits until it answers: libatspi, which asks once,
 * does not bear a registry that is only beginning. */
void ui_registry_start (const char *address);
