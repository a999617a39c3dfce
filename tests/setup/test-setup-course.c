/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of files of a host, made and taken back in a folder: what was there is there again, byte
 * for byte, and what somebody has changed since is his. */
#include "fake-tree.h"
#include "vf-boot-remains.h"
#include "vf-error.h"
#include "vf-host-change.h"
#include "vf-setup-course.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MANIFEST "var/lib/virtflow-setup/manifest"
#define GRUB "etc/default/grub"
#define GRUB_TEXT "GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_TIMEOUT=5"

typedef struct {
    char *folder;
    VfSetupPlace place;
    VfFollowUp followed; /* all that was asked for */
    VfFollowUp failing;
    gboolean has_attribute; /* the file of GRUB has one */
    GError *error;
} Fixture;

static gboolean
follow (VfFollowUp follow_up, gpointer data, GError **error)
{
    Fixture *fixture = data;

    fixture->followed |= follow_up;
    if ((fixture->failing & follow_up) == 0)
        return TRUE;
    vf_error_set (error, VF_REASON_SERVICE_FAILED, "It failed.");
    return FALSE;
}

static void
write_file (Fixture *fixture, const char *path, const char *text, guint mode)
{
    g_autofree char *whole = g_build_filename (fixture->folder, path, NULL);
    g_autofree char *parent = g_path_get_dirname (whole);

    g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
    g_assert_true (g_file_set_contents (whole, text, -1, NULL));
    g_assert_cmpint (g_chmod (whole, (int) mode), ==, 0);
}

static char *
read_file (Fixture *fixture, const char *path)
{
    g_autofree char *whole = g_build_filename (fixture->folder, path, NULL);
    char *text = NULL;

    g_file_get_contents (whole, &text, NULL, NULL);
    return text;
}

