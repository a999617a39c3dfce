/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences of the daemon and its helpers in German, and text that is not theirs. The first
 * argument is the folder of the built catalogs; LANGUAGE must be "de" in a locale that allows it.
 */
#include "vf-translation.h"

#include "vf-blocker.h"
#include "vf-step.h"
#include "vf-text.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

static const VfPciAddress card = { .bus = 1 };
/* The catalog that is there, and one that is not. */
static char *catalogs;

/* What @make says where there is no catalog, as in the daemon. */
#define IN_ENGLISH(make) (bindtextdomain (GETTEXT_PACKAGE, "/nowhere"), (void) 0, (make))

static void
speak_german (void)
{
    g_assert_nonnull (bindtextdomain (GETTEXT_PACKAGE, catalogs));
}

static void
assert_translated (const char *english, const char *german)
{
    g_autofree char *translated = vf_translation_of (english);

    g_assert_cmpstr (translated, ==, german);
}

static void
assert_left (const char *english)
{
    assert_translated (english, english);
}

static void
test_captures (void)
{
    assert_translated ("unbind 0000:01:00.1 from snd_hda_intel",
                       "0000:01:00.1 von snd_hda_intel lösen");
    assert_translated ("Unknown option 'colour'.", "Unbekannte Option „colour“.");
    assert_translated ("At 0000:01:00.0 is 10de:1b80 now, and 10de:1b81 was meant. Nothing was "
                       "written to it.",
                       "Bei 0000:01:00.0 ist jetzt 10de:1b80, und gemeint war 10de:1b81. Es wurde "
                       "nichts dorthin geschrieben.");
    /* A number is a number. */
    assert_left ("At 0000:01:00.0 is 10de:1bXX now, and 10de:1b81 was meant. Nothing was written "
                 "to it.");
}

static void
test_captures_are_translated (void)
{
    assert_translated ("The kernel refused to unbind 0000:01:00.0 from nvidia: the write had no "
                       "effect. 'journalctl -k' may say more.",
                       "Der Kernel lehnt diesen Schritt ab: 0000:01:00.0 von nvidia lösen (das "
                       "Schreiben hatte keine Wirkung). „journalctl -k“ sagt vielleicht mehr.");
    assert_translated ("0000:01:00.0 drives the host's display: its connector DP-1 shows the "
                       "console. Without it the screen would go dark. Connect the monitor to the "
                       "other card and choose that one as primary display in the firmware.",
                       "0000:01:00.0 zeigt das Bild des Hosts: ihr Anschluss DP-1 zeigt die "
                       "Konsole. Ohne sie würde der Bildschirm dunkel. Schließen Sie den Monitor "
                       "an die andere Karte an, und wählen Sie diese in der Firmware als ersten "
                       "Bildschirm.");
    assert_translated ("0000:01:00.0 shares IOMMU group 14 with 0000:02:00.0, a storage device "
                       "(144d:a808) that belongs to the driver nvme and carries disk nvme0n1 (in "
                       "use: /, /home), network interface eth0. A group can only be handed over as "
                       "a whole. Put the GPU into another slot, or that device.",
                       "0000:01:00.0 teilt sich die IOMMU-Gruppe 14 mit 0000:02:00.0 (ein "
                       "Speichergerät, 144d:a808), das dem Treiber nvme gehört und woran hängt: "
                       "Laufwerk nvme0n1 (in Benutzung: /, /home), Netzwerkschnittstelle eth0. "
                       "Eine Gruppe kann nur als Ganzes übergeben werden. Stecken Sie die GPU oder "
                       "jenes Gerät in einen anderen Steckplatz.");
}

static void
test_lines (void)
{
    assert_translated ("The lend of 0000:01:00.0 was cancelled.\nEverything was undone: the host "
                       "has the GPU.",
                       "Das Verleihen von 0000:01:00.0 wurde abgebrochen.\nAlles wurde rückgängig "
                       "gemacht: Der Host hat die GPU.");
    assert_translated ("The card is gone.\nSomething else.\nThe card is gone.",
                       "Die Karte ist fort.\nSomething else.\nDie Karte ist fort.");
}

static void
test_sentences (void)
{
    assert_translated ("The card is gone. The name of the VM is too long.",
                       "Die Karte ist fort. Der Name der VM ist zu lang.");
    assert_translated ("The card is gone. Who knows why. Really.",
                       "Die Karte ist fort. Who knows why. Really.");
    /* What the hook says in front of the daemon's sentence. */
    assert_translated ("The VM \"win11\" was activated for a GPU by VirtFlow and does not start "
                       "without the daemon. The VirtFlow daemon is not running and could not be "
                       "started. Start it with \"systemctl start virtflowd\"; \"journalctl -u "
                       "virtflowd\" says why it does not run.",
                       "Die VM „win11“ wurde von VirtFlow für eine GPU aktiviert und startet nicht "
                       "ohne den Dienst. Der VirtFlow-Dienst läuft nicht und konnte nicht "
                       "gestartet werden. Starten Sie ihn mit „systemctl start virtflowd“; "
                       "„journalctl -u virtflowd“ sagt, warum er nicht läuft.");
}

