/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programs that make anew what a host boots from. Which of them is there depends on the system.
 */
#pragma once

#include "vf-sysfs.h"

/* The command line that makes an initramfs for each kernel, or GRUB's menu, on the machine whose
 * root is
 * @root: absolute paths, NULL at its end; static. NULL when there is no program that is known. One
 * for GRUB that ends with "-o" wants the menu's path behind it. */
const char *const *vf_boot_tools_initramfs (const VfSysfs *root);
const char *const *vf_boot_tools_grub (const VfSysfs *root);
