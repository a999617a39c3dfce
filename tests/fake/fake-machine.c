/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the format of machine files. */
#include "fake-machine.h"

#include <stdio.h>
#include <string.h>

#define SUFFIX ".machine"

static void
function_free (FakeFunction *function)
{
    g_free (function->path);
    g_free (function->driver);
    g_free (function->boot_vga);
    g_free (function->boot_display);
    g_free (function->card_display);
    g_free (function->power);
    g_free (function->power_control);
    g_free (function->d3cold);
    g_free (function->reset);
    g_strfreev (function->connectors);
    g_strfreev (function->networks);
    g_strfreev (function->disks);
    g_strfreev (function->inputs);
    g_free (function);
}

static void
driver_free (FakeDriver *driver)
{
    g_free (driver->name);
    g_free (driver->module);
    g_array_unref (driver->ids);
    g_strfreev (driver->stack);
    g_strfreev (driver->nodes);
    g_free (driver);
}

static void
file_free (FakeFile *file)
{
    g_free (file->path);
    g_string_free (file->text, TRUE);
    g_free (file);
}

static void
process_free (FakeProcess *process)
{
    g_free (process->command);
    g_free (process->unit);
    g_strfreev (process->open);
    g_free (process);
}

void
fake_machine_free (FakeMachine *machine)
{
    if (machine == NULL)
        return;
    g_free (machine->title);
    g_free (machine->mistake);
    g_free (machine->kernel);
    g_ptr_array_unref (machine->functions);
    g_ptr_array_unref (machine->drivers);
    g_ptr_array_unref (machine->processes);
    g_ptr_array_unref (machine->services);
    g_ptr_array_unref (machine->files);
    g_free (machine);
}

FakeFunction *
fake_machine_function (const FakeMachine *machine, VfPciAddress address)
{
    for (guint i = 0; i < machine->functions->len; i++) {
        FakeFunction *function = machine->functions->pdata[i];

        if (vf_pci_address_equal (function->address, address))
            return function;
    }
    return NULL;
}

FakeDriver *
fake_machine_driver (const FakeMachine *machine, const char *name)
{
    for (guint i = 0; i < machine->drivers->len; i++) {
        FakeDriver *driver = machine->drivers->pdata[i];

        if (strcmp (driver->name, name) == 0)
            return driver;
    }
    return NULL;
}

FakeDriver *
fake_machine_add_driver (FakeMachine *machine, const char *name, const char *module)
{
    FakeDriver *driver = g_new0 (FakeDriver, 1);

    driver->name = g_strdup (name);
    driver->module = g_strdup (module);
    driver->ids = g_array_new (FALSE, FALSE, sizeof (guint32));
    g_ptr_array_add (machine->drivers, driver);
    return driver;
}

static guint32
function_ids (const FakeFunction *function)
{
    return (guint32) function->vendor << 16 | function->device;
}

gboolean
fake_driver_takes (const FakeDriver *driver, const FakeFunction *function)
{
    for (guint i = 0; i < driver->ids->len; i++)
        if (g_array_index (driver->ids, guint32, i) == function_ids (function))
            return TRUE;
    return FALSE;
}

/* The first mistake is the one that is told; what is read after it does not matter. */
G_GNUC_PRINTF (2, 3)
static void
complain (FakeMachine *machine, const char *format, ...)
{
    va_list arguments;

    if (machine->mistake != NULL)
        return;
    va_start (arguments, format);
    machine->mistake = g_strdup_vprintf (format, arguments);
    va_end (arguments);
}

/* "10de:2484" */
static void
parse_ids (FakeMachine *machine, const char *text, guint16 *first, guint16 *second)
{
    guint a = 0, b = 0;
    int end = 0;

    if (sscanf (text, "%4x:%4x%n", &a, &b, &end) != 2 || text[end] != '\0')
        complain (machine, "'%s' are not ids", text);
    *first = (guint16) a;
    *second = (guint16) b;
}

static VfPciAddress
parse_address (FakeMachine *machine, const char *text)
{
    VfPciAddress address = { 0 };

    if (!vf_pci_address_parse (text, &address, NULL))
        complain (machine, "'%s' is not a PCI address", text);
    return address;
}

