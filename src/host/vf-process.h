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

/* The systemd unit it belongs to, escaped: "NAME" of one of the system's own. Below another unit it
 * is the innermost one and named with that, "user@1000.service/NAME": a user may call his units as
 * he likes. "" when it is in none. The caller owns it. */
char *vf_process_unit (const VfSysfs *process);

/* What /etc/passwd calls @uid, or the number. The caller owns it. The file itself is asked: a
 * directory server somewhere may take any time to answer, and who asks here may not wait. */
char *vf_process_user_name (guint32 uid);