static gboolean
exists (Fixture *fixture, const char *path)
{
    return faccessat (fixture->place.root, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
assert_text (Fixture *fixture, const char *path, const char *expected)
{
    g_autofree char *text = read_file (fixture, path);

    g_assert_cmpstr (text, ==, expected);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
    fixture->folder = fake_tree_new_folder ();
    fixture->place = (VfSetupPlace){ .root = fake_tree_open (fixture->folder),
                                     .manifest = MANIFEST,
                                     .follow = follow,
                                     .data = fixture };
    write_file (fixture, GRUB, GRUB_TEXT, 0640);
    write_file (fixture, "var/lib/virtflow-setup/.keep", "", 0600);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
    g_assert_no_error (fixture->error);
    close (fixture->place.root);
    fake_tree_remove (fixture->folder);
    g_free (fixture->folder);
}

static VfSetupItem *
words (void)
{
    VfSetupItem *item = vf_setup_item_new ("command-line", VF_EFFECT_RESTART, g_strdup ("Words."));

    vf_setup_item_add (item, vf_amendment_new (VF_AMENDMENT_LINE, GRUB,
                                               "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"",
                                               "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet word\""));
    vf_setup_item_add (item, vf_amendment_new (VF_AMENDMENT_LINE, GRUB, NULL, "GRUB_OTHER=1"));
    item->follow_ups = VF_FOLLOW_UP_GRUB;
    return item;
}

static VfSetupItem *
files (void)
{
    VfSetupItem *item = vf_setup_item_new ("desktop", VF_EFFECT_LOGIN, g_strdup ("Files."));

    vf_setup_item_add (
        item, vf_amendment_new (VF_AMENDMENT_FILE, "etc/udev/rules.d/72-x.rules", NULL, "rule\n"));
    vf_setup_item_add (item, vf_amendment_new (VF_AMENDMENT_LINK, "etc/libvirt/hooks/qemu.d/50-x",
                                               NULL, "/usr/lib/x"));
    item->follow_ups = VF_FOLLOW_UP_UDEV;
    return item;
}

static void
make (Fixture *fixture, VfSetupItem *made)
{
    g_autoptr (VfSetupItem) item = made;

    g_assert_true (vf_setup_course_make (&fixture->place, item, &fixture->error));
    g_assert_no_error (fixture->error);
}

/* How many changes stay. */
static guint
undo (Fixture *fixture)
{
    g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);

    g_assert_true (vf_setup_course_undo (&fixture->place, kept, &fixture->error));
    for (guint i = 0; i < kept->len; i++)
        g_test_message ("%s", (char *) kept->pdata[i]);
    return kept->len;
}

static void
assert_as_before (Fixture *fixture)
{
    struct stat status;

    assert_text (fixture, GRUB, GRUB_TEXT);
    g_assert_cmpint (fstatat (fixture->place.root, GRUB, &status, 0), ==, 0);
    g_assert_cmpint (status.st_mode & 07777, ==, 0640);
    g_assert_false (exists (fixture, "etc/udev"));
    g_assert_false (exists (fixture, "etc/libvirt"));
    g_assert_false (exists (fixture, MANIFEST));
    g_assert_false (exists (fixture, GRUB ".virtflow-new"));
}

/* A file system may have none. */
static void
set_attribute (Fixture *fixture)
{
    g_autofree char *path = g_build_filename (fixture->folder, GRUB, NULL);

    fixture->has_attribute = setxattr (path, "user.virtflow", "kept", 4, 0) == 0;
}

static void
assert_attribute (Fixture *fixture)
{
    g_autofree char *path = g_build_filename (fixture->folder, GRUB, NULL);
    char value[8] = "";

    if (fixture->has_attribute)
        g_assert_cmpint (getxattr (path, "user.virtflow", value, sizeof value), ==, 4);
}

static void
test_there_and_back (Fixture *fixture, gconstpointer data)
{
    struct stat status;

    set_attribute (fixture);
    make (fixture, words ());
    make (fixture, files ());
    assert_text (fixture, GRUB,
                 "GRUB_OTHER=1\nGRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet word\"\n"
                 "GRUB_TIMEOUT=5");
    assert_text (fixture, "etc/udev/rules.d/72-x.rules", "rule\n");
    g_assert_true (exists (fixture, "etc/libvirt/hooks/qemu.d/50-x"));
    g_assert_cmpint (fixture->followed, ==, VF_FOLLOW_UP_GRUB | VF_FOLLOW_UP_UDEV);
    g_assert_cmpint (fstatat (fixture->place.root, GRUB, &status, 0), ==, 0);
    g_assert_cmpint (status.st_mode & 07777, ==, 0640);
    assert_attribute (fixture);
    g_assert_cmpint (fstatat (fixture->place.root, MANIFEST, &status, 0), ==, 0);
    g_assert_cmpint (status.st_mode & 07777, ==, 0600);
    fixture->followed = 0;
    g_assert_cmpuint (undo (fixture), ==, 0);
    g_assert_cmpint (fixture->followed, ==, VF_FOLLOW_UP_GRUB | VF_FOLLOW_UP_UDEV);
    assert_as_before (fixture);
    g_assert_cmpuint (undo (fixture), ==, 0);
}

/* What others write into the same file stays, and so does a folder that they use by then. */
static void
test_others_write_too (Fixture *fixture, gconstpointer data)
{
    make (fixture, words ());
    make (fixture, files ());
    write_file (fixture, GRUB,
                "# mine\nGRUB_OTHER=1\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet word\"\nGRUB_TIMEOUT=9\n",
                0640);
    write_file (fixture, "etc/udev/rules.d/10-mine.rules", "mine\n", 0644);
    g_assert_cmpuint (undo (fixture), ==, 0);
    assert_text (fixture, GRUB, "# mine\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_TIMEOUT=9\n");
    assert_text (fixture, "etc/udev/rules.d/10-mine.rules", "mine\n");
    g_assert_false (exists (fixture, "etc/udev/rules.d/72-x.rules"));
    g_assert_false (exists (fixture, MANIFEST));
}

/* What others have changed is not touched, and is theirs from then on; the rest is taken back. */
static void
test_others_change_it (Fixture *fixture, gconstpointer data)
{
    make (fixture, words ());
    make (fixture, files ());
    write_file (fixture, GRUB, "GRUB_OTHER=2\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet word more\"\n",
                0640);
    write_file (fixture, "etc/udev/rules.d/72-x.rules", "theirs\n", 0644);
    g_assert_cmpint (unlinkat (fixture->place.root, "etc/libvirt/hooks/qemu.d/50-x", 0), ==, 0);
    write_file (fixture, "etc/libvirt/hooks/qemu.d/50-x", "a program of theirs", 0755);
    g_assert_cmpuint (undo (fixture), ==, 3);
    assert_text (fixture, GRUB, "GRUB_OTHER=2\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet more\"\n");
    assert_text (fixture, "etc/udev/rules.d/72-x.rules", "theirs\n");
    assert_text (fixture, "etc/libvirt/hooks/qemu.d/50-x", "a program of theirs");
    g_assert_false (exists (fixture, MANIFEST));
    g_assert_cmpuint (undo (fixture), ==, 0);
}

static VfSetupItem *
membership (void)
{
    VfSetupItem *item = vf_setup_item_new ("group", VF_EFFECT_LOGIN, g_strdup ("Group."));

    vf_setup_item_add (item,
                       vf_amendment_new (VF_AMENDMENT_MEMBER, "etc/group", NULL, "libvirt:anna"));
    return item;
}

static void
test_member (Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *before, *with, *edited, *after;
    } cases[] = {
        { "libvirt:x:1:", "libvirt:x:1:anna", "libvirt:x:1:anna,carl", "libvirt:x:1:carl" },
        { "a:x:0:anna\nlibvirt:x:1:bert\nlibvirt-qemu:x:2:\n",
          "a:x:0:anna\nlibvirt:x:1:bert,anna\nlibvirt-qemu:x:2:\n",
          "a:x:0:anna\nlibvirt:x:1:bert,anna,annabel\n", "a:x:0:anna\nlibvirt:x:1:bert,annabel\n" },
        { "libvirt:!::", "libvirt:!::anna", "libvirt:!::", "libvirt:!::" },
        { "libvirt:!::\n", "libvirt:!::anna\n", "other:!::\n", "other:!::\n" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        write_file (fixture, "etc/group", cases[i].before, 0644);
        make (fixture, membership ());
        assert_text (fixture, "etc/group", cases[i].with);
        g_assert_cmpuint (undo (fixture), ==, 0);
        assert_text (fixture, "etc/group", cases[i].before);
        make (fixture, membership ());
        write_file (fixture, "etc/group", cases[i].edited, 0644);
        g_assert_cmpuint (undo (fixture), ==, 0);
        assert_text (fixture, "etc/group", cases[i].after);
    }
}

/* What could not be told of the changes is told next time, by whatever comes. */
static void
test_pending (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (VfManifest) manifest = NULL;
    g_autoptr (VfSetupItem) nothing =
        vf_setup_item_new ("unfinished", VF_EFFECT_RESTART, g_strdup ("Nothing."));
    g_autoptr (GError) error = NULL;

    make (fixture, words ());
    fixture->failing = VF_FOLLOW_UP_GRUB;
    g_assert_false (vf_setup_course_undo (&fixture->place, kept, &error));
    g_assert_true (vf_error_is (error, VF_REASON_SERVICE_FAILED));
    assert_text (fixture, GRUB, GRUB_TEXT);
    manifest = vf_setup_course_recall (&fixture->place, &fixture->error);
    g_assert_cmpint (vf_manifest_pending (manifest), ==, VF_FOLLOW_UP_GRUB);
    fixture->failing = 0;
    fixture->followed = 0;
    g_assert_true (vf_setup_course_make (&fixture->place, nothing, &fixture->error));
    g_assert_cmpint (fixture->followed, ==, VF_FOLLOW_UP_GRUB);
    assert_as_before (fixture);
}

/* What one item could not tell is no reason to refuse another one, nor to keep VirtFlow on a host
 * whose files are as they were: data/uninstall and the package know this form of the manifest. */
static void
test_pending_of_another (Fixture *fixture, gconstpointer data)
{
    g_autoptr (VfSetupItem) failing = words ();
    g_autoptr (VfManifest) manifest = NULL;
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;

    fixture->failing = VF_FOLLOW_UP_GRUB;
    g_assert_false (vf_setup_course_make (&fixture->place, failing, &error));
    text = read_file (fixture, MANIFEST);
    g_assert_nonnull (strstr (text, "\n(uint32 1, @a(suusmss) [])\n"));
    make (fixture, files ());
    g_assert_true (exists (fixture, "etc/udev/rules.d/72-x.rules"));
    manifest = vf_setup_course_recall (&fixture->place, &fixture->error);
    g_assert_cmpint (vf_manifest_pending (manifest), ==, VF_FOLLOW_UP_GRUB);
    g_assert_cmpuint (undo (fixture), ==, 0);
    fixture->failing = 0;
}

/* What the system does not let be written stays known, and is taken back when it does. */
static void
test_undo_refused (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GError) error = NULL;

    make (fixture, words ());
    make (fixture, files ());
    /* The name of the new text is taken by what cannot be removed. */
    write_file (fixture, GRUB ".virtflow-new/occupied", "", 0600);
    g_assert_false (vf_setup_course_undo (&fixture->place, kept, &error));
    g_assert_true (vf_error_is (error, VF_REASON_INTERNAL));
    g_assert_nonnull (strstr (error->message, "/" GRUB " cannot be changed: "));
    g_assert_false (exists (fixture, "etc/udev"));
    g_assert_true (exists (fixture, MANIFEST));
    g_assert_cmpint (unlinkat (fixture->place.root, GRUB ".virtflow-new/occupied", 0), ==, 0);
    g_assert_cmpint (unlinkat (fixture->place.root, GRUB ".virtflow-new", AT_REMOVEDIR), ==, 0);
    g_assert_cmpuint (undo (fixture), ==, 0);
    assert_as_before (fixture);
}