static char *
path_behind (FakeMachine *machine, const char *bridge, const char *address)
{
    const FakeFunction *parent;

    if (g_str_has_prefix (bridge, "pci"))
        return g_build_filename (bridge, address, NULL);
    parent = fake_machine_function (machine, parse_address (machine, bridge));
    if (parent == NULL) {
        complain (machine, "%s is behind %s, which is not described above it", address, bridge);
        return g_strdup (address);
    }
    return g_build_filename (parent->path, address, NULL);
}

static void
set_text (char **field, const char *value)
{
    g_free (*field);
    *field = g_strdup (value);
}

/* One "key=value" of a function line. */
static void
read_function_field (FakeMachine *machine,
                     FakeFunction *function,
                     const char *key,
                     const char *value)
{
    const struct {
        const char *key;
        char **text;
    } texts[] = {
        { "driver", &function->driver },
        { "boot_vga", &function->boot_vga },
        { "boot_display", &function->boot_display },
        { "card_display", &function->card_display },
        { "power", &function->power },
        { "power_control", &function->power_control },
        { "d3cold", &function->d3cold },
        { "reset", &function->reset },
    };
    const struct {
        const char *key;
        char ***list;
    } lists[] = {
        { "connector", &function->connectors },
        { "net", &function->networks },
        { "disk", &function->disks },
        { "input", &function->inputs },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        if (strcmp (key, texts[i].key) == 0) {
            set_text (texts[i].text, value);
            g_strdelimit (*texts[i].text, ",", ' ');
            return;
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
        if (strcmp (key, lists[i].key) == 0) {
            g_strfreev (*lists[i].list);
            *lists[i].list = g_strsplit (value, ",", -1);
            return;
        }
    }
    if (strcmp (key, "class") == 0)
        function->class_code = (guint32) g_ascii_strtoull (value, NULL, 16);
    else if (strcmp (key, "ids") == 0)
        parse_ids (machine, value, &function->vendor, &function->device);
    else if (strcmp (key, "subsystem") == 0)
        parse_ids (machine, value, &function->subsystem_vendor, &function->subsystem_device);
    else if (strcmp (key, "group") == 0)
        function->group = (int) g_ascii_strtoll (value, NULL, 10);
    else if (strcmp (key, "nvidia_minor") == 0)
        function->nvidia_minor = (int) g_ascii_strtoll (value, NULL, 10);
    else if (strcmp (key, "behind") == 0) {
        g_free (function->path);
        function->path = path_behind (machine, value, function->name.text);
    } else
        complain (machine, "'%s' says nothing about a function", key);
}

/* Cards are numbered in the order of the file; a laptop's 3D controller has one as well. */
static int
next_card (const FakeMachine *machine, guint32 base_class)
{
    int card = 0;

    for (guint i = 0; i < machine->functions->len; i++) {
        const FakeFunction *function = machine->functions->pdata[i];

        card += function->class_code >> 16 == base_class && function->card >= 0;
    }
    return card;
}

/* A driver that a function is bound to is there, and has the function in its table. */
static void
know_driver (FakeMachine *machine, const FakeFunction *function)
{
    FakeDriver *driver;
    guint32 ids = function_ids (function);

    if (function->driver == NULL)
        return;
    driver = fake_machine_driver (machine, function->driver);
    if (driver == NULL) {
        g_autofree char *module = g_strdelimit (g_strdup (function->driver), "-", '_');

        driver = fake_machine_add_driver (machine, function->driver, module);
    }
    if (strcmp (driver->name, "vfio-pci") != 0 && !fake_driver_takes (driver, function))
        g_array_append_val (driver->ids, ids);
}

static void
read_fields (FakeMachine *machine,
             char **words,
             void *subject,
             void (*read) (FakeMachine *machine, void *subject, const char *key, const char *value))
{
    for (; *words != NULL; words++) {
        char *value = strchr (*words, '=');

        if (**words == '\0')
            continue;
        if (value == NULL) {
            complain (machine, "'%s' is not KEY=VALUE", *words);
            continue;
        }
        *value++ = '\0';
        read (machine, subject, *words, value);
    }
}

static void
read_function_word (FakeMachine *machine, void *subject, const char *key, const char *value)
{
    read_function_field (machine, subject, key, value);
}

static void
read_function (FakeMachine *machine, char **words)
{
    FakeFunction *function = g_new0 (FakeFunction, 1);
    g_autofree char *root = NULL;

    function->address = parse_address (machine, words[0]);
    function->name = vf_pci_address_format (function->address);
    function->group = FAKE_NO_GROUP;
    function->card = function->nvidia_minor = -1;
    root = g_strdup_printf ("pci%04x:%02x", function->address.domain, function->address.bus);
    function->path = g_build_filename (root, function->name.text, NULL);
    read_fields (machine, words + 1, function, read_function_word);
    if (function->class_code >> 16 == 0x03 || function->class_code >> 8 == 0x0403)
        function->card = next_card (machine, function->class_code >> 16);
    know_driver (machine, function);
    g_ptr_array_add (machine->functions, function);
}

static void
read_driver_word (FakeMachine *machine, void *subject, const char *key, const char *value)
{
    FakeDriver *driver = subject;

    if (strcmp (key, "module") == 0) {
        set_text (&driver->module, strcmp (value, "builtin") == 0 ? NULL : value);
    } else if (strcmp (key, "stack") == 0) {
        g_strfreev (driver->stack);
        driver->stack = g_strsplit (value, ",", -1);
    } else if (strcmp (key, "nodes") == 0) {
        g_strfreev (driver->nodes);
        driver->nodes = g_strsplit (value, ",", -1);
    } else if (strcmp (key, "takes") == 0) {
        g_auto (GStrv) list = g_strsplit (value, ",", -1);

        for (char **item = list; *item != NULL; item++) {
            guint16 vendor, device;
            guint32 ids;

            parse_ids (machine, *item, &vendor, &device);
            ids = (guint32) vendor << 16 | device;
            g_array_append_val (driver->ids, ids);
        }
    } else
        complain (machine, "'%s' says nothing about a driver", key);
}

static void
read_driver (FakeMachine *machine, char **words)
{
    g_autofree char *module = g_strdelimit (g_strdup (words[0]), "-", '_');

    read_fields (machine, words + 1, fake_machine_add_driver (machine, words[0], module),
                 read_driver_word);
}

static void
read_process_word (FakeMachine *machine, void *subject, const char *key, const char *value)
{
    FakeProcess *process = subject;

    if (strcmp (key, "command") == 0)
        set_text (&process->command, value);
    else if (strcmp (key, "unit") == 0)
        set_text (&process->unit, value);
    else if (strcmp (key, "uid") == 0)
        process->uid = (guint32) g_ascii_strtoull (value, NULL, 10);
    else if (strcmp (key, "open") == 0) {
        g_strfreev (process->open);
        process->open = g_strsplit (value, ",", -1);
    } else
        complain (machine, "'%s' says nothing about a process", key);
}

static void
read_process (FakeMachine *machine, char **words)
{
    FakeProcess *process = g_new0 (FakeProcess, 1);

    process->pid = (guint32) g_ascii_strtoull (words[0], NULL, 10);
    process->command = g_strdup ("program");
    g_ptr_array_add (machine->processes, process);
    read_fields (machine, words + 1, process, read_process_word);
}

static void
read_service (FakeMachine *machine, char **words)
{
    g_ptr_array_add (machine->services, g_strdup (words[0]));
}

static void
read_vfio (FakeMachine *machine, char **words)
{
    static const char *const names[] = { "loaded", "loadable", "builtin", "missing" };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        if (strcmp (words[0], names[i]) == 0) {
            machine->vfio = (FakeVfio) i;
            return;
        }
    }
    complain (machine, "vfio is not '%s'", words[0]);
}

