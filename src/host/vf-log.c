/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the fields of an entry. */
#include "vf-log.h"

#define MOST_FIELDS 10

static void
add (GLogField *fields, gsize *n_fields, const char *key, const char *value)
{
    if (value != NULL)
        fields[(*n_fields)++] = (GLogField){ key, value, -1 };
}

/* As syslog(3) numbers them. */
static const char *
priority_of (GLogLevelFlags level)
{
    return level & G_LOG_LEVEL_WARNING ? "4" : "5";
}

GLogWriterOutput
vf_log (const VfLogSubject *subject,
        const char *program,
        GLogLevelFlags level,
        const char *sentence,
        GLogWriterFunc writer)
{
    GLogField fields[MOST_FIELDS];
    gsize n_fields = 0;

    add (fields, &n_fields, "MESSAGE", sentence);
    add (fields, &n_fields, "MESSAGE_ID", VF_LOG_MESSAGE_ID);
    add (fields, &n_fields, "PRIORITY", priority_of (level));
    add (fields, &n_fields, "SYSLOG_IDENTIFIER", program);
    add (fields, &n_fields, VF_LOG_EVENT, subject->event);
    add (fields, &n_fields, VF_LOG_GPU, subject->gpu);
    add (fields, &n_fields, VF_LOG_VM, subject->vm);
    add (fields, &n_fields, VF_LOG_UUID, subject->uuid);
    add (fields, &n_fields, VF_LOG_STEP, subject->step);
    return writer (level, fields, n_fields, NULL);
}
