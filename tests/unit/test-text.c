/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a GPU is, in words; and what of a name reaches a terminal. */
#include "vf-text.h"

static const struct {
    const char *state;
    VfClaimKind kind;
    const char *label;
    gboolean host_display;
    const char *words;
} cases[] = {
    { "host", VF_CLAIM_NONE, "", FALSE, "on the host" },
    { "host", VF_CLAIM_NONE, "", TRUE, "on the host, shows its picture" },
    { "host", VF_CLAIM_VM, "win11", FALSE, "on the host" },
    { "lending", VF_CLAIM_VM, "win11", FALSE, "on its way to win11" },
    { "lending", VF_CLAIM_NONE, "", FALSE, "on its way" },
    { "lent", VF_CLAIM_USER, "anna", FALSE, "lent to anna" },
    { "in-use", VF_CLAIM_VM, "win11", FALSE, "in use by win11" },
    { "in-use", VF_CLAIM_VM, "win\n11", FALSE, "in use by win\\x0a11" },
    { "returning", VF_CLAIM_VM, "win11", FALSE, "on its way back from win11" },
    { "mixed", VF_CLAIM_VM, "win11", FALSE, "half-way, needs virtflow recover" },
    { "wedged", VF_CLAIM_NONE, "", FALSE, "wedged, its driver hangs" },
    { "foreign", VF_CLAIM_NONE, "", TRUE, "not managed by VirtFlow, shows the host's picture" },
    { "unknown", VF_CLAIM_NONE, "", TRUE, "unknown, shows the host's picture" },
    { "new-one", VF_CLAIM_VM, "win11", FALSE, "new-one" },
};

static void
test_gpu_state (void)
{
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (VfClaim) claim = vf_claim_new (cases[i].kind, "id", cases[i].label);
        g_autofree char *words = vf_text_gpu_state (cases[i].state, claim, cases[i].host_display);

        g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_without_claim (void)
{
    g_autofree char *words = vf_text_gpu_state ("lent", NULL, FALSE);

    g_assert_cmpstr (words, ==, "lent");
}

static void
test_escape (void)
{
    static const struct {
        const char *text, *shown;
    } texts[] = {
        { "win11", "win11" },
        { "Büro ✓", "Büro ✓" },
        { "a\nb\tc\x7f", "a\\x0ab\\x09c\\x7f" },
        { "\033[31mred", "\\x1b[31mred" },
        { "\302\23331m", "\\x9b31m" },                      /* the same in one character */
        { "\u202egnp.exe\u2066", "\\x202egnp.exe\\x2066" }, /* turns the direction */
        { "a\u2028b\u2029", "a\\x2028b\\x2029" },
        { "\xff\x80", "\uFFFD\uFFFD" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autofree char *shown = vf_text_escape (texts[i].text);

        g_assert_cmpstr (shown, ==, texts[i].shown);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/text/gpu-state", test_gpu_state);
    g_test_add_func ("/text/without-claim", test_without_claim);
    g_test_add_func ("/text/escape", test_escape);
    return g_test_run ();
}
