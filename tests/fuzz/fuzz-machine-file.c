/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The description of a machine: what is accepted hangs together. */
#include "fuzz.h"

#include "fake-machine.h"

#include <string.h>

static void
check_function (const FakeMachine *machine, const FakeFunction *function)
{
    VfPciAddressText name = vf_pci_address_format (function->address);

    FUZZ_ASSERT (strcmp (function->name.text, name.text) == 0);
    FUZZ_ASSERT (g_str_has_suffix (function->path, name.text));
    FUZZ_ASSERT (fake_machine_function (machine, function->address) != NULL);
    FUZZ_ASSERT (function->driver == NULL
                 || fake_machine_driver (machine, function->driver) != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup ((const char *) data, size);
    g_autoptr (GError) error = NULL;
    g_autoptr (FakeMachine) machine = fake_machine_read (text, &error);

    FUZZ_ASSERT ((machine != NULL) == (error == NULL));
    if (machine == NULL)
        return 0;
    for (guint i = 0; i < machine->functions->len; i++)
        check_function (machine, machine->functions->pdata[i]);
    for (guint i = 0; i < machine->drivers->len; i++) {
        const FakeDriver *driver = machine->drivers->pdata[i];

        FUZZ_ASSERT (fake_machine_driver (machine, driver->name) != NULL);
    }
    for (guint i = 0; i < machine->processes->len; i++) {
        const FakeProcess *process = machine->processes->pdata[i];

        FUZZ_ASSERT (process->command != NULL);
    }
    return 0;
}
