/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns by what form private things are known, and what stands in their place. */
#include "vfc-redaction.h"

#include "vf-error.h"
#include "vf-text.h"

#include <string.h>

/* Where a word begins and ends. */
#define BEGIN "(?<![\\p{L}\\p{N}])"
#define END "(?![\\p{L}\\p{N}])"

/* Names in the names of units are written by systemd: "machine-qemu\x2d1\x2dwin11.scope". */
#define BEGIN_NAME "(?:" BEGIN "|(?<=\\\\x[0-9a-f]{2}))"

#define GROUPS_OF_IPV6 "[0-9a-f]{1,4}(?::[0-9a-f]{1,4})"

/* The rest of a path, without what ends a sentence. */
#define UNQUOTED "[^\\s'\",;<>()]*[^\\s'\",;<>().:]"

/* Stand for a match that is not replaced as a whole. */
#define KEEP "keep"
#define HOME "home"
#define PLACE "place"

/* The first one that fits at a place counts. What stands before \K is left alone. */
static const struct {
    const char *kind;
    const char *pattern;
} forms[] = {
    { "uuid", BEGIN "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}" END },
    { "uuid", BEGIN "[0-9a-f]{32}" END },
    { "mac", BEGIN "[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5,}" END },
    /* udev makes such names of network interfaces. */
    { "mac", BEGIN "(?:en|wl|ww)x\\K[0-9a-f]{12}" END },
    { "ip", "(?<![\\w:])(?:" GROUPS_OF_IPV6 "{7}|(?=[:0-9a-f]*[0-9a-f])(?:" GROUPS_OF_IPV6
            "{0,6})?::(?:" GROUPS_OF_IPV6 "{0,6})?)(?:\\.[0-9]{1,3}){0,3}(?![\\w:])" },
    /* Not a version with a word behind it, as kernels have: "6.6.87.2-microsoft". */
    { "ip", "(?<![\\w.])[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?![\\w+~]|\\.[0-9]|-[a-z])" },
    { KEEP, BEGIN "(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]" END },
    { KEEP, BEGIN "[0-9a-f]{4}:[0-9a-f]{4}" END },
    { "serial", "/by-(?:id|uuid|label|partlabel|partuuid)/\\K[^\\s/'\",;<>()]+" },
    { "serial", BEGIN "serial(?:[ _-]?(?:number|no|short))?[\"']?[ \\t]*[:=#][ \\t]*[\"']?"
                      "\\K[^\\s'\",;]+" },
    { "serial", BEGIN "(?:wwn-0x|wwn-|naa\\.|eui\\.)\\K[0-9a-f]{8,}" END },
    /* A VM that nobody has named here, by the unit of its QEMU
       (virDomainDriverGenerateMachineName). */
    { "vm", BEGIN "machine-qemu\\\\x2d[0-9]+\\\\x2d\\K[^\\s]+?(?=\\.scope\\b)" },
    { "server", BEGIN "[a-z][a-z0-9+.-]*://\\K[^\\s/'\"]+" },
    { HOME, "(?<=['\"]/home/)[^'\"]+" },
    { HOME, "(?<=/home/)" UNQUOTED },
    { PLACE, "(?<=['\"]/media/|['\"]/mnt/|['\"]/root/)[^'\"]+" },
    { PLACE, "(?<=/media/|/mnt/|/root/)" UNQUOTED },
};

/* Who or what is called like this is as unknown as before, and the text stays legible. */
static const char *const telling_nothing[] = {
    "arch",      "archlinux", "card",     "computer", "daemon", "debian",  "desktop", "driver",
    "fedora",    "gentoo",    "gpu",      "host",     "kernel", "laptop",  "libvirt", "linux",
    "localhost", "manjaro",   "mint",     "nixos",    "no",     "none",    "nvidia",  "ok",
    "on",        "opensuse",  "pc",       "pop-os",   "qemu",   "root",    "server",  "ubuntu",
    "user",      "vfio",      "vfio-pci", "virtflow", "vm",     "windows", NULL,
};

