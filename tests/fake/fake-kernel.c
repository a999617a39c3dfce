/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what each write does. tests/fake/writes.table holds it against the real kernel. */
#include "fake-kernel.h"

#include "fake-tree.h"
#include "vf-error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define DEVICES "sys/bus/pci/devices/"
#define DRIVERS "sys/bus/pci/drivers/"
#define UNRESETTABLE "unresettable"

/* A driver that is there. vfio-pci may have been loaded by another program. */
static const FakeDriver *
find_driver (const FakeKernel *kernel, const char *name)
{
    g_autofree char *path = g_strconcat (kernel->root, "/" DRIVERS, name, NULL);

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return NULL;
    if (fake_machine_driver (kernel->machine, name) == NULL)
        fake_machine_add_driver (kernel->machine, name, "vfio_pci");
    return fake_machine_driver (kernel->machine, name);
}

const FakeDriver *
fake_kernel_driver_of (const FakeKernel *kernel, VfPciAddress address)
{
    g_autofree char *link = g_strconcat (kernel->root, "/" DEVICES,
                                         vf_pci_address_format (address).text, "/driver", NULL);
    g_autofree char *target = g_file_read_link (link, NULL);
    g_autofree char *name = target != NULL ? g_path_get_basename (target) : NULL;

    return name != NULL ? find_driver (kernel, name) : NULL;
}

/* The text of an attribute without the line end; "" for one that is not there. */
static char *
read_attribute (const FakeKernel *kernel, const FakeFunction *function, const char *name)
{
    g_autofree char *path =
        g_strconcat (kernel->root, "/" DEVICES, function->name.text, "/", name, NULL);
    char *text = NULL;

    if (!g_file_get_contents (path, &text, NULL, NULL))
        return g_strdup ("");
    return g_strchomp (text);
}

static void
write_attribute (const FakeKernel *kernel,
                 const FakeFunction *function,
                 const char *name,
                 const char *text)
{
    g_autofree char *path = g_strconcat ("sys/devices/", function->path, "/", name, NULL);
    g_autofree char *full = g_build_filename (kernel->root, path, NULL);
    g_autofree char *line = g_strconcat (text, "\n", NULL);

    if (g_file_test (full, G_FILE_TEST_EXISTS))
        fake_tree_write (kernel->root, path, line);
}

static gboolean
matches (const FakeKernel *kernel, const FakeDriver *driver, const FakeFunction *function)
{
    g_autofree char *override = read_attribute (kernel, function, "driver_override");

    if (*override != '\0' && !g_str_equal (override, "(null)"))
        return g_str_equal (override, driver->name);
    return fake_driver_takes (driver, function);
}

static gboolean
is_vfio (const FakeDriver *driver)
{
    return g_str_equal (driver->name, "vfio-pci");
}

static char *
refusal_path (const char *driver)
{
    return g_build_filename ("refusing", driver, NULL);
}

void
fake_kernel_refuse (const FakeKernel *kernel, const char *driver, guint times)
{
    g_autofree char *path = refusal_path (driver);
    g_autofree char *text = g_strdup_printf ("%u\n", times);

    fake_tree_write (kernel->root, path, text);
}

/* Whether the driver's probe fails, which is counted. */
static gboolean
refuses (const FakeKernel *kernel, const FakeDriver *driver)
{
    g_autofree char *path = refusal_path (driver->name);
    g_autofree char *full = g_build_filename (kernel->root, path, NULL);
    g_autofree char *text = NULL;
    guint times;

    if (!g_file_get_contents (full, &text, NULL, NULL))
        return FALSE;
    times = (guint) g_ascii_strtoull (text, NULL, 10);
    if (times > 0 && times < G_MAXUINT)
        fake_kernel_refuse (kernel, driver->name, times - 1);
    return times > 0;
}

/* vfio-pci lets the function sleep while it has it, and forbids that when it lets go
 * (vfio_pci_core.c: pm_runtime_allow, pm_runtime_forbid). */
static int
attach (const FakeKernel *kernel, const FakeDriver *driver, const FakeFunction *function)
{
    if (is_vfio (driver) && function->group == FAKE_NO_GROUP)
        return EINVAL;
    if (refuses (kernel, driver))
        return EIO;
    fake_tree_attach (kernel->root, function, driver);
    if (is_vfio (driver))
        write_attribute (kernel, function, "power/control", "auto");
    return 0;
}

static void
detach (const FakeKernel *kernel, const FakeFunction *function)
{
    const FakeDriver *driver = fake_kernel_driver_of (kernel, function->address);

    if (driver == NULL)
        return;
    fake_tree_detach (kernel->root, function);
    if (is_vfio (driver))
        write_attribute (kernel, function, "power/control", "on");
}