static void
read_kernel (FakeMachine *machine, char **words)
{
    set_text (&machine->kernel, words[0]);
}

/* "proc/cmdline quiet intel_iommu=on": another line of that file. */
static void
read_file (FakeMachine *machine, const char *line)
{
    gsize length = strcspn (line, " \t");
    g_autofree char *path = g_strndup (line, length);
    const char *text = line[length] != '\0' ? line + length + 1 : "";
    FakeFile *file = NULL;

    for (guint i = 0; i < machine->files->len && file == NULL; i++) {
        FakeFile *known = machine->files->pdata[i];

        file = strcmp (known->path, path) == 0 ? known : NULL;
    }
    if (file == NULL) {
        file = g_new (FakeFile, 1);
        file->path = g_steal_pointer (&path);
        file->text = g_string_new ("");
        g_ptr_array_add (machine->files, file);
    }
    g_string_append_printf (file->text, "%s\n", text);
}

static void
read_line (FakeMachine *machine, const char *line)
{
    static const struct {
        const char *word;
        void (*read) (FakeMachine *machine, char **words);
    } kinds[] = {
        { "function", read_function }, { "driver", read_driver }, { "process", read_process },
        { "vfio", read_vfio },         { "kernel", read_kernel }, { "service", read_service },
    };
    g_auto (GStrv) words = NULL;

    if (g_str_has_prefix (line, "machine ")) {
        set_text (&machine->title, line + strlen ("machine "));
        return;
    }
    if (g_str_has_prefix (line, "file ")) {
        read_file (machine, line + strlen ("file "));
        return;
    }
    words = g_strsplit_set (line, " \t", -1);
    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
        if (strcmp (words[0], kinds[i].word) == 0 && words[1] != NULL) {
            kinds[i].read (machine, words + 1);
            return;
        }
    }
    complain (machine, "no line of a machine file: %s", line);
}

