/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks whether a text is JSON and has what it must have: json-has [--lines] FILE MEMBER[=VALUE]...
 * MEMBER is a path like gpus.0.functions.1.driver; VALUE is what stands there, and a
 * text stands there without its quotes. With --lines each line of the file is a text of its own,
 * and all must have it. Says what is missing, and ends with 1 then. */
#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>

static JsonNode *
step_into (JsonNode *node, const char *name)
{
    if (JSON_NODE_HOLDS_OBJECT (node))
        return json_object_get_member (json_node_get_object (node), name);
    if (JSON_NODE_HOLDS_ARRAY (node) && g_ascii_isdigit (*name)) {
        guint index = (guint) atoi (name);
        JsonArray *array = json_node_get_array (node);

        return index < json_array_get_length (array) ? json_array_get_element (array, index) : NULL;
    }
    return NULL;
}

/* What stands at a node, without the quotes of a text. The caller owns it. */
static char *
words_of (JsonNode *node)
{
    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        return g_strdup (json_node_get_string (node));
    return json_to_string (node, FALSE);
}

static gboolean
has (JsonNode *root, const char *wish)
{
    const char *sign = strchr (wish, '=');
    g_autofree char *path = g_strndup (wish, sign != NULL ? (gsize) (sign - wish) : strlen (wish));
    g_auto (GStrv) names = g_strsplit (path, ".", -1);
    g_autofree char *found = NULL;
    JsonNode *node = root;

    for (guint i = 0; node != NULL && names[i] != NULL; i++)
        node = step_into (node, names[i]);
    if (node == NULL) {
        g_print ("there is no %s\n", path);
        return FALSE;
    }
    found = words_of (node);
    if (sign == NULL || strcmp (found, sign + 1) == 0)
        return TRUE;
    g_print ("%s is %s, and should be %s\n", path, found, sign + 1);
    return FALSE;
}

/* @text without the blanks between its parts. The caller owns it. */
static char *
squeeze (const char *text)
{
    GString *squeezed = g_string_new (NULL);
    gboolean quoted = FALSE;

    for (; *text != '\0'; text++) {
        if (quoted && *text == '\\' && text[1] != '\0')
            g_string_append_c (squeezed, *text++);
        else if (*text == '"')
            quoted = !quoted;
        if (quoted || !g_ascii_isspace (*text))
            g_string_append_c (squeezed, *text);
    }
    return g_string_free (squeezed, FALSE);
}

/* The parser is lenient: it takes comments, and anything after the end. So what it understood is
 * written once more. */
static gboolean
is_strict (const char *text, JsonNode *root)
{
    g_autofree char *again = json_to_string (root, FALSE);
    g_autofree char *understood = squeeze (again);
    g_autofree char *given = squeeze (text);

    if (strcmp (given, understood) == 0)
        return TRUE;
    g_print ("this is no strict JSON: %s\n", text);
    return FALSE;
}

static gboolean
has_all (const char *text, char **wishes)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    g_autoptr (GError) error = NULL;
    gboolean good;

    if (!json_parser_load_from_data (parser, text, -1, &error)
        || json_parser_get_root (parser) == NULL) {
        g_print ("this is no JSON: %s\n", error != NULL ? error->message : "nothing");
        return FALSE;
    }
    good = is_strict (text, json_parser_get_root (parser));
    for (; *wishes != NULL; wishes++)
        good = has (json_parser_get_root (parser), *wishes) && good;
    return good;
}

static gboolean
every_line_has_all (char *text, char **wishes)
{
    g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
    gboolean good = TRUE;

    if (lines[0] == NULL)
        g_print ("there is no line\n");
    for (guint i = 0; lines[i] != NULL; i++) {
        if (!has_all (lines[i], wishes)) {
            g_print ("in line %u: %s\n", i + 1, lines[i]);
            good = FALSE;
        }
    }
    return good && lines[0] != NULL;
}

int
main (int argc, char **argv)
{
    gboolean lines = argc > 1 && strcmp (argv[1], "--lines") == 0;
    char **arguments = argv + (lines ? 2 : 1);
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;
    gboolean good;

    if (*arguments == NULL || !g_file_get_contents (*arguments, &text, NULL, &error)) {
        g_printerr ("usage: json-has [--lines] FILE MEMBER[=VALUE]...: %s\n",
                    error != NULL ? error->message : "no file");
        return 2;
    }
    good = lines ? every_line_has_all (text, arguments + 1) : has_all (text, arguments + 1);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