#define ENTRIES "boot/loader/entries/"

/* A kernel that came since has its words from the one that ran. */
static void
test_newer_entry (Fixture *fixture, gconstpointer data)
{
    g_autoptr (VfSetupItem) item =
        vf_setup_item_new ("command-line", VF_EFFECT_RESTART, g_strdup ("Words."));
    g_autoptr (VfSysfs) root = vf_sysfs_new (dup (fixture->place.root));
    g_autoptr (VfManifest) manifest = NULL;
    g_autoptr (VfSetupFacts) facts = NULL;
    g_autoptr (GPtrArray) added = NULL;
    g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);

    write_file (fixture, ENTRIES "a.conf", "linux /a\noptions quiet iommu=pt\n", 0600);
    vf_setup_item_add (item, vf_amendment_new (VF_AMENDMENT_LINE, ENTRIES "a.conf",
                                               "options quiet iommu=pt",
                                               "options quiet iommu=pt intel_iommu=on"));
    make (fixture, g_steal_pointer (&item));
    write_file (fixture, ENTRIES "b.conf", "linux /b\noptions quiet iommu=pt intel_iommu=on\n",
                0600);
    manifest = vf_setup_course_recall (&fixture->place, &fixture->error);
    added = vf_boot_remains_words (manifest);
    g_assert_cmpuint (undo (fixture), ==, 0);
    facts = vf_setup_facts_read (root);
    vf_boot_remains_find (facts, added, kept);
    g_assert_cmpuint (kept->len, ==, 1);
    g_assert_true (g_str_has_prefix (kept->pdata[0], "/" ENTRIES "b.conf has 'intel_iommu=on', "));
}

