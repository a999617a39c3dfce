/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deactivation: what becomes of domains and pairings that lack their counterpart, and that a
 * failure leaves the VM with its GPU. */
#include "vm-stage.h"

#include <string.h>

/* The GPU could not be given back: the VM keeps it, and the person may try again. */
static void
test_undone (VmStage *stage, gconstpointer mishap)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *between = NULL;
    g_autofree char *after = NULL;

    stage->mishap = NOTHING;
    g_assert_true (vm_stage_activate (stage, NULL));
    between = vm_stage_text (stage);
    stage->mishap = REFUSE_DROP;
    g_assert_false (vm_stage_deactivate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_SWITCH_RUNNING));
    after = vm_stage_text (stage);
    g_assert_cmpstr (after, ==, between);
}

static void
test_without_pairing (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *after = NULL;
    GError *error = NULL;

    g_assert_true (vm_stage_activate (stage, NULL));
    g_clear_pointer (&stage->before, g_free);
    g_assert_true (vm_stage_deactivate (stage, &error));
    g_assert_no_error (error);
    after = vm_stage_text (stage);
    g_assert_null (strstr (after, "<hostdev"));
    g_assert_null (strstr (after, "<metadata"));
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm ");

    g_assert_false (vm_stage_deactivate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_PAIRING));
    g_clear_error (&error);
}

/* The owner has put a domain of his own in place of the activated one: it stays as it is. */
static void
test_without_mark (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *after = NULL;
    GError *error = NULL;

    g_assert_true (vm_stage_activate (stage, NULL));
    vm_stage_set_memory (stage, "131072");
    g_assert_true (vm_stage_deactivate (stage, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm drop ");
    after = vm_stage_text (stage);
    g_assert_nonnull (strstr (after, "131072"));
}

static void
deactivate_to (VmStage *stage, const char *calls, const char *wanted)
{
    g_autofree char *text = NULL;
    GError *error = NULL;

    g_string_truncate (stage->calls, 0);
    vm_stage_deactivate (stage, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (stage->calls->str, ==, calls);
    text = vm_stage_text (stage);
    g_assert_cmpstr (text, ==, wanted);
}

/* A tool that edits domains has lost the metadata. With the hostdevs in it the VM could never
 * start, and the original would be gone. */
static void
test_mark_is_gone (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);

    g_assert_true (vm_stage_activate (stage, NULL));
    vm_stage_replace (stage, "  <metadata>.*</metadata>\n", "");
    deactivate_to (stage, "open drop ", before);
}

/* The pairing was confirmed by the mark, so the text after the activation is not known, and then
 * the metadata were lost. */
static void
test_mark_and_text_are_gone (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);

    g_assert_true (vm_stage_activate (stage, NULL));
    g_clear_pointer (&stage->after, g_free);
    vm_stage_replace (stage, "  <metadata>.*</metadata>\n", "");
    deactivate_to (stage, "open drop ", before);
}

#define HOSTDEVS "    <hostdev.*</hostdev>\n"
#define HOSTDEV_0 \
    "    <hostdev((?!</hostdev>).)*bus='0x01' slot='0x00' function='0x0'/>.*?</hostdev>\n"
#define HOSTDEV_1 \
    "    <hostdev((?!</hostdev>).)*bus='0x01' slot='0x00' function='0x1'/>.*?</hostdev>\n"

static void
test_hostdevs_are_gone (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);

    g_assert_true (vm_stage_activate (stage, NULL));
    g_clear_pointer (&stage->after, g_free);
    vm_stage_replace (stage, HOSTDEVS, "");
    deactivate_to (stage, "open drop ", before);

    g_assert_true (vm_stage_activate (stage, NULL));
    g_clear_pointer (&stage->after, g_free);
    vm_stage_replace (stage, HOSTDEV_0, "");
    deactivate_to (stage, "open drop ", before);
}

static void
test_only_the_mark (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *bare = NULL;

    vm_stage_replace (stage, "    <graphics.*</video>\n", "");
    bare = vm_stage_text (stage);
    g_assert_true (vm_stage_activate (stage, NULL));
    g_clear_pointer (&stage->before, g_free);
    vm_stage_replace (stage, HOSTDEVS, "");
    deactivate_to (stage, "", bare);
}

static void
test_own_device (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *bare = NULL;
    g_autoptr (GError) error = NULL;

    vm_stage_replace (stage, "    <graphics.*</video>\n",
                      "<controller type='pci' index='2' model='pcie-root-port'>"
                      "<address type='pci' domain='0' bus='0' slot='3' function='0'/></controller>"
                      "<hostdev mode='subsystem' type='pci' managed='no'><source>"
                      "<address domain='0' bus='5' slot='0' function='0'/></source>"
                      "<address type='pci' domain='0' bus='2' slot='0' function='0'/></hostdev>");
    bare = vm_stage_text (stage);
    g_assert_true (vm_stage_activate (stage, NULL));
    g_clear_pointer (&stage->before, g_free);
    deactivate_to (stage, "", bare);

    g_assert_true (vm_stage_activate (stage, NULL));
    g_clear_pointer (&stage->before, g_free);
    vm_stage_replace (stage, HOSTDEV_1, "");
    g_assert_false (vm_stage_deactivate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_HOSTDEV_BY_HAND));
}

