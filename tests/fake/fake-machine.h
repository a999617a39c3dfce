/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A machine that nobody here owns, as one of the text files in tests/machines describes it. Owns
 * the format of these files (tests/machines/README says it) and builds nothing. */
#pragma once

#include "vf-pci-address.h"

#define FAKE_NO_GROUP (-1)

/* How much of vfio-pci the kernel has. */
typedef enum {
    FAKE_VFIO_LOADED,
    FAKE_VFIO_LOADABLE,
    FAKE_VFIO_BUILTIN,
    FAKE_VFIO_MISSING,
} FakeVfio;

typedef struct {
    VfPciAddress address;
    VfPciAddressText name; /* the address as text */
    guint32 class_code;
    guint16 vendor, device, subsystem_vendor, subsystem_device;
    int group;           /* or FAKE_NO_GROUP */
    char *path;          /* below sys/devices: "pci0000:00/0000:00:01.0/0000:01:00.0" */
    char *driver;        /* bound at the start; NULL when none is */
    char *boot_vga;      /* each of these: NULL when the kernel has no such attribute */
    char *boot_display;  /* of the PCI device, as in 6.16 */
    char *card_display;  /* boot_display of the DRM card, as in 6.18 */
    char *power;         /* power/runtime_status */
    char *power_control; /* power/control */
    char *d3cold;
    char *reset;       /* "flr bus" */
    char **connectors; /* "HDMI-A-1:enabled", "DP-1:disabled:connected"; or NULL */
    char **networks;   /* interface names, or NULL */
    char **disks;      /* "sda:/:/boot": what is mounted of it follows; or NULL */
    char **inputs;     /* names of keyboards and the like behind it, or NULL */
    int card;          /* number of its DRM or sound card; -1 when it has none */
    int nvidia_minor;  /* -1: unlike the proprietary driver */
} FakeFunction;

typedef struct {
    char *name;
    char *module; /* NULL when it is built into the kernel */
    GArray *ids;  /* guint32 0xvvvvdddd: what it takes by itself */
    char **stack; /* modules that are built upon it, each before those that it needs; or NULL */
    char **nodes; /* below dev, of all its cards together: "nvidiactl"; or NULL */
} FakeDriver;

typedef struct {
    guint32 pid;
    char *command;
    guint32 uid;
    char *unit;    /* systemd unit, or NULL */
    char **open;   /* below dev: "dri/card1" */
    char *program; /* that it runs, "virtflow-worker"; or NULL */
    char *place;   /* the kernel's function that it waits in; or NULL */
} FakeProcess;

/* A text file that is of no concern to the fake kernel. */
typedef struct {
    char *path; /* below the machine's root: "proc/cmdline" */
    GString *text;
} FakeFile;

typedef struct {
    char *title;
    char *kernel; /* release */
    FakeVfio vfio;
    GPtrArray *functions; /* FakeFunction pointers, in the order of the file */
    GPtrArray *drivers;   /* FakeDriver pointers; vfio-pci is among them when it is there at once */
    GPtrArray *processes; /* FakeProcess pointers */
    GPtrArray *services;  /* names of systemd units that run at the start */
    GPtrArray *files;     /* FakeFile pointers */
    char *mistake;        /* in its description, while that is read */
} FakeMachine;

/* The names of the files in tests/machines, sorted, without ".machine"; the caller owns the array,
 * which frees them. */
GPtrArray *fake_machine_names (void);

/* Reads @text; NULL with an error that names the first mistake in it. The caller owns it. */
FakeMachine *fake_machine_read (const char *text, GError **error);

/* Reads tests/machines/NAME.machine, or @text. A mistake in it ends the program: it is a test's
 * own.
 */
FakeMachine *fake_machine_load (const char *name);
FakeMachine *fake_machine_parse (const char *text);
void fake_machine_free (FakeMachine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeMachine, fake_machine_free)

/* NULL when there is none. What they return belongs to @machine. */
FakeFunction *fake_machine_function (const FakeMachine *machine, VfPciAddress address);
FakeDriver *fake_machine_driver (const FakeMachine *machine, const char *name);

/* Adds a driver that takes nothing by itself, as loading a module would. */
FakeDriver *fake_machine_add_driver (FakeMachine *machine, const char *name, const char *module);

/* Whether the driver's own table has the function. */
gboolean fake_driver_takes (const FakeDriver *driver, const FakeFunction *function);
