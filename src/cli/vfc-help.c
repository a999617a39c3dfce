/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns "virtflow help", but for the help of a command, which is the command's own. */
#include "vfc-commands.h"

#include "vfc-json.h"
#include "vfc-topic.h"

#include "vf-nearest.h"
#include "vf-text.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 80
#define INDENT 2

static const VfcTopic *
topic_at (const GPtrArray *topics, guint index)
{
    return topics->pdata[index];
}

/* The index behind the last entry of the chapter, or behind the entry, at @index. */
static guint
end_of (const GPtrArray *topics, guint index)
{
    guint end = index + 1;

    if (topic_at (topics, index)->is_chapter)
        while (end < topics->len && !topic_at (topics, end)->is_chapter)
            end++;
    return end;
}

static void
print_heading (const VfcRun *run, const VfcTopic *topic)
{
    printf ("%s%s%s%s%s\n", run->color ? "\033[1m" : "", topic->name,
            *topic->title != '\0' ? ": " : "", topic->title, run->color ? "\033[0m" : "");
}

static void
print_topics (const VfcRun *run, const GPtrArray *topics, guint begin, guint end)
{
    for (guint i = begin; i < end; i++) {
        g_autofree char *text = vfc_topic_plain (topic_at (topics, i));

        if (i > begin)
            putchar ('\n');
        print_heading (run, topic_at (topics, i));
        if (*text != '\0')
            printf ("%s\n", text);
    }
}

/* The names of the entries of a chapter, as many on a line as it has room for. */
static void
print_names (const GPtrArray *topics, guint begin, guint end)
{
    gsize column = 0;

    for (guint i = begin; i < end; i++) {
        const char *name = topic_at (topics, i)->name;

        if (column + strlen (", ") + strlen (name) + strlen (",") > WIDTH || column == 0) {
            printf ("%s%*s%s", column > 0 ? ",\n" : "", INDENT, "", name);
            column = INDENT + strlen (name);
        } else {
            printf (", %s", name);
            column += strlen (", ") + strlen (name);
        }
    }
    putchar ('\n');
}

static void
print_list (const VfcRun *run, const GPtrArray *topics)
{
    for (guint i = 0; i < topics->len; i = end_of (topics, i)) {
        print_heading (run, topic_at (topics, i));
        print_names (topics, i + 1, end_of (topics, i));
        putchar ('\n');
    }
    printf (
        _ ("\"virtflow help TOPIC\" explains one of these: a chapter, or what stands under "
           "it, such as\nthe id of an error. \"virtflow help COMMAND\" describes a command.\n"));
}

static void
answer (VfcRun *run, const GPtrArray *topics, guint begin, guint end)
{
    g_autoptr (JsonBuilder) builder = vfc_json_begin ();

    json_builder_set_member_name (builder, "topics");
    json_builder_begin_array (builder);
    for (guint i = begin; i < end; i++) {
        const VfcTopic *topic = topic_at (topics, i);
        g_autofree char *text = vfc_topic_plain (topic);

        json_builder_begin_object (builder);
        vfc_json_text (builder, "name", topic->name);
        vfc_json_text (builder, "title", topic->title);
        vfc_json_flag (builder, "chapter", topic->is_chapter);
        vfc_json_text (builder, "text", text);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
    vfc_json_end (run, builder);
}

static void
refuse (const VfcRun *run, const GPtrArray *topics, const char *name, GError **error)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    g_autofree char *shown = vf_text_escape (name);
    g_autofree char *nearest = NULL;

    for (guint i = 0; i < topics->len; i++)
        g_ptr_array_add (names, topic_at (topics, i)->name);
    for (guint i = 0; run->commands[i] != NULL; i++)
        g_ptr_array_add (names, (gpointer) run->commands[i]);
    nearest = vf_nearest (name, (const char *const *) names->pdata, names->len);
    vf_error_set (error, VF_REASON_NO_SUCH_TOPIC,
                  "There is no topic '%s'.%s%s%s \"virtflow help\" lists them.", shown,
                  nearest != NULL ? _ (" Did you mean ") : "", nearest != NULL ? nearest : "",
                  nearest != NULL ? "?" : "");
}

static gboolean
help (VfcRun *run, char **arguments, GError **error)
{
    g_autoptr (GPtrArray) topics = vfc_topic_list ();
    guint begin = 0;
    guint end = topics->len;

    if (arguments[0] != NULL) {
        if (!vfc_topic_find (topics, arguments[0], &begin)) {
            refuse (run, topics, arguments[0], error);
            return FALSE;
        }
        end = end_of (topics, begin);
    }
    if (run->json)
        answer (run, topics, begin, end);
    else if (arguments[0] == NULL)
        print_list (run, topics);
    else
        print_topics (run, topics, begin, end);
    return TRUE;
}

const VfcCommand vfc_command_help = {
    .name = "help",
    .arguments = "[TOPIC|COMMAND]",
    .description = "Explains what VirtFlow says, and what to do: a finding of the doctor, an error"
                   " by its id (which\n--json gives as \"reason\", and libvirt's message between"
                   " brackets), or a chapter. Without a topic\nit lists them. It needs neither the"
                   " daemon nor libvirt.",
    .example = "  virtflow help\n  virtflow help iommu-group\n  virtflow help nvidia\n  virtflow "
               "help activate",
    .most = 1,
    .run = help,
};