void
fake_kernel_attach_all (const FakeKernel *kernel, const FakeDriver *driver)
{
    for (guint i = 0; i < kernel->machine->functions->len; i++) {
        const FakeFunction *function = g_ptr_array_index (kernel->machine->functions, i);

        if (fake_kernel_driver_of (kernel, function->address) == NULL
            && matches (kernel, driver, function))
            attach (kernel, driver, function);
    }
}

void
fake_kernel_detach_all (const FakeKernel *kernel, const FakeDriver *driver)
{
    for (guint i = 0; i < kernel->machine->functions->len; i++) {
        const FakeFunction *function = g_ptr_array_index (kernel->machine->functions, i);

        if (fake_kernel_driver_of (kernel, function->address) == driver)
            detach (kernel, function);
    }
}

/* The function that a write names, as the kernel looks it up: an address of any form that is not
 * the name of one is simply not found. */
static const FakeFunction *
find_function (const FakeKernel *kernel, const char *text)
{
    g_autofree char *name = g_strchomp (g_strdup (text));
    g_autofree char *path = g_strconcat (kernel->root, "/" DEVICES, name, NULL);
    VfPciAddress address;

    if (!vf_pci_address_parse (name, &address, NULL) || !g_file_test (path, G_FILE_TEST_EXISTS))
        return NULL;
    return fake_machine_function (kernel->machine, address);
}

static int
write_bind (const FakeKernel *kernel, const FakeDriver *driver, const char *text)
{
    const FakeFunction *function = find_function (kernel, text);

    if (function == NULL || !matches (kernel, driver, function))
        return ENODEV;
    if (fake_kernel_driver_of (kernel, function->address) != NULL)
        return EBUSY;
    return attach (kernel, driver, function);
}

static int
write_unbind (const FakeKernel *kernel, const FakeDriver *driver, const char *text)
{
    const FakeFunction *function = find_function (kernel, text);

    if (function == NULL || fake_kernel_driver_of (kernel, function->address) != driver)
        return ENODEV;
    detach (kernel, function);
    return 0;
}

/* Reports success whether or not anything was bound. */
static int
write_drivers_probe (const FakeKernel *kernel, const char *text)
{
    const FakeFunction *function = find_function (kernel, text);

    if (function == NULL)
        return ENODEV;
    if (fake_kernel_driver_of (kernel, function->address) != NULL)
        return 0;
    for (guint i = 0; i < kernel->machine->drivers->len; i++) {
        const FakeDriver *driver = g_ptr_array_index (kernel->machine->drivers, i);

        if (find_driver (kernel, driver->name) != NULL && matches (kernel, driver, function)) {
            attach (kernel, driver, function);
            break;
        }
    }
    return 0;
}

static int
write_override (const FakeKernel *kernel, const FakeFunction *function, const char *text)
{
    g_autofree char *driver = g_strdup (text);

    if (*text == '\0')
        return 0;
    *strchrnul (driver, '\n') = '\0';
    write_attribute (kernel, function, "driver_override", *driver != '\0' ? driver : "(null)");
    return 0;
}

/* An attribute that takes one of two words. */
static int
write_choice (const FakeKernel *kernel,
              const FakeFunction *function,
              const char *name,
              const char *const choices[2],
              const char *text)
{
    g_autofree char *word = g_strchomp (g_strdup (text));

    if (!g_str_equal (word, choices[0]) && !g_str_equal (word, choices[1]))
        return EINVAL;
    write_attribute (kernel, function, name, word);
    return 0;
}

void
fake_kernel_fail_resets (const FakeKernel *kernel)
{
    fake_tree_write (kernel->root, UNRESETTABLE, "");
}

static gboolean
has_companion (const FakeKernel *kernel, const FakeFunction *function)
{
    for (guint i = 0; i < kernel->machine->functions->len; i++) {
        const FakeFunction *other = g_ptr_array_index (kernel->machine->functions, i);

        if (other != function && vf_pci_address_same_slot (other->address, function->address))
            return TRUE;
    }
    return FALSE;
}

/* The registers are as before. How often it happened is for the test to see. "bus" is what the
 * kernel lists for the first function of a card, and cannot do to it alone. */
