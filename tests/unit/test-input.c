/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is taken for a keyboard, a mouse or a USB device, and what is not. */
#include "vf-input.h"

#include "vf-error.h"

static void
test_evdev (void)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfInput) keyboard =
        vf_input_new_evdev ("/dev/input/by-id/usb-A_B-event-kbd", &error);
    g_autoptr (VfInput) mouse = vf_input_new_evdev ("/dev/input/by-id/usb-A-event-mouse", NULL);
    g_autoptr (VfInput) copy = vf_input_copy (keyboard);
    g_autofree char *text = vf_input_format (copy);

    g_assert_no_error (error);
    g_assert_cmpint (keyboard->kind, ==, VF_INPUT_KEYBOARD);
    g_assert_cmpint (mouse->kind, ==, VF_INPUT_MOUSE);
    g_assert_cmpstr (text, ==, "/dev/input/by-id/usb-A_B-event-kbd");
    g_assert_true (vf_input_equal (keyboard, copy));
    g_assert_false (vf_input_equal (keyboard, mouse));
}

static void
test_usb (void)
{
    g_autoptr (VfInput) usb = vf_input_new_usb ("046D:c52b", NULL);
    g_autoptr (VfInput) other = vf_input_new_usb ("046d:c52c", NULL);
    g_autofree char *text = vf_input_format (usb);

    g_assert_cmpint (usb->vendor, ==, 0x046d);
    g_assert_cmpint (usb->product, ==, 0xc52b);
    g_assert_cmpstr (text, ==, "046d:c52b");
    g_assert_false (vf_input_equal (usb, other));
}

static void
test_refused (void)
{
    static const char *const paths[] = {
        "",
        "a-event-kbd",
        "dev/input/by-id/a-event-kbd",
        "/dev/sda-event-kbd",
        "/dev/inputs/a-event-kbd",
        "/dev/input/../sda-event-kbd",
        "/dev/input/by-id/../../x-event-kbd",
        "/dev/input/./a-event-kbd",
        "/dev/input//a-event-kbd",
        "/dev/input/by-id/a\n-event-kbd",
        "/dev/input/by-id/a\xc2\x85-event-kbd",
        "/dev/input/by-id/a\xff-event-kbd",
        "/dev/input/by-id/a\xef\xbf\xbf-event-kbd",
        "/dev/input/event3",
        "/dev/input/by-id/a-event-joystick",
    };
    static const char *const ids[] = {
        "",          "046d",      "046d:",     "046d:c52",  "046d:c52b0", "0x46d:c52b",
        "046dc52b0", "046d:c52g", "046d c52b", "0000:c52b", " 046d:c52",
    };
    g_autofree char *padding = g_strnfill (4096, 'a');
    g_autofree char *longest = g_strconcat ("/dev/input/", padding, "-event-kbd", NULL);

    for (gsize i = 0; i <= G_N_ELEMENTS (paths); i++) {
        g_autoptr (GError) error = NULL;
        const char *path = i < G_N_ELEMENTS (paths) ? paths[i] : longest;

        /* What a test says has to be UTF-8. */
        g_autofree char *shown = g_strescape (path, NULL);

        g_test_message ("%s", shown);
        g_assert_null (vf_input_new_evdev (path, &error));
        g_assert_true (vf_error_is (error, VF_REASON_INVALID_INPUT));
    }
    for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
        g_autoptr (GError) error = NULL;

        g_test_message ("%s", ids[i]);
        g_assert_null (vf_input_new_usb (ids[i], &error));
        g_assert_true (vf_error_is (error, VF_REASON_INVALID_INPUT));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/input/evdev", test_evdev);
    g_test_add_func ("/input/usb", test_usb);
    g_test_add_func ("/input/refused", test_refused);
    return g_test_run ();
}
