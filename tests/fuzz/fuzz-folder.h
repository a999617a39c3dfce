/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder for a target that reads files. */
#pragma once

/* Made at the first call, removed at the end of the program. */
const char *fuzz_folder (void);
