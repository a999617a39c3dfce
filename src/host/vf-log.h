/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries in the system's log about a GPU or a VM, with fields by which they are found again. */
#pragma once

#include <glib.h>

/* The MESSAGE_ID of all of them (systemd.journal-fields(7)). */
#define VF_LOG_MESSAGE_ID "6f4d4a1c0e8d4d0a9b0f6b3d5a7e2c11"

#define VF_LOG_GPU "VIRTFLOW_GPU" /* address of its slot */
#define VF_LOG_VM "VIRTFLOW_VM"   /* name */
#define VF_LOG_UUID "VIRTFLOW_VM_UUID"
#define VF_LOG_STEP "VIRTFLOW_STEP"   /* kind of the step at which a switch failed */
#define VF_LOG_EVENT "VIRTFLOW_EVENT" /* what happened: "lent" */

/* What an entry is about; NULL where it is about none. */
typedef struct {
    const char *event; /* never NULL */
    const char *gpu;
    const char *vm;
    const char *uuid;
    const char *step;
} VfLogSubject;

/* Writes @sentence with @writer (g_log_writer_default, g_log_writer_journald ...) under the name of
 * @program, and returns what that does. */
GLogWriterOutput vf_log (const VfLogSubject *subject,
                         const char *program,
                         GLogLevelFlags level,
                         const char *sentence,
                         GLogWriterFunc writer);
