/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the journals of GPUs hold, in lines for who looks into a problem. The journals are only
 * read, so it may be asked for while the daemon runs. */
#pragma once

/* Of the folder of the journals, which stays the caller's. VMs and users are named by their UUID
 * and number alone. The caller owns the text. */
char *vfd_account_make (int journals_fd);

/* Prints that of the daemon's folder @run. Returns the exit status. */
int vfd_account_print (const char *run);