static int
note_reset (const FakeKernel *kernel, const FakeFunction *function)
{
    g_autofree char *never = g_build_filename (kernel->root, UNRESETTABLE, NULL);
    g_autofree char *path = g_build_filename ("resets", function->name.text, NULL);
    g_autofree char *full = g_build_filename (kernel->root, path, NULL);
    g_autofree char *before = NULL;
    g_autofree char *now = NULL;

    if (g_file_test (never, G_FILE_TEST_EXISTS)
        || (g_str_equal (function->reset, "bus") && has_companion (kernel, function)))
        return ENOTTY;
    g_file_get_contents (full, &before, NULL, NULL);
    now = g_strconcat (before != NULL ? before : "", "x", NULL);
    fake_tree_write (kernel->root, path, now);
    return 0;
}

static int
write_function_file (const FakeKernel *kernel,
                     const FakeFunction *function,
                     const char *file,
                     const char *text)
{
    static const char *const power[2] = { "on", "auto" };
    static const char *const d3cold[2] = { "0", "1" };
    g_autofree char *path =
        g_strconcat (kernel->root, "/" DEVICES, function->name.text, "/", file, NULL);

    if (g_str_equal (file, "driver/unbind")) {
        const FakeDriver *driver = fake_kernel_driver_of (kernel, function->address);

        return driver != NULL ? write_unbind (kernel, driver, text) : ENOENT;
    }
    if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return ENOENT;
    if (g_str_equal (file, "driver_override"))
        return write_override (kernel, function, text);
    if (g_str_equal (file, "power/control"))
        return write_choice (kernel, function, file, power, text);
    if (g_str_equal (file, "d3cold_allowed"))
        return write_choice (kernel, function, file, d3cold, text);
    if (g_str_equal (file, "reset"))
        return note_reset (kernel, function);
    return EACCES;
}

static int
write_driver_file (const FakeKernel *kernel, const char *name, const char *file, const char *text)
{
    const FakeDriver *driver = find_driver (kernel, name);

    if (driver == NULL)
        return ENOENT;
    if (g_str_equal (file, "bind"))
        return write_bind (kernel, driver, text);
    if (g_str_equal (file, "unbind"))
        return write_unbind (kernel, driver, text);
    return EACCES;
}

static int
have_effect (const FakeKernel *kernel, const char *path, const char *text)
{
    const char *file;

    if (g_str_equal (path, "sys/bus/pci/drivers_probe"))
        return write_drivers_probe (kernel, text);
    if (g_str_has_prefix (path, DEVICES)
        && (file = strchr (path + strlen (DEVICES), '/')) != NULL) {
        g_autofree char *name =
            g_strndup (path + strlen (DEVICES), (gsize) (file - path) - strlen (DEVICES));
        const FakeFunction *function = find_function (kernel, name);

        return function != NULL ? write_function_file (kernel, function, file + 1, text) : ENOENT;
    }
    if (g_str_has_prefix (path, DRIVERS)
        && (file = strchr (path + strlen (DRIVERS), '/')) != NULL) {
        g_autofree char *name =
            g_strndup (path + strlen (DRIVERS), (gsize) (file - path) - strlen (DRIVERS));

        return write_driver_file (kernel, name, file + 1, text);
    }
    return ENOENT;
}

/* A write is counted by that. */
gboolean
fake_kernel_begin (FakeKernel *kernel, FakeFault *fault, int *result)
{
    *fault = kernel->writes++ == kernel->fault_at ? kernel->fault : FAKE_FAULT_NONE;
    *result = 0;
    if (*fault != FAKE_FAULT_NONE && kernel->again != G_MAXUINT) {
        kernel->fault_at = kernel->writes + kernel->again;
        kernel->again = G_MAXUINT;
    }
    switch (*fault) {
    case FAKE_FAULT_NONE:
    case FAKE_FAULT_CRASH_AFTER:
        break;
    case FAKE_FAULT_ERRNO:
        *result = kernel->fault_errno;
        return FALSE;
    case FAKE_FAULT_NO_EFFECT:
        return FALSE;
    case FAKE_FAULT_HANG:
        kernel->hung = TRUE;
        break;
    case FAKE_FAULT_CRASH_BEFORE:
        kernel->crashed = TRUE;
        break;
    }
    *result = EIO;
    return !kernel->crashed && !kernel->hung;
}

void
fake_kernel_end (FakeKernel *kernel, FakeFault fault)
{
    if (fault == FAKE_FAULT_CRASH_AFTER)
        kernel->crashed = TRUE;
}

/* The path below the root of a file in an open folder, which is the root itself or that of a
 * function. */
static char *
path_from_root (const VfSysfs *folder, const char *path)
{
    g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", vf_sysfs_fd (folder));
    g_autofree char *target = g_file_read_link (link, NULL);
    g_autofree char *name = g_path_get_basename (target != NULL ? target : "");
    VfPciAddress address;

    return vf_pci_address_parse (name, &address, NULL)
               ? g_strconcat (DEVICES, name, "/", path, NULL)
               : g_strdup (path);
}

