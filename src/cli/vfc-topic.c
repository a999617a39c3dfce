/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of the document that the help is made of. */
#include "vfc-topic.h"

#include <gio/gio.h>
#include <string.h>

#define DOCUMENT "/org/virtflow/VirtFlow/troubleshooting.md"
#define CHAPTER "## "
#define ENTRY "### "

static void
topic_free (gpointer data)
{
    VfcTopic *topic = data;

    g_free (topic->name);
    g_free (topic->title);
    g_free (topic->text);
    g_free (topic);
}

/* @heading without its mark: "name", or "name: title". */
static VfcTopic *
topic_new (const char *heading, gboolean is_chapter)
{
    g_auto (GStrv) parts = g_strsplit (heading, ": ", 2);
    VfcTopic *topic = g_new (VfcTopic, 1);

    *topic = (VfcTopic){ .name = g_strdup (parts[0]),
                         .title = g_strdup (parts[1] != NULL ? parts[1] : ""),
                         .is_chapter = is_chapter };
    return topic;
}

/* Without the empty lines around it. The first line may be indented, as an example is. */
static void
set_text (GPtrArray *topics, GString *text)
{
    const char *begin = text->str + strspn (text->str, "\n");

    if (topics->len > 0)
        ((VfcTopic *) topics->pdata[topics->len - 1])->text = g_strchomp (g_strdup (begin));
    g_string_truncate (text, 0);
}

GPtrArray *
vfc_topic_parse (const char *document)
{
    GPtrArray *topics = g_ptr_array_new_with_free_func (topic_free);
    g_auto (GStrv) lines = g_strsplit (document, "\n", -1);
    g_autoptr (GString) text = g_string_new ("");

    for (guint i = 0; lines[i] != NULL; i++) {
        gboolean is_chapter = g_str_has_prefix (lines[i], CHAPTER);

        if (is_chapter || g_str_has_prefix (lines[i], ENTRY)) {
            const char *heading = lines[i] + (is_chapter ? strlen (CHAPTER) : strlen (ENTRY));

            set_text (topics, text);
            g_ptr_array_add (topics, topic_new (heading, is_chapter));
        } else
            g_string_append_printf (text, "%s\n", lines[i]);
    }
    set_text (topics, text);
    return topics;
}

GPtrArray *
vfc_topic_list (void)
{
    g_autoptr (GBytes) document =
        g_resources_lookup_data (DOCUMENT, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_autofree char *text = NULL;

    g_assert (document != NULL); /* it is part of this very program */
    text = g_strndup (g_bytes_get_data (document, NULL), g_bytes_get_size (document));
    return vfc_topic_parse (text);
}

gboolean
vfc_topic_find (const GPtrArray *topics, const char *name, guint *index)
{
    for (*index = 0; *index < topics->len; (*index)++) {
        if (g_ascii_strcasecmp (((VfcTopic *) topics->pdata[*index])->name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* In sentences of VirtFlow a command stands between quotes, as it does in those for terminals. */
char *
vfc_topic_plain (const VfcTopic *topic)
{
    return g_strdelimit (g_strdup (topic->text), "`", '\'');
}