/* Every step, so that none is left out when one is added. */
static void
test_steps (void)
{
    for (guint kind = 0; kind < VF_N_STEP_KINDS; kind++) {
        g_autoptr (VfStep) step = vf_step_new ((VfStepKind) kind, card, 0x10de1b80, "on");
        g_autofree char *english = IN_ENGLISH (vf_text_step (step));
        g_autofree char *german = NULL;

        speak_german ();
        german = vf_text_step (step);
        g_assert_cmpstr (english, !=, german);
        assert_translated (english, german);
    }
}

static void
test_blockers (void)
{
    GVariant *shown =
        g_variant_new_parsed ("[('denied-by-policy', '0000:01:00.0', %s)]",
                              "0000:01:00.0 is never lent: the administrator says so in "
                              "/etc/virtflow/virtflow.conf (key denied).");
    g_autoptr (GVariant) owned = g_variant_ref_sink (shown);
    g_autoptr (GPtrArray) blockers = vf_blockers_from_variant (owned);
    const VfBlocker *blocker = g_ptr_array_index (blockers, 0);

    g_assert_true (g_str_has_prefix (blocker->sentence, "0000:01:00.0 wird nie verliehen: "));
    g_assert_cmpstr (blocker->subject, ==, "0000:01:00.0");
}

static void
test_errors (void)
{
    g_autoptr (GError) error =
        vf_error_new (VF_REASON_INVALID_ADDRESS, "Unknown option '%.40s'.", "x");

    g_assert_cmpstr (error->message, ==, "Unbekannte Option „x“.");
}

/* What people and devices are called is not ours, and not read as a format. */
static void
test_foreign_words (void)
{
    assert_left ("");
    assert_left ("%s");
    assert_left ("lent");
    assert_left ("win11");
    assert_left ("%n%n%n%n %1$s %s is lent");
    assert_left ("A sentence that nobody of us has written, with 3 numbers: 1, 2, 3.");
    assert_left ("\n\n. . , , \n");
    assert_translated ("Unknown option 'x'. \377\376", "Unbekannte Option „x“. \377\376");
    assert_translated ("The VM %s %n names the GPU runs with 100 %1$s. Shut the VM down; the GPU "
                       "then comes back by itself.",
                       "Die VM %s %n names the GPU läuft mit 100 %1$s. Fahren Sie die VM herunter; "
                       "die GPU kommt dann von selbst zurück.");
    /* A machine may be called like a word of ours. */
    assert_translated ("The VM lent runs with it. Shut the VM down; the GPU then comes back by "
                       "itself.",
                       "Die VM lent läuft mit it. Fahren Sie die VM herunter; die GPU kommt dann "
                       "von selbst zurück.");
}

/* Long text that almost matches again and again comes back before the test is given up. */
static void
test_long (void)
{
    static const char *const pieces[] = { "The card is gone. ",
                                          "is in use by a VM: ",
                                          " %s",
                                          "a, ",
                                          "\n",
                                          ". ",
                                          "unbind from from ",
                                          "disk a, ",
                                          "disk a. ",
                                          "disk disk (in use: , " };

    for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++) {
        /* Behind a line, where lists are looked for as well. */
        g_autoptr (GString) text = g_string_new ("a line\n");
        g_autofree char *translated = NULL;

        while (text->len + strlen (pieces[i]) <= VF_TRANSLATION_MAX)
            g_string_append (text, pieces[i]);
        translated = vf_translation_of (text->str);
        g_assert_cmpuint (strlen (translated), >=, text->len / 2);
        while (text->len <= VF_TRANSLATION_MAX)
            g_string_append (text, pieces[i]);
        assert_left (text->str);
    }
}

static void
test_no_catalog (void)
{
    g_autofree char *english = IN_ENGLISH (vf_translation_of ("The card is gone."));

    speak_german ();
    g_assert_cmpstr (english, ==, "The card is gone.");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    setlocale (LC_ALL, "C.UTF-8");
    catalogs = argv[1];
    speak_german ();
    bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
    textdomain (GETTEXT_PACKAGE);
    g_test_add_func ("/translation/captures", test_captures);
    g_test_add_func ("/translation/captures-are-translated", test_captures_are_translated);
    g_test_add_func ("/translation/lines", test_lines);
    g_test_add_func ("/translation/sentences", test_sentences);
    g_test_add_func ("/translation/steps", test_steps);
    g_test_add_func ("/translation/blockers", test_blockers);
    g_test_add_func ("/translation/errors", test_errors);
    g_test_add_func ("/translation/foreign-words", test_foreign_words);
    g_test_add_func ("/translation/long", test_long);
    g_test_add_func ("/translation/no-catalog", test_no_catalog);
    return g_test_run ();
}
