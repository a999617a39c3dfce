/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads files and links of the kernel below one directory. It is the machine's root "/" for those
 * who pass in paths like "sys/bus/pci/devices/...", or a folder below it. Never writes.
 *
 * Functions that return int return 0, or -ENOENT when there is no such file, or another negative
 * errno value. Out-parameters are set on success only; a buffer holds something useful on success
 * only. None of them allocates, unless it gives the caller something to own. */
#pragma once

#include "vf-pci-address.h"

/* Room for any attribute or link text that is read here, with the final NUL. */
#define VF_SYSFS_TEXT_MAX 4096

/* Room for one component of a path, with the final NUL. */
#define VF_SYSFS_NAME_MAX 256

typedef struct _VfSysfs VfSysfs;

/* Takes @fd, an open directory. */
VfSysfs *vf_sysfs_new (int fd);
void vf_sysfs_free (VfSysfs *sysfs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfSysfs, vf_sysfs_free)

/* The directory itself, for those who need openat(); belongs to @sysfs. */
int vf_sysfs_fd (const VfSysfs *sysfs);

/* Opens the folder at @path below @sysfs; the caller owns @folder. */
int vf_sysfs_open (const VfSysfs *sysfs, const char *path, VfSysfs **folder);

/* Opens the folder of the PCI function at @address. @root is the machine's root. */
int vf_sysfs_open_function (const VfSysfs *root, VfPciAddress address, VfSysfs **folder);

/* Reads an attribute as text, without the white space at its end. -EOVERFLOW when it does not fit
 * into @size bytes with the final NUL. */
int vf_sysfs_read (const VfSysfs *sysfs, const char *path, char *text, gsize size);

/* Reads an attribute that is one whole number: "0x10de", "14". -EINVAL when it is anything else. */
int vf_sysfs_read_number (const VfSysfs *sysfs, const char *path, guint64 *number);

/* Reads up to @size bytes from the start of a file. Returns how many there were, or a negative
 * errno value. */
gssize vf_sysfs_read_bytes (const VfSysfs *sysfs, const char *path, void *bytes, gsize size);

/* Reads a whole file of at most @limit bytes; the caller owns @contents, which ends with a NUL that
 * is not counted in @length (may be NULL). -EFBIG when it is longer. */
int vf_sysfs_read_file (
    const VfSysfs *sysfs, const char *path, gsize limit, char **contents, gsize *length);

/* Reads what a symbolic link says. -EINVAL when it is no link, -EOVERFLOW when it does not fit. */
int vf_sysfs_read_link (const VfSysfs *sysfs, const char *path, char *target, gsize size);

/* The same, last component only: the name of a driver, a module, an IOMMU group. */
int vf_sysfs_read_link_name (const VfSysfs *sysfs, const char *path, char *name, gsize size);

/* The names in the folder at @path but "." and "..", in no order; the caller owns the array, which
 * frees its strings. */
int vf_sysfs_list (const VfSysfs *sysfs, const char *path, GPtrArray **names);

/* The same, real folders only: a link to one is left out. */
int vf_sysfs_list_folders (const VfSysfs *sysfs, const char *path, GPtrArray **names);

/* Whether @path leads to something, with links followed. */
gboolean vf_sysfs_exists (const VfSysfs *sysfs, const char *path);

/* Sets @error to "Cannot read /PATH: ...", for a negative @result of one of the functions above. */
void vf_sysfs_set_error (GError **error, const char *path, int result);
