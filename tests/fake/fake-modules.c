/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what loading and unloading a module does. The lab holds it against a real kernel
 * (tests/lab/scenarios/nvidia.sh). */
#include "fake-modules.h"

#include "fake-tree.h"
#include "vf-error.h"

#include <string.h>

static gboolean
is_loaded (const char *name, gpointer data)
{
    const FakeKernel *kernel = data;
    g_autofree char *folder = g_build_filename (kernel->root, "sys/module", name, NULL);

    return g_file_test (folder, G_FILE_TEST_EXISTS);
}

/* The driver that the module @name has, or is built upon. */
static const FakeDriver *
driver_of_module (const FakeKernel *kernel, const char *name)
{
    for (guint i = 0; i < kernel->machine->drivers->len; i++) {
        const FakeDriver *driver = g_ptr_array_index (kernel->machine->drivers, i);

        if (g_strcmp0 (driver->module, name) == 0
            || (driver->stack != NULL
                && g_strv_contains ((const char *const *) driver->stack, name)))
            return driver;
    }
    return NULL;
}

static gboolean
load (const char *name, gpointer kernel, GError **error)
{
    return fake_kernel_load_module (kernel, name, error);
}

static gboolean
has_card (const FakeKernel *kernel, const FakeDriver *driver)
{
    for (guint i = 0; i < kernel->machine->functions->len; i++) {
        const FakeFunction *function = g_ptr_array_index (kernel->machine->functions, i);

        if (fake_kernel_driver_of (kernel, function->address) == driver)
            return TRUE;
    }
    return FALSE;
}

/* As NVIDIA's: it does not stay without a card (nv.c, nvidia_init_module). */
static gboolean
reload (const char *name, gpointer data, GError **error)
{
    FakeKernel *kernel = data;
    const FakeDriver *driver = driver_of_module (kernel, name);
    FakeFault fault;
    int result;

    if (!fake_kernel_begin (kernel, &fault, &result)) {
        if (result != 0)
            vf_error_set (error, VF_REASON_STEP_REJECTED, "The test refuses to load %s.", name);
        return result == 0;
    }
    if (g_strcmp0 (driver->module, name) == 0) {
        fake_tree_add_driver (kernel->root, driver);
        fake_kernel_attach_all (kernel, driver);
        if (!has_card (kernel, driver)) {
            fake_tree_remove_driver (kernel->root, driver);
            vf_error_set (error, VF_REASON_STEP_REJECTED, "%s found no card.", name);
            return FALSE;
        }
    } else {
        fake_tree_add_module (kernel->root, name);
    }
    fake_kernel_end (kernel, fault);
    return TRUE;
}

/* nvidia_uvm needs nvidia, and nvidia_drm nvidia_modeset, which needs nvidia. */
static gboolean
is_needed (FakeKernel *kernel, const char *name)
{
    if (g_str_equal (name, "nvidia_modeset"))
        return is_loaded ("nvidia_drm", kernel);
    return g_str_equal (name, "nvidia")
           && (is_loaded ("nvidia_uvm", kernel) || is_loaded ("nvidia_modeset", kernel));
}

/* "nvidia-uvm-tools" is a node of nvidia_uvm, "nvidia0" and "nvidiactl" of nvidia itself. */
static gboolean
has_node (const char *module, const char *node)
{
    g_autofree char *start = g_strdelimit (g_strdup (module), "_", '-');

    if (!g_str_equal (module, "nvidia"))
        return g_str_has_prefix (node, start);
    return g_str_has_prefix (node, "nvidia") && node[strlen ("nvidia")] != '-';
}

static gboolean
any_link_to_node (const char *folder, const char *module)
{
    g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
    const char *name;

    while (names != NULL && (name = g_dir_read_name (names)) != NULL) {
        g_autofree char *full = g_build_filename (folder, name, NULL);
        g_autofree char *target = g_file_read_link (full, NULL);
        const char *node = target != NULL ? strstr (target, "dev/") : NULL;

        if (node != NULL && has_node (module, node + strlen ("dev/")))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_open (const FakeKernel *kernel, const char *module)
{
    g_autofree char *proc = g_build_filename (kernel->root, "proc", NULL);
    g_autoptr (GDir) pids = g_dir_open (proc, 0, NULL);
    const char *pid;

    while ((pid = g_dir_read_name (pids)) != NULL) {
        g_autofree char *descriptors = g_build_filename (proc, pid, "fd", NULL);

        if (any_link_to_node (descriptors, module))
            return TRUE;
    }
    return FALSE;
}

static gboolean
unload (const char *name, gpointer data, GError **error)
{
    FakeKernel *kernel = data;
    const FakeDriver *driver = driver_of_module (kernel, name);
    FakeFault fault;
    int result;

    if (!fake_kernel_begin (kernel, &fault, &result)) {
        if (result != 0)
            vf_error_set (error, VF_REASON_STEP_REJECTED, "The test refuses to unload %s.", name);
        return result == 0;
    }
    if (is_needed (kernel, name) || is_open (kernel, name)) {
        vf_error_set (error, VF_REASON_MODULE_IN_USE, "The module %s is in use.", name);
        return FALSE;
    }
    if (g_strcmp0 (driver->module, name) == 0) {
        fake_kernel_detach_all (kernel, driver);
        fake_tree_remove_driver (kernel->root, driver);
    } else {
        fake_tree_remove_module (kernel->root, name);
    }
    fake_kernel_end (kernel, fault);
    return TRUE;
}

static GStrv
find (const char *modalias, gpointer kernel)
{
    return fake_kernel_find_modules (kernel, modalias);
}

const VfmModules fake_modules = { load, reload, unload, is_loaded, find };