/* One change, or its follow-up, fails: those before it are taken back. */
static void
test_failure (Fixture *fixture, gconstpointer data)
{
    g_autoptr (VfSetupItem) item = files ();
    g_autoptr (GError) error = NULL;

    fixture->failing = VF_FOLLOW_UP_UDEV;
    g_assert_false (vf_setup_course_make (&fixture->place, item, &error));
    g_assert_true (vf_error_is (error, VF_REASON_SERVICE_FAILED));
    fixture->failing = 0;
    /* Of the way back nobody could be told either. */
    g_assert_true (exists (fixture, MANIFEST));
    g_assert_cmpuint (undo (fixture), ==, 0);
    assert_as_before (fixture);
    g_clear_error (&error);
    write_file (fixture, "etc/libvirt/hooks/qemu.d/50-x", "theirs", 0755);
    g_assert_false (vf_setup_course_make (&fixture->place, item, &error));
    g_assert_true (vf_error_is (error, VF_REASON_FILE_CHANGED));
    g_assert_false (exists (fixture, "etc/udev"));
    assert_text (fixture, "etc/libvirt/hooks/qemu.d/50-x", "theirs");
    g_assert_false (exists (fixture, MANIFEST));
}

/* The host went down when the manifest was written, and after some of the changes. */
static void
test_power_cut (Fixture *fixture, gconstpointer data)
{
    g_autofree char *manifest = NULL;
    g_autoptr (VfSetupItem) item = words ();

    make (fixture, words ());
    make (fixture, files ());
    manifest = read_file (fixture, MANIFEST);
    g_assert_cmpuint (undo (fixture), ==, 0);
    write_file (fixture, MANIFEST, manifest, 0600);
    g_assert_cmpuint (undo (fixture), ==, 0);
    assert_as_before (fixture);
    write_file (fixture, MANIFEST, manifest, 0600);
    g_assert_true (
        vf_host_change_make (fixture->place.root, item->amendments->pdata[0], &fixture->error));
    fixture->followed = 0;
    g_assert_cmpuint (undo (fixture), ==, 0);
    g_assert_cmpint (fixture->followed, ==, VF_FOLLOW_UP_GRUB | VF_FOLLOW_UP_UDEV);
    assert_as_before (fixture);
}

