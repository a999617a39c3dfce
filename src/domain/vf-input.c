/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what may be said of a keyboard or mouse, and how it is read from text. */
#include "vf-input.h"

#include "vf-error.h"
#include "vf-text.h"

#include <string.h>

#define FOLDER "/dev/input/"

/* No path is longer in the kernel, with its NUL. */
#define PATH_SIZE_MAX 4096

/* Whether the kernel would look for it in the folder itself, and libvirt can have it in its XML. */
static gboolean
is_path (const char *path)
{
    if (!g_str_has_prefix (path, FOLDER) || strlen (path) >= PATH_SIZE_MAX
        || !g_utf8_validate (path, -1, NULL))
        return FALSE;
    for (const char *at = path; *at != '\0'; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char (at);

        if (g_unichar_iscntrl (c) || c == 0xfffe || c == 0xffff)
            return FALSE;
    }
    return strstr (path, "/../") == NULL && strstr (path, "/./") == NULL
           && strstr (path, "//") == NULL;
}

static gboolean
kind_of (const char *path, VfInputKind *kind)
{
    *kind = g_str_has_suffix (path, "-event-kbd") ? VF_INPUT_KEYBOARD : VF_INPUT_MOUSE;
    return *kind == VF_INPUT_KEYBOARD || g_str_has_suffix (path, "-event-mouse");
}

VfInput *
vf_input_new_evdev (const char *path, GError **error)
{
    g_autofree char *shown = vf_text_escape (path);
    VfInput *input;
    VfInputKind kind;

    if (!is_path (path) || !kind_of (path, &kind)) {
        vf_error_set (
            error, VF_REASON_INVALID_INPUT,
            "'%s' is no keyboard or mouse of the host: the path of one is below /dev/input/ "
            "and ends with -event-kbd or -event-mouse, so that it stays the same when "
            "devices are plugged in. \"ls /dev/input/by-id\" lists them.",
            shown);
        return NULL;
    }
    input = g_new0 (VfInput, 1);
    input->kind = kind;
    input->path = g_strdup (path);
    return input;
}

static gboolean
read_id (const char *text, guint16 *id)
{
    guint16 value = 0;

    for (guint i = 0; i < 4; i++) {
        if (!g_ascii_isxdigit (text[i]))
            return FALSE;
        value = (guint16) (value << 4 | g_ascii_xdigit_value (text[i]));
    }
    *id = value;
    return TRUE;
}

VfInput *
vf_input_new_usb (const char *ids, GError **error)
{
    g_autofree char *shown = vf_text_escape (ids);
    VfInput *input;
    guint16 vendor, product;

    /* libvirt takes a vendor of 0 for none. */
    if (strlen (ids) != 9 || ids[4] != ':' || !read_id (ids, &vendor)
        || !read_id (ids + 5, &product) || vendor == 0) {
        vf_error_set (error, VF_REASON_INVALID_INPUT,
                      "'%s' is no USB device: one is named by its vendor and product as four "
                      "hexadecimal digits each, like 046d:c52b. \"lsusb\" lists them.",
                      shown);
        return NULL;
    }
    input = g_new0 (VfInput, 1);
    input->kind = VF_INPUT_USB;
    input->vendor = vendor;
    input->product = product;
    return input;
}

VfInput *
vf_input_copy (const VfInput *input)
{
    VfInput *copy = g_memdup2 (input, sizeof *input);

    copy->path = g_strdup (input->path);
    return copy;
}

void
vf_input_free (VfInput *input)
{
    g_free (input->path);
    g_free (input);
}

gboolean
vf_input_equal (const VfInput *a, const VfInput *b)
{
    return a->kind == b->kind && g_strcmp0 (a->path, b->path) == 0 && a->vendor == b->vendor
           && a->product == b->product;
}

const char *
vf_input_kind_id (VfInputKind kind)
{
    switch (kind) {
    case VF_INPUT_KEYBOARD:
        return "keyboard";
    case VF_INPUT_MOUSE:
        return "mouse";
    case VF_INPUT_USB:
        return "usb";
    }
    g_return_val_if_reached ("");
}

char *
vf_input_format (const VfInput *input)
{
    return input->kind == VF_INPUT_USB
               ? g_strdup_printf ("%04x:%04x", input->vendor, input->product)
               : g_strdup (input->path);
}
