/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user's own connection to this host's libvirt, and libvirt's errors as ours. Calls block; they
 * may be made from any thread. */
#pragma once

#include "vf-error.h"

#include <libvirt/libvirt.h>

/* The only libvirt that VirtFlow works with: GPUs are those of this host. */
#define VF_LIBVIRT_URI "qemu:///system"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (virConnect, virConnectClose)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (virDomain, virDomainFree)

/* Connects to @uri, or to VF_LIBVIRT_URI when it is NULL. Libvirt's events arrive in the default
 * main context. The caller closes it with virConnectClose(). VF_REASON_FOREIGN_LIBVIRT for any
 * other URI, VF_REASON_NO_LIBVIRT when it does not answer, VF_REASON_NOT_AUTHORIZED when it refuses
 * the user. */
virConnect *vf_libvirt_open (const char *uri, GError **error);

/* The same libvirt for who only looks: libvirt asks nobody for a password for that. */
virConnect *vf_libvirt_open_to_look (GError **error);

/* Sets @error from what libvirt said last in this thread. The format gives what failed, as in
 * "The VM win11 could not be started"; libvirt's own words follow it. */
void vf_libvirt_set_error (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