/* The program that activated died: before the domain was defined, and after. */
static void
test_pending (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);

    stage->pending = TRUE;
    stage->before = g_strdup (before);
    deactivate_to (stage, "drop ", before);

    g_assert_true (vm_stage_activate (stage, NULL));
    g_clear_pointer (&stage->after, g_free);
    deactivate_to (stage, "open drop ", before);
}

static void
test_undefined (VmStage *stage, gconstpointer mishap)
{
    g_autoptr (VfMachine) machine = vm_stage_find (stage);
    GError *error = NULL;

    g_assert_true (vm_stage_activate (stage, NULL));
    g_assert_cmpint (virDomainUndefine (machine->domain), ==, 0);
    vm_stage_deactivate (stage, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm drop ");
    g_assert_false (vm_stage_deactivate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_VM));
    g_clear_error (&error);
}

static void
test_stops_the_vm (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);
    g_autoptr (GError) error = NULL;

    g_assert_true (vm_stage_activate (stage, NULL));
    vm_stage_start (stage);
    g_assert_false (vm_stage_deactivate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_VM_RUNNING));
    stage->may_stop = TRUE;
    deactivate_to (stage, "open drop ", before);
    g_assert_false (vm_stage_is_running (stage));
}

static void
test_daemon_dies (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);

    g_assert_true (vm_stage_activate (stage, NULL));
    deactivate_to (stage, "open drop drop ", before);
}

static gboolean
preview (VmStage *stage, VfPreview *shown, GError **error)
{
    g_autoptr (VfMachine) machine = vm_stage_find (stage);
    g_autoptr (GPtrArray) pairings = vm_stage_pairings (stage);
    VfTransaction transaction = { .client = stage->client };
    VfDeactivationSubject subject = { machine, vf_pairing_find (pairings, machine->uuid) };

    return vf_deactivation_preview (&transaction, &subject, shown, error);
}

static void
test_preview (VmStage *stage, gconstpointer mishap)
{
    g_auto (VfPreview) changed = { 0 };
    g_auto (VfPreview) same = { 0 };
    g_auto (VfPreview) refused = { 0 };
    g_autoptr (VfMachine) machine = vm_stage_find (stage);
    g_autoptr (GError) error = NULL;

    g_assert_true (vm_stage_activate (stage, NULL));
    vm_stage_start (stage);
    g_assert_true (preview (stage, &changed, NULL));
    g_assert_true (changed.stops_vm);
    g_assert_nonnull (strstr (changed.after, "<graphics"));
    vm_stage_set_memory (stage, "131072");
    g_assert_true (preview (stage, &same, NULL));
    g_assert_false (same.stops_vm);
    g_assert_cmpstr (same.before, ==, same.after);
    g_assert_cmpint (virDomainManagedSave (machine->domain, 0), ==, 0);
    g_assert_false (preview (stage, &refused, &error));
    g_assert_true (vf_error_is (error, VF_REASON_MANAGED_SAVE));
}

/* The guest is left alone, and with it the domain, the pairing and the GPU. */
static void
test_cancelled (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autoptr (GError) error = NULL;

    stage->may_stop = TRUE;
    g_assert_true (vm_stage_activate (stage, NULL));
    before = vm_stage_text (stage);
    vm_stage_start (stage);
    stage->guest = GUEST_IS_LEFT;
    g_assert_false (vm_stage_deactivate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_CANCELLED));
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm open ");
    g_assert_true (stage->lent);
    after = vm_stage_text (stage);
    g_assert_cmpstr (after, ==, before);
}

static void
add (const char *name, Mishap mishap, void (*test) (VmStage *, gconstpointer))
{
    g_autofree char *path = g_strconcat ("/deactivation/", name, NULL);

    g_test_add (path, VmStage, GINT_TO_POINTER (mishap), vm_stage_set_up, test, vm_stage_tear_down);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    add ("undone", REFUSE_DROP, test_undone);
    add ("daemon-dies", DIE_OVER_DROP, test_daemon_dies);
    add ("without-pairing", NOTHING, test_without_pairing);
    add ("without-mark", NOTHING, test_without_mark);
    add ("mark-is-gone", NOTHING, test_mark_is_gone);
    add ("mark-and-text-are-gone", NOTHING, test_mark_and_text_are_gone);
    add ("hostdevs-are-gone", NOTHING, test_hostdevs_are_gone);
    add ("only-the-mark", NOTHING, test_only_the_mark);
    add ("own-device", NOTHING, test_own_device);
    add ("pending", NOTHING, test_pending);
    add ("undefined", NOTHING, test_undefined);
    add ("stops-the-vm", NOTHING, test_stops_the_vm);
    add ("cancelled", NOTHING, test_cancelled);
    add ("preview", NOTHING, test_preview);
    return g_test_run ();
}
