/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the layout of the tree below a fake machine's root. */
#include "fake-tree.h"

#include "fake-node.h"
#include "fake-proc.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
make_folder (const char *root, const char *path)
{
    g_autofree char *full = g_build_filename (root, path, NULL);

    if (g_mkdir_with_parents (full, 0755) != 0)
        g_error ("mkdir %s: %s", full, g_strerror (errno));
}

void
fake_tree_write (const char *root, const char *path, const char *text)
{
    g_autofree char *full = g_build_filename (root, path, NULL);
    int fd = open (full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (fd < 0 && errno == ENOENT) {
        g_autofree char *folder = g_path_get_dirname (path);

        make_folder (root, folder);
        fd = open (full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    }
    if (fd < 0 || write (fd, text, strlen (text)) != (gssize) strlen (text))
        g_error ("write %s: %s", full, g_strerror (errno));
    close (fd);
}

/* Writes "TEXT\n", as sysfs does, into a file of @folder. */
static void put (const char *root, const char *folder, const char *name, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static void
put (const char *root, const char *folder, const char *name, const char *format, ...)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *text = NULL;
    g_autofree char *line = NULL;
    va_list arguments;

    va_start (arguments, format);
    text = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    line = g_strconcat (text, "\n", NULL);
    fake_tree_write (root, path, line);
}

/* Makes sys/@path a relative link to sys/@target. */
static void
link_in_sys (const char *root, const char *path, const char *target)
{
    g_autofree char *full = g_build_filename (root, "sys", path, NULL);
    g_autofree char *folder = g_path_get_dirname (full);
    g_autoptr (GString) text = g_string_new (NULL);

    for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
        g_string_append (text, "../");
    g_string_append (text, target);
    if (symlink (text->str, full) == 0)
        return;
    if (errno != ENOENT || g_mkdir_with_parents (folder, 0755) != 0
        || symlink (text->str, full) != 0)
        g_error ("symlink %s: %s", full, g_strerror (errno));
}

static void
remove_in_sys (const char *root, const char *path)
{
    g_autofree char *full = g_build_filename (root, "sys", path, NULL);

    if (unlink (full) != 0 && errno != ENOENT)
        g_error ("unlink %s: %s", full, g_strerror (errno));
}

static char *
function_folder (const FakeFunction *function)
{
    return g_build_filename ("sys/devices", function->path, NULL);
}

/* The first 64 bytes as firmware leaves them: memory enabled; for a type-0 header one 32-bit, one
 * 64-bit prefetchable and one port base address, which depend on where the function sits. */
static void
write_config (const char *root, const FakeFunction *function)
{
    g_autofree char *path = g_build_filename (root, "sys/devices", function->path, "config", NULL);
    gboolean bridge = function->class_code >> 8 == 0x0604;
    guint32 place = (guint32) function->address.bus << 24
                    | (guint32) (function->address.slot << 19 | function->address.function << 16);
    guint32 words[16] = {
        [0] = (guint32) function->device << 16 | function->vendor,
        [1] = 0x00100007,
        [2] = function->class_code << 8,
        [3] = bridge ? 0x00010000 : 0x00800000,
        [4] = bridge ? 0 : 0x80000000 | place,
        [5] = bridge ? 0 : place | 0x0c,
        [6] = bridge ? 0 : 0x40,
        [8] = bridge ? 0 : 0xe001,
        [11] = (guint32) function->subsystem_device << 16 | function->subsystem_vendor,
    };
    guint8 bytes[64];

    for (gsize i = 0; i < G_N_ELEMENTS (bytes); i++)
        bytes[i] = (guint8) (words[i / 4] >> i % 4 * 8);
    if (!g_file_set_contents_full (path, (const char *) bytes, sizeof bytes,
                                   G_FILE_SET_CONTENTS_NONE, 0644, NULL))
        g_error ("write %s", path);
}

/* The ranges of its base address registers: of a display function one of 16 MiB and the window of
 * 256 MiB that cards show without resizable BAR. */
static void
write_resource (const char *root, const FakeFunction *function, const char *folder)
{
    guint64 start = (guint64) (function->address.bus << 8 | function->address.slot << 3
                               | function->address.function)
                    << 32;

    if (function->class_code >> 16 == 0x03)
        put (root, folder, "resource",
             "0x%016" G_GINT64_MODIFIER "x 0x%016" G_GINT64_MODIFIER
             "x 0x0000000000040200\n0x%016" G_GINT64_MODIFIER "x 0x%016" G_GINT64_MODIFIER
             "x 0x000000000014220c",
             start | 0x10000000, start | 0x10ffffff, start | 0x20000000, start | 0x2fffffff);
}

static void
write_attributes (const char *root, const FakeFunction *function, const char *folder)
{
    const struct {
        const char *name;
        const char *text;
    } optional[] = {
        { "boot_vga", function->boot_vga },           { "boot_display", function->boot_display },
        { "d3cold_allowed", function->d3cold },       { "reset_method", function->reset },
        { "power/control", function->power_control }, { "power/runtime_status", function->power },
    };
    guint32 class_code = function->class_code;

    put (root, folder, "class", "0x%06x", class_code);
    put (root, folder, "vendor", "0x%04x", function->vendor);
    put (root, folder, "device", "0x%04x", function->device);
    put (root, folder, "subsystem_vendor", "0x%04x", function->subsystem_vendor);
    put (root, folder, "subsystem_device", "0x%04x", function->subsystem_device);
    put (root, folder, "modalias", "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", function->vendor,
         function->device, function->subsystem_vendor, function->subsystem_device, class_code >> 16,
         class_code >> 8 & 0xff, class_code & 0xff);
    put (root, folder, "driver_override", "(null)");
    put (root, folder, "enable", "%d", function->driver != NULL);
    put (root, folder, "uevent", "PCI_SLOT_NAME=%s", function->name.text);
    for (gsize i = 0; i < G_N_ELEMENTS (optional); i++)
        if (optional[i].text != NULL)
            put (root, folder, optional[i].name, "%s", optional[i].text);
    if (function->reset != NULL)
        put (root, folder, "reset", "%s", "");
}

static void
build_function (const char *root, const FakeFunction *function)
{
    g_autofree char *folder = function_folder (function);
    g_autofree char *name = g_build_filename ("bus/pci/devices", function->name.text, NULL);

    make_folder (root, folder);
    write_attributes (root, function, folder);
    write_config (root, function);
    write_resource (root, function, folder);
    link_in_sys (root, name, folder + strlen ("sys/"));
    if (function->group != FAKE_NO_GROUP) {
        g_autofree char *group = g_strdup_printf ("kernel/iommu_groups/%d", function->group);
        g_autofree char *mate = g_build_filename (group, "devices", function->name.text, NULL);
        g_autofree char *own = g_build_filename ("devices", function->path, "iommu_group", NULL);

        link_in_sys (root, mate, folder + strlen ("sys/"));
        link_in_sys (root, own, group);
    }
}

void
fake_tree_add_module (const char *root, const char *module)
{
    g_autofree char *parameters = g_build_filename ("sys/module", module, "parameters", NULL);

    make_folder (root, parameters);
}

void
fake_tree_remove_module (const char *root, const char *module)
{
    g_autofree char *folder = g_build_filename (root, "sys/module", module, NULL);

    fake_tree_remove (folder);
}

void
fake_tree_remove_driver (const char *root, const FakeDriver *driver)
{
    g_autofree char *folder = g_build_filename (root, "sys/bus/pci/drivers", driver->name, NULL);

    fake_tree_remove (folder);
    if (driver->module != NULL)
        fake_tree_remove_module (root, driver->module);
}

void
fake_tree_add_driver (const char *root, const FakeDriver *driver)
{
    static const char *const files[] = { "bind", "unbind", "new_id", "remove_id", "uevent" };
    g_autofree char *folder = g_build_filename ("sys/bus/pci/drivers", driver->name, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *path = g_build_filename (folder, files[i], NULL);

        fake_tree_write (root, path, "");
    }
    if (driver->module != NULL) {
        g_autofree char *module = g_build_filename ("module", driver->module, NULL);
        g_autofree char *link = g_build_filename (folder + strlen ("sys/"), "module", NULL);

        fake_tree_add_module (root, driver->module);
        link_in_sys (root, link, module);
    }
    if (strcmp (driver->name, "vfio-pci") == 0)
        fake_tree_write (root, "dev/vfio/vfio", "");
}

static void
add_node (const char *root, const FakeFunction *function, const FakeNode *node)
{
    g_autofree char *path =
        g_build_filename (node->virtual ? "virtual" : function->path, node->below, NULL);
    g_autofree char *folder = g_build_filename ("sys/devices", path, NULL);
    g_autofree char *target = g_build_filename ("devices", path, NULL);
    g_autofree char *link = g_build_filename ("class", node->class, node->name, NULL);

    make_folder (root, folder);
    link_in_sys (root, link, target);
    if (node->device != NULL) {
        g_autofree char *file = g_build_filename (root, "dev", node->device, NULL);

        put (root, folder, "dev", "%u:%u", node->major, node->minor);
        put (root, folder, "uevent", "MAJOR=%u\nMINOR=%u\nDEVNAME=%s", node->major, node->minor,
             node->device);
        put (root, "dev", node->device, "%s", "");
        g_assert_cmpint (g_chmod (file, 0660), ==, 0);
    }
    for (guint i = 0; i < node->n_attributes; i++)
        put (root, folder, node->attributes[i].name, "%s", node->attributes[i].text);
}

static void
remove_node (const char *root, const FakeFunction *function, const FakeNode *node)
{
    g_autofree char *folder = g_build_filename (
        root, "sys/devices", node->virtual ? "virtual" : function->path, node->below, NULL);
    g_autofree char *link = g_build_filename ("class", node->class, node->name, NULL);

    remove_in_sys (root, link);
    if (g_file_test (folder, G_FILE_TEST_EXISTS))
        fake_tree_remove (folder);
    if (node->device != NULL) {
        g_autofree char *file = g_build_filename (root, "dev", node->device, NULL);

        g_unlink (file);
    }
}

static char *
driver_link (const FakeFunction *function)
{
    return g_build_filename ("devices", function->path, "driver", NULL);
}

static gboolean
group_is_on_vfio (const char *root, const FakeFunction *function)
{
    g_autofree char *path =
        g_strdup_printf ("%s/sys/kernel/iommu_groups/%d/devices", root, function->group);
    g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
        g_autofree char *link = g_build_filename (path, name, "driver", NULL);
        g_autofree char *target = g_file_read_link (link, NULL);

        if (target != NULL && g_str_has_suffix (target, "/vfio-pci"))
            return TRUE;
    }
    return FALSE;
}

void
fake_tree_attach (const char *root, const FakeFunction *function, const FakeDriver *driver)
{
    g_autofree char *link = driver_link (function);
    g_autofree char *folder = g_build_filename ("bus/pci/drivers", driver->name, NULL);
    g_autofree char *back = g_build_filename (folder, function->name.text, NULL);
    g_autofree char *target = g_build_filename ("devices", function->path, NULL);
    gboolean first_of_group = !group_is_on_vfio (root, function);
    g_autoptr (GPtrArray) nodes = fake_node_list (function, driver->name);

    link_in_sys (root, link, folder);
    link_in_sys (root, back, target);
    for (guint i = 0; i < nodes->len; i++) {
        const FakeNode *node = nodes->pdata[i];

        if (!node->virtual || first_of_group)
            add_node (root, function, node);
    }
    fake_node_add_nvidia (root, function, driver->name);
}

void
fake_tree_detach (const char *root, const FakeFunction *function)
{
    g_autofree char *link = driver_link (function);
    g_autofree char *full = g_build_filename (root, "sys", link, NULL);
    g_autofree char *target = g_file_read_link (full, NULL);
    g_autofree char *driver = target != NULL ? g_path_get_basename (target) : NULL;
    g_autofree char *back = NULL;
    g_autoptr (GPtrArray) nodes = NULL;

    if (driver == NULL)
        return;
    nodes = fake_node_list (function, driver);
    back = g_build_filename ("bus/pci/drivers", driver, function->name.text, NULL);
    remove_in_sys (root, link);
    remove_in_sys (root, back);
    /* From the last one, so that a folder goes after those inside it. */
    for (guint i = nodes->len; i-- > 0;) {
        const FakeNode *node = nodes->pdata[i];

        if (!node->virtual || !group_is_on_vfio (root, function))
            remove_node (root, function, node);
    }
    fake_node_remove_nvidia (root, function, driver);
}

static int
remove_one (const char *path, const struct stat *status, int kind, struct FTW *place)
{
    return remove (path);
}

void
fake_tree_remove (const char *root)
{
    if (nftw (root, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        g_error ("remove %s: %s", root, g_strerror (errno));
}

int
fake_tree_open (const char *root)
{
    int fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        g_error ("open %s: %s", root, g_strerror (errno));
    return fd;
}

/* /dev/kfd is the one node of those that sysfs knows. */
static void
build_shared_node (const char *root, const char *name)
{
    put (root, "dev", name, "%s", "");
    if (strcmp (name, "kfd") == 0) {
        put (root, "sys/class/kfd/kfd", "dev", "%s", "235:0");
        put (root, "sys/class/kfd/kfd", "uevent", "%s", "MAJOR=235\nMINOR=0\nDEVNAME=kfd");
    }
}

static void
build_driver (const char *root, const FakeDriver *driver)
{
    fake_tree_add_driver (root, driver);
    for (char **module = driver->stack; module != NULL && *module != NULL; module++)
        fake_tree_add_module (root, *module);
    for (char **node = driver->nodes; node != NULL && *node != NULL; node++)
        build_shared_node (root, *node);
}

void
fake_tree_build (const FakeMachine *machine, const char *root)
{
    make_folder (root, "dev");
    fake_tree_write (root, "sys/bus/pci/drivers_probe", "");
    fake_tree_write (root, "sys/bus/pci/rescan", "");
    make_folder (root, "sys/bus/pci/devices");
    make_folder (root, "sys/class");
    make_folder (root, "sys/kernel/iommu_groups");
    for (guint i = 0; i < machine->drivers->len; i++)
        build_driver (root, machine->drivers->pdata[i]);
    for (guint i = 0; i < machine->functions->len; i++) {
        const FakeFunction *function = machine->functions->pdata[i];

        build_function (root, function);
        if (function->driver != NULL)
            fake_tree_attach (root, function, fake_machine_driver (machine, function->driver));
    }
    for (guint i = 0; i < machine->services->len; i++) {
        g_autofree char *state =
            g_build_filename ("run/services", machine->services->pdata[i], NULL);

        fake_tree_write (root, state, "active");
    }
    fake_proc_build (machine, root);
}

char *
fake_tree_new_folder (void)
{
    static const char memory[] = "/dev/shm";
    const char *above = g_access (memory, W_OK) == 0 ? memory : g_get_tmp_dir ();
    char *path = g_build_filename (above, "virtflow-XXXXXX", NULL);

    if (g_mkdtemp (path) == NULL)
        g_error ("mkdtemp %s: %s", path, g_strerror (errno));
    return path;
}

char *
fake_tree_build_named (const char *name, FakeMachine **machine)
{
    g_autoptr (FakeMachine) loaded = fake_machine_load (name);
    char *root = fake_tree_new_folder ();

    fake_tree_build (loaded, root);
    if (machine != NULL)
        *machine = g_steal_pointer (&loaded);
    return root;
}