static void
add_vfio (FakeMachine *machine)
{
    if (fake_machine_driver (machine, "vfio-pci") != NULL)
        return;
    if (machine->vfio == FAKE_VFIO_LOADED)
        fake_machine_add_driver (machine, "vfio-pci", "vfio_pci");
    if (machine->vfio == FAKE_VFIO_BUILTIN)
        fake_machine_add_driver (machine, "vfio-pci", NULL);
}

FakeMachine *
fake_machine_read (const char *text, GError **error)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    g_autoptr (FakeMachine) machine = g_new0 (FakeMachine, 1);

    machine->kernel = g_strdup ("6.1.0-fake");
    machine->functions = g_ptr_array_new_with_free_func ((GDestroyNotify) function_free);
    machine->drivers = g_ptr_array_new_with_free_func ((GDestroyNotify) driver_free);
    machine->processes = g_ptr_array_new_with_free_func ((GDestroyNotify) process_free);
    machine->services = g_ptr_array_new_with_free_func (g_free);
    machine->files = g_ptr_array_new_with_free_func ((GDestroyNotify) file_free);
    for (char **line = lines; *line != NULL; line++) {
        g_strstrip (*line);
        if (**line != '\0' && **line != '#')
            read_line (machine, *line);
    }
    add_vfio (machine);
    if (machine->mistake == NULL)
        return g_steal_pointer (&machine);
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, machine->mistake);
    return NULL;
}

FakeMachine *
fake_machine_parse (const char *text)
{
    g_autoptr (GError) error = NULL;
    FakeMachine *machine = fake_machine_read (text, &error);

    if (machine == NULL)
        g_error ("%s", error->message);
    return machine;
}

FakeMachine *
fake_machine_load (const char *name)
{
    g_autofree char *file = g_strconcat (name, SUFFIX, NULL);
    g_autofree char *path = g_build_filename (FAKE_MACHINES_FOLDER, file, NULL);
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;

    if (!g_file_get_contents (path, &text, NULL, &error))
        g_error ("%s", error->message);
    return fake_machine_parse (text);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
fake_machine_names (void)
{
    GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GDir) folder = g_dir_open (FAKE_MACHINES_FOLDER, 0, NULL);
    const char *file;

    while (folder != NULL && (file = g_dir_read_name (folder)) != NULL)
        if (g_str_has_suffix (file, SUFFIX))
            g_ptr_array_add (names, g_strndup (file, strlen (file) - strlen (SUFFIX)));
    g_ptr_array_sort (names, compare_names);
    return names;
}
