/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A case of a test as a file for people, NAME.case: "of MACHINE" in its first line says which file
 * of tests/machines it is about; further lines of such a file follow, and behind "---" what is
 * expected. Mistakes end the program. */
#pragma once

#include <glib.h>

typedef struct {
    char *machine; /* the text of the machine's file */
    char *more;    /* the further lines */
    char *expected;
} FakeCase;

/* Of the file at @path; lines that begin with @comment are not read. The caller owns it. */
FakeCase *fake_case_read (const char *path, char comment);
void fake_case_free (FakeCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeCase, fake_case_free)

/* Adds the test "PREFIX/NAME.case" for each case in @folder; its data is the path of the file. The
 * paths, which the caller owns until the tests have run. */
GPtrArray *fake_case_add_tests (const char *folder, const char *prefix, GTestDataFunc test);

/* Writes @expected into the file at @path, for what stands behind "---" there. */
void fake_case_update (const char *path, const char *expected);

/* All that stands in the files at @paths, one behind the other; the caller owns it. */
char *fake_case_join (const GPtrArray *paths);
