/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds the folders sys, proc, dev and lib of a fake machine below a folder, with names, links and
 * texts as the kernel has them. Device nodes are plain files. It has no behaviour: a write to one
 * of its files changes that file. Mistakes end the program. */
#pragma once

#include "fake-machine.h"

/* Builds @machine below the folder at @root, which exists and is empty. */
void fake_tree_build (const FakeMachine *machine, const char *root);

/* The machine's folder, to be read with vf_sysfs_new(). The caller closes it. */
int fake_tree_open (const char *root);

/* A new, empty folder, in memory where the machine has room for that; the caller owns the path. */
char *fake_tree_new_folder (void);

/* A new folder with the machine of tests/machines/NAME.machine in it; the caller owns the path and
 * @machine (may be NULL). */
char *fake_tree_build_named (const char *name, FakeMachine **machine);

/* Removes the folder at @root and all that is in it. */
void fake_tree_remove (const char *root);

/* What the kernel does when a driver gets a function: links in both directions, DRM or sound card
 * with its device nodes, /dev/vfio/N and vfio-dev for vfio-pci. */
void fake_tree_attach (const char *root, const FakeFunction *function, const FakeDriver *driver);

/* And when it loses it. Does nothing for one without a driver. */
void fake_tree_detach (const char *root, const FakeFunction *function);

/* The folder of a driver, as when its module was loaded; and without it again. */
void fake_tree_add_driver (const char *root, const FakeDriver *driver);
void fake_tree_remove_driver (const char *root, const FakeDriver *driver);

/* The folder of a module that has no driver of PCI functions; and without it again. */
void fake_tree_add_module (const char *root, const char *module);
void fake_tree_remove_module (const char *root, const char *module);

/* Replaces the file at @path below @root; makes the folders above it. */
void fake_tree_write (const char *root, const char *path, const char *text);
