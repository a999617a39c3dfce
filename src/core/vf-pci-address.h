/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The address of one PCI function, as a small value. The only parser and formatter of it. */
#pragma once

#include <glib.h>

/* Length of "0000:01:00.0" with a four-digit domain, and of the longest one, with an eight-digit
 * domain (VMD and Hyper-V have such), both without the final NUL. */
#define VF_PCI_ADDRESS_TEXT_MAX 16

typedef struct {
    guint32 domain;
    guint8 bus;
    guint8 slot;     /* 0 to 31 */
    guint8 function; /* 0 to 7 */
} VfPciAddress;

/* A formatted address, to be had without an allocation. */
typedef struct {
    char text[VF_PCI_ADDRESS_TEXT_MAX + 1];
} VfPciAddressText;

/* Reads "0000:01:00.0" as the kernel prints it: lower-case digits, four to eight of them for the
 * domain, nothing before or after. Returns FALSE with VF_REASON_INVALID_ADDRESS for anything else
 * and leaves @address alone. */
gboolean vf_pci_address_parse (const char *text, VfPciAddress *address, GError **error);

/* As vf_pci_address_parse(), for what a person types: upper case, surrounding space and a missing
 * domain ("01:00.0") are accepted as well. */
gboolean vf_pci_address_parse_lenient (const char *text, VfPciAddress *address, GError **error);

/* The address as the kernel prints it. */
VfPciAddressText vf_pci_address_format (VfPciAddress address);

/* Orders by domain, bus, slot, function; 0 when equal. */
int vf_pci_address_compare (VfPciAddress a, VfPciAddress b);

gboolean vf_pci_address_equal (VfPciAddress a, VfPciAddress b);

/* Whether both are functions of one device: only the function number may differ. */
gboolean vf_pci_address_same_slot (VfPciAddress a, VfPciAddress b);