struct _VfcRedaction {
    GHashTable *placeholders; /* "KIND VALUE", folded: its placeholder */
    GHashTable *counts;       /* kind: how many placeholders it has */
    GHashTable *names;        /* a name as it may be written, folded: its placeholder */
    GPtrArray *writings;      /* the same names, not folded */
    GRegex *regex;            /* finds all of it; NULL after a name came */
};

VfcRedaction *
vfc_redaction_new (void)
{
    VfcRedaction *redaction = g_new (VfcRedaction, 1);

    redaction->placeholders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    redaction->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    redaction->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    redaction->writings = g_ptr_array_new_with_free_func (g_free);
    redaction->regex = NULL;
    return redaction;
}

void
vfc_redaction_free (VfcRedaction *redaction)
{
    if (redaction == NULL)
        return;
    g_hash_table_unref (redaction->placeholders);
    g_hash_table_unref (redaction->counts);
    g_hash_table_unref (redaction->names);
    g_ptr_array_unref (redaction->writings);
    g_clear_pointer (&redaction->regex, g_regex_unref);
    g_free (redaction);
}

static const char *
placeholder_of (VfcRedaction *redaction, const char *kind, const char *value)
{
    g_autofree char *folded = g_utf8_casefold (value, -1);
    g_autofree char *key = g_strdup_printf ("%s %s", kind, folded);
    const char *known = g_hash_table_lookup (redaction->placeholders, key);
    guint number;
    char *made;

    if (known != NULL)
        return known;
    number = GPOINTER_TO_UINT (g_hash_table_lookup (redaction->counts, kind)) + 1;
    g_hash_table_insert (redaction->counts, g_strdup (kind), GUINT_TO_POINTER (number));
    made = g_strdup_printf ("%s-%u", kind, number);
    g_hash_table_insert (redaction->placeholders, g_steal_pointer (&key), made);
    return made;
}

/* What is added first counts: a VM may be called like the host. */
static void
add_writing (VfcRedaction *redaction, const char *writing, const char *placeholder)
{
    char *folded = g_utf8_casefold (writing, -1);

    if (g_hash_table_contains (redaction->names, folded)) {
        g_free (folded);
        return;
    }
    g_hash_table_insert (redaction->names, folded, g_strdup (placeholder));
    g_ptr_array_add (redaction->writings, g_strdup (writing));
    g_clear_pointer (&redaction->regex, g_regex_unref);
}

/* As systemd-escape(1) does it. */
static char *
escape_for_unit (const char *name)
{
    GString *escaped = g_string_new (NULL);

    for (; *name != '\0'; name++) {
        if (g_ascii_isalnum (*name) || strchr (":_.", *name) != NULL)
            g_string_append_c (escaped, *name);
        else
            g_string_append_printf (escaped, "\\x%02x", (guint8) *name);
    }
    return g_string_free (escaped, FALSE);
}

static char *
double_dashes (const char *name)
{
    g_auto (GStrv) parts = g_strsplit (name, "-", -1);

    return g_strjoinv ("--", parts);
}

static gboolean
tells_something (const char *name)
{
    g_autofree char *folded = g_utf8_casefold (name, -1);
    gboolean has_letter = FALSE;

    for (const char *next = name; *next != '\0'; next = g_utf8_next_char (next))
        has_letter = has_letter || g_unichar_isalpha (g_utf8_get_char (next));
    return has_letter && g_utf8_strlen (name, -1) > 1 && !g_strv_contains (telling_nothing, folded);
}

void
vfc_redaction_add (VfcRedaction *redaction, const char *kind, const char *name)
{
    g_autofree char *valid = name != NULL ? g_utf8_make_valid (name, -1) : NULL;
    if (valid != NULL && tells_something (valid)) {
        const char *placeholder = placeholder_of (redaction, kind, valid);
        g_autofree char *escaped = vf_text_escape (valid);
        g_autofree char *in_unit = escape_for_unit (valid);
        g_autofree char *mapped = double_dashes (valid);

        add_writing (redaction, valid, placeholder);
        add_writing (redaction, escaped, placeholder);
        add_writing (redaction, in_unit, placeholder);
        add_writing (redaction, mapped, placeholder);
    }
}