/* Nothing is undone by a list that nobody has written like that. */
static void
test_foreign_manifest (Fixture *fixture, gconstpointer data)
{
    static const char *const texts[] = {
        "",
        "nonsense",
        "# head\n",
        "(0, [('x', 0, 9, 'etc/default/grub', nothing, 'y')])",
        "(0, [('x', 0, 2, '../etc/passwd', nothing, 'y')])",
        "(0, [('x', 0, 2, '/etc/passwd', nothing, 'y')])",
        "(0, [('x', 0, 2, '', nothing, 'y')])",
        "(0, [('x', 0, 1, 'etc/group', nothing, 'no colon')])",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
        g_autoptr (GError) error = NULL;

        write_file (fixture, MANIFEST, texts[i], 0600);
        g_assert_false (vf_setup_course_undo (&fixture->place, kept, &error));
        g_assert_true (vf_error_is (error, VF_REASON_FOREIGN_STATE));
    }
    assert_text (fixture, GRUB, GRUB_TEXT);
}

/* A line that is there twice, a file that is a link: somebody knows why, and that is not set-up. */
static void
test_not_ours (Fixture *fixture, gconstpointer data)
{
    static const char twice[] = "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n"
                                "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n";
    g_autoptr (VfSetupItem) item = words ();
    g_autoptr (GError) error = NULL;

    write_file (fixture, GRUB, twice, 0640);
    g_assert_false (vf_setup_course_make (&fixture->place, item, &error));
    g_assert_true (vf_error_is (error, VF_REASON_FILE_CHANGED));
    assert_text (fixture, GRUB, twice);
    g_clear_error (&error);
    write_file (fixture, "etc/elsewhere", GRUB_TEXT, 0644);
    g_assert_cmpint (unlinkat (fixture->place.root, GRUB, 0), ==, 0);
    g_assert_cmpint (symlinkat ("../elsewhere", fixture->place.root, GRUB), ==, 0);
    g_assert_false (vf_setup_course_make (&fixture->place, item, &error));
    g_assert_true (vf_error_is (error, VF_REASON_FILE_CHANGED));
    assert_text (fixture, "etc/elsewhere", GRUB_TEXT);
    g_assert_false (exists (fixture, MANIFEST));
}

#define STORY(name) g_test_add ("/setup/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    STORY (there_and_back);
    STORY (others_write_too);
    STORY (others_change_it);
    STORY (member);
    STORY (pending);
    STORY (pending_of_another);
    STORY (undo_refused);
    STORY (newer_entry);
    STORY (failure);
    STORY (power_cut);
    STORY (foreign_manifest);
    STORY (not_ours);
    return g_test_run ();
}