static int
fake_write (VfwKernel *base, const VfSysfs *folder, const char *path, const char *text)
{
    FakeKernel *kernel = (FakeKernel *) base;
    g_autofree char *full = path_from_root (folder, path);
    FakeFault fault;
    int result;

    if (!fake_kernel_begin (kernel, &fault, &result))
        return result;
    result = have_effect (kernel, full, text);
    fake_kernel_end (kernel, fault);
    return result;
}

/* Device nodes are plain files here, so that anybody can run the tests. */
static int
fake_set_mode (VfwKernel *base, const char *path, dev_t device, mode_t mode)
{
    FakeKernel *kernel = (FakeKernel *) base;
    g_autofree char *full = g_build_filename (kernel->root, path, NULL);
    FakeFault fault;
    int result;

    if (!fake_kernel_begin (kernel, &fault, &result))
        return result;
    result = g_chmod (full, (int) mode) == 0 ? 0 : errno;
    fake_kernel_end (kernel, fault);
    return result;
}

/* A driver of the machine's that was unloaded; NULL when none has that module. */
static const FakeDriver *
find_unloaded (const FakeKernel *kernel, const char *module)
{
    for (guint i = 0; i < kernel->machine->drivers->len; i++) {
        const FakeDriver *driver = g_ptr_array_index (kernel->machine->drivers, i);

        if (g_strcmp0 (driver->module, module) == 0 && find_driver (kernel, driver->name) == NULL)
            return driver;
    }
    return NULL;
}

static void
come_back (FakeKernel *kernel, const FakeDriver *driver)
{
    fake_tree_add_driver (kernel->root, driver);
    for (guint i = 0; i < kernel->machine->functions->len; i++) {
        const FakeFunction *function = g_ptr_array_index (kernel->machine->functions, i);

        if (fake_kernel_driver_of (kernel, function->address) == NULL
            && matches (kernel, driver, function))
            attach (kernel, driver, function);
    }
}

void
fake_kernel_unload_driver (FakeKernel *kernel, const char *driver)
{
    g_autofree char *folder = g_strconcat (kernel->root, "/" DRIVERS, driver, NULL);

    fake_tree_remove (folder);
}

GStrv
fake_kernel_find_modules (const FakeKernel *kernel, const char *modalias)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    guint vendor = 0, device = 0;

    if (sscanf (modalias, "pci:v%8Xd%8Xsv", &vendor, &device) != 2)
        vendor = device = 0;
    for (guint i = 0; i < kernel->machine->drivers->len; i++) {
        const FakeDriver *driver = g_ptr_array_index (kernel->machine->drivers, i);
        FakeFunction function = { .vendor = (guint16) vendor, .device = (guint16) device };

        if (driver->module != NULL && fake_driver_takes (driver, &function))
            g_ptr_array_add (names, g_strdup (driver->module));
    }
    g_ptr_array_add (names, NULL);
    return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

gboolean
fake_kernel_load_module (FakeKernel *kernel, const char *module, GError **error)
{
    const FakeDriver *unloaded = find_unloaded (kernel, module);

    if (unloaded != NULL) {
        come_back (kernel, unloaded);
        return TRUE;
    }
    if (find_driver (kernel, module) != NULL)
        return TRUE;
    if (!g_str_equal (module, "vfio-pci") || kernel->machine->vfio == FAKE_VFIO_MISSING) {
        vf_error_set (error, VF_REASON_NO_VFIO_PCI, "The machine has no module %s.", module);
        return FALSE;
    }
    fake_tree_add_driver (kernel->root,
                          fake_machine_add_driver (kernel->machine, module, "vfio_pci"));
    return TRUE;
}

FakeKernel *
fake_kernel_new (FakeMachine *machine, const char *root)
{
    FakeKernel *kernel = g_new0 (FakeKernel, 1);

    kernel->kernel = (VfwKernel){ fake_write, fake_set_mode };
    kernel->machine = machine;
    kernel->root = g_strdup (root);
    kernel->again = G_MAXUINT;
    return kernel;
}

void
fake_kernel_free (FakeKernel *kernel)
{
    g_free (kernel->root);
    g_free (kernel);
}

void
fake_kernel_inject (FakeKernel *kernel, guint at, FakeFault fault, int fault_errno)
{
    kernel->fault_at = kernel->writes + at;
    kernel->fault = fault;
    kernel->fault_errno = fault_errno;
    kernel->again = G_MAXUINT;
}

void
fake_kernel_inject_again (FakeKernel *kernel, guint after)
{
    kernel->again = after;
}
