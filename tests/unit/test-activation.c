/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Activation: the order of what is done, and that a failure at any step leaves the VM, the pairing
 * and the GPU as they were. */
#include "vm-stage.h"

#include <string.h>

static void
test_there_and_back (VmStage *stage, gconstpointer mishap)
{
    g_autofree char *before = vm_stage_text (stage);
    g_autofree char *between = NULL;
    g_autofree char *after = NULL;
    GError *error = NULL;

    g_assert_true (vm_stage_activate (stage, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm ");
    between = vm_stage_text (stage);
    g_assert_cmpstr (stage->before, ==, before);
    g_assert_cmpstr (stage->after, ==, between);
    g_assert_nonnull (strstr (stage->before, "passwd='secret'"));
    g_assert_nonnull (strstr (between, "<hostdev"));
    g_assert_null (strstr (between, "<graphics"));
    g_assert_null (strstr (between, "secret"));

    g_assert_false (vm_stage_activate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_ALREADY_ACTIVATED));
    g_clear_error (&error);

    g_assert_true (vm_stage_deactivate (stage, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (stage->calls->str, ==, "pair confirm open drop ");
    after = vm_stage_text (stage);
    g_assert_cmpstr (after, ==, before);
}

static const struct {
    const char *name;
    Mishap mishap;
    VfReason reason;
    const char *calls;
    const char *kept; /* what the text still says */
} failures[] = {
    { "refused-pair", REFUSE_PAIR, VF_REASON_SWITCH_RUNNING, "pair ", "65536" },
    { "changed-domain", CHANGE_DOMAIN, VF_REASON_DOMAIN_CHANGED, "pair drop ", "131072" },
    { "refused-confirm", REFUSE_CONFIRM, VF_REASON_SWITCH_RUNNING, "pair confirm drop ", "65536" },
};

static void
test_failure (VmStage *stage, gconstpointer mishap)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;
    gsize i = 0;

    while (failures[i].mishap != stage->mishap)
        i++;
    g_assert_false (vm_stage_activate (stage, &error));
    g_assert_cmpstr (vf_reason_id (vf_error_reason (error)), ==, vf_reason_id (failures[i].reason));
    g_assert_cmpstr (stage->calls->str, ==, failures[i].calls);
    text = vm_stage_text (stage);
    g_assert_nonnull (strstr (text, failures[i].kept));
    g_assert_nonnull (strstr (text, "passwd='secret'"));
    g_assert_null (strstr (text, "<hostdev"));
    g_assert_null (strstr (text, "<metadata"));
}

static void
test_running (VmStage *stage, gconstpointer mishap)
{
    g_autoptr (VfMachine) machine = vm_stage_find (stage);
    GError *error = NULL;

    g_assert_cmpint (virDomainCreate (machine->domain), ==, 0);
    g_assert_false (vm_stage_activate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_VM_RUNNING));
    g_clear_error (&error);
    g_assert_cmpint (virDomainManagedSave (machine->domain, 0), ==, 0);
    g_assert_false (vm_stage_activate (stage, &error));
    g_assert_true (vf_error_is (error, VF_REASON_MANAGED_SAVE));
    g_clear_error (&error);
    g_assert_cmpstr (stage->calls->str, ==, "");
}

static void
test_names (VmStage *stage, gconstpointer mishap)
{
    g_autoptr (VfMachine) by_uuid = vf_machine_find (stage->libvirt, VM_STAGE_UUID, NULL);
    GError *error = NULL;

    g_assert_nonnull (by_uuid);
    g_assert_cmpstr (by_uuid->name, ==, "guest");
    g_assert_null (vf_machine_find (stage->libvirt, "guets1", &error));
    g_assert_true (vf_error_is (error, VF_REASON_NO_SUCH_VM));
    g_assert_nonnull (strstr (error->message, "Did you mean guest"));
    g_clear_error (&error);
}

static void
test_foreign_libvirt (void)
{
    GError *error = NULL;

    g_assert_null (vf_libvirt_open ("qemu+ssh://elsewhere/system", &error));
    g_assert_true (vf_error_is (error, VF_REASON_FOREIGN_LIBVIRT));
    g_clear_error (&error);
}

static void
add (const char *name, Mishap mishap, void (*test) (VmStage *, gconstpointer))
{
    g_autofree char *path = g_strconcat ("/activation/", name, NULL);

    g_test_add (path, VmStage, GINT_TO_POINTER (mishap), vm_stage_set_up, test, vm_stage_tear_down);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/activation/foreign-libvirt", test_foreign_libvirt);
    add ("names", NOTHING, test_names);
    add ("there-and-back", NOTHING, test_there_and_back);
    for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
        add (failures[i].name, failures[i].mishap, test_failure);
    add ("running", NOTHING, test_running);
    return g_test_run ();
}
