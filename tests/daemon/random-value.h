/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of a type that somebody sends who means no good, or does not care: empty, huge, nested,
 * with control characters, and now and then right. */
#pragma once

#include <glib.h>

/* A value of @type, which is a single complete one. Floating. */
GVariant *random_value_new (GRand *rand, const GVariantType *type);

/* A single complete type, rarely a deep one; the caller owns it. */
GVariantType *random_value_type (GRand *rand);
