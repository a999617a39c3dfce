/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a crash of what GLib only warns of: a critical is a mistake of ours, whatever was fed in.
 */
#include "fuzz.h"

static GLogWriterOutput
end_at_criticals (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
    if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) == 0)
        return G_LOG_WRITER_HANDLED;
    g_log_writer_standard_streams (level, fields, n_fields, data);
    abort ();
}

__attribute__ ((constructor)) static void
watch_criticals (void)
{
    g_log_set_writer_func (end_at_criticals, NULL, NULL);
}
