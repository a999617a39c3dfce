/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page about one thing, for people, on standard output: a key and a value on each line. */
#pragma once

#include <glib.h>

/* @key is "" for another value of the key above. @value may hold anything. */
void vfc_page_line (const char *key, const char *value);

/* The same with a value made of parts. */
void vfc_page_format (const char *key, const char *format, ...) G_GNUC_PRINTF (2, 3);