/* Longer ones first: a name may begin with another one. */
static int
compare_writings (gconstpointer a, gconstpointer b)
{
    gsize first = strlen (*(const char *const *) a);
    gsize second = strlen (*(const char *const *) b);

    return first < second ? 1 : first > second ? -1 : 0;
}

/* A group for each form, and a last one for the names. */
static GRegex *
make_regex (VfcRedaction *redaction, GError **error)
{
    g_autoptr (GString) pattern = g_string_new (NULL);

    for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
        g_string_append_printf (pattern, "%s(%s)", i > 0 ? "|" : "", forms[i].pattern);
    g_ptr_array_sort (redaction->writings, compare_writings);
    for (guint i = 0; i < redaction->writings->len; i++) {
        g_autofree char *name = g_regex_escape_string (redaction->writings->pdata[i], -1);

        g_string_append_printf (pattern, "%s%s", i > 0 ? "|" : "|" BEGIN_NAME "(", name);
    }
    if (redaction->writings->len > 0)
        g_string_append (pattern, ")" END);
    return g_regex_new (pattern->str, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, error);
}

/* "enx525400000001" has the address "52:54:00:00:00:01". */
static char *
bare_digits (const char *mac)
{
    GString *digits = g_string_new (NULL);

    for (; *mac != '\0'; mac++)
        if (g_ascii_isxdigit (*mac))
            g_string_append_c (digits, *mac);
    return g_string_free (digits, FALSE);
}

static void
append_form (VfcRedaction *redaction, const char *kind, const char *found, GString *result)
{
    if (strcmp (kind, KEEP) == 0) {
        g_string_append (result, found);
    } else if (strcmp (kind, HOME) == 0) {
        gsize length = strcspn (found, "/");
        g_autofree char *user = g_strndup (found, length);

        g_string_append (result, placeholder_of (redaction, "user", user));
        g_string_append (result, found[length] != '\0' ? "/..." : "");
    } else if (strcmp (kind, PLACE) == 0) {
        g_string_append (result, "...");
    } else {
        g_autofree char *value = strcmp (kind, "mac") == 0 ? bare_digits (found) : g_strdup (found);

        g_string_append (result, placeholder_of (redaction, kind, value));
    }
}

static gboolean
replace (const GMatchInfo *match, GString *result, gpointer data)
{
    VfcRedaction *redaction = data;
    g_autofree char *found = g_match_info_fetch (match, 0);
    g_autofree char *folded = g_utf8_casefold (found, -1);
    const char *placeholder = g_hash_table_lookup (redaction->names, folded);
    int start;

    /* A form may have found a name. */
    for (gsize i = 0; placeholder == NULL && i < G_N_ELEMENTS (forms); i++) {
        if (g_match_info_fetch_pos (match, (int) i + 1, &start, NULL) && start >= 0) {
            append_form (redaction, forms[i].kind, found, result);
            return FALSE;
        }
    }
    g_string_append (result, placeholder != NULL ? placeholder : "name");
    return FALSE;
}

char *
vfc_redaction_apply (VfcRedaction *redaction, const char *text, GError **error)
{
    g_autofree char *valid = g_utf8_make_valid (text, -1);
    g_autoptr (GError) failure = NULL;
    char *result = NULL;

    if (redaction->regex == NULL)
        redaction->regex = make_regex (redaction, &failure);
    if (redaction->regex != NULL)
        result =
            g_regex_replace_eval (redaction->regex, valid, -1, 0, 0, replace, redaction, &failure);
    if (result == NULL)
        vf_error_set (error, VF_REASON_INTERNAL,
                      "What is private could not be taken out of a text: %s.", failure->message);
    return result;
}
