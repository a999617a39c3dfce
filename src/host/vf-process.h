/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What /proc says about one process. */
#pragma once

#include "vf-sysfs.h"

/* Each reads from @process, the folder /proc/PID. */

/* When it began, in clock ticks since boot: together with the pid it names one process, even after
 * the pid was used again. A negative errno value when the process is gone. */
int vf_process_start_time (const VfSysfs *process, guint64 *start_time);

/* Its real user. */
int vf_process_uid (const VfSysfs *process, guint32 *uid);

/* Its name, escaped for a terminal; "?" when it is gone. The caller owns it. */
char *vf_process_command (const VfSysfs *process);

/* The systemd unit it belongs to, escaped; the innermost one, so that of a user's program is its
 * own and not "user@1000.service". "" when it is in none. The caller owns it. */
char *vf_process_unit (const VfSysfs *process);

/* What /etc/passwd calls @uid, or the number. The caller owns it. The file itself is asked: a
 * directory server somewhere may take any time to answer, and who asks here may not wait. */
char *vf_process_user_name (guint32 uid);
