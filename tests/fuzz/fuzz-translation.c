/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes over the bus and is looked up sentence by sentence, with the German catalog of this
 * build: text comes out, the same each time, and what is too long as it was. */
#include "fuzz.h"

#include "vf-translation.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

static void
speak_german (void)
{
    static gboolean done;

    if (done)
        return;
    done = TRUE;
    g_setenv ("LANGUAGE", "de", TRUE);
    g_setenv ("LC_ALL", "C.UTF-8", TRUE);
    setlocale (LC_ALL, "");
    bindtextdomain (GETTEXT_PACKAGE, FUZZ_LOCALE_FOLDER);
    bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
    textdomain (GETTEXT_PACKAGE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autofree char *raw = g_strndup ((const char *) data, size);
    g_autofree char *text = g_utf8_make_valid (raw, -1);
    g_autofree char *once = NULL;
    g_autofree char *twice = NULL;

    speak_german ();
    once = vf_translation_of (text);
    twice = vf_translation_of (text);
    FUZZ_ASSERT (strcmp (once, twice) == 0);
    FUZZ_ASSERT (g_utf8_validate (once, -1, NULL));
    FUZZ_ASSERT (strlen (text) <= VF_TRANSLATION_MAX || strcmp (once, text) == 0);
    return 0;
}
