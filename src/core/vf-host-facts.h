/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor has to know of the host besides its PCI functions. A value with owned strings,
 * filled by its maker. */
#pragma once

#include "vf-pci-function.h"

/* What the kernel has of a module. */
typedef enum {
    VF_MODULE_MISSING,
    VF_MODULE_LOADABLE, /* when somebody needs it */
    VF_MODULE_LOADED,
    VF_MODULE_BUILTIN,
} VfModuleState;

/* The modules that pass a device to a VM. */
typedef enum {
    VF_MODULE_VFIO,
    VF_MODULE_VFIO_PCI,
    VF_MODULE_VFIO_IOMMU_TYPE1,
    VF_N_VFIO_MODULES,
} VfVfioModule;

/* Something that an administrator has set, and where. */
typedef struct {
    char *place; /* "/etc/modprobe.d/vfio.conf:3", "the kernel's command line" */
    char *text;  /* "options vfio-pci ids=10de:1e84" */
} VfSetting;

/* The memory of a display function that the host can see. */
typedef struct {
    VfPciAddress address;
    guint64 largest;                   /* bytes of its largest base address register */
    VfAnswer has_firmware_framebuffer; /* whether the picture of the firmware still lies in it */
} VfAperture;

typedef struct {
    char *command_line;          /* of the kernel; NULL when it is not known */
    char *cpu_vendor;            /* "GenuineIntel", "AuthenticAMD"; NULL when it is not known */
    VfAnswer cpu_virtualization; /* whether the CPU shows VT-x or AMD-V */
    VfAnswer kvm;                /* whether /dev/kvm is there */
    VfAnswer tun;                /* whether /dev/net/tun is there */
    VfAnswer vhost_net;          /* whether /dev/vhost-net is there */
    char *missing_controllers; /* of control groups that libvirt puts VMs in, "cpuset io"; NULL when
                                * it is not known which there are */
    VfAnswer firmware_iommu;   /* whether the firmware describes one (ACPI tables DMAR, IVRS) */
    VfAnswer interrupt_remapping;
    VfModuleState modules[VF_N_VFIO_MODULES];
    GPtrArray *reservations; /* VfSetting: ids that are reserved for vfio-pci at boot */
    GPtrArray *overrides;    /* VfSetting: what driverctl binds at boot, a file per device */
    GPtrArray *bans;         /* VfSetting: modules that are never loaded by themselves */
    GArray *apertures;       /* VfAperture: of each display function */
    char *nvidia_version;    /* of NVIDIA's driver, while it is loaded; or NULL */
    VfAnswer guest_firmware; /* whether there is UEFI firmware for VMs */
    VfAnswer hook;           /* whether libvirt finds VirtFlow's hook */
    char *shutdown_action; /* what libvirt-guests does with VMs when the host shuts down: "suspend";
                            * NULL where that is not installed */
    char *shutdown_file;   /* where that is set: "/etc/default/libvirt-guests"; NULL as well */
    VfAnswer hooks_confined; /* whether SELinux keeps libvirt's hooks from the bus */
    VfAnswer hook_unlisted;  /* whether AppArmor keeps libvirt from running VirtFlow's hook */
} VfHostFacts;

VfHostFacts *vf_host_facts_new (void);
void vf_host_facts_free (VfHostFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VfHostFacts, vf_host_facts_free)

/* Copies both. */
VfSetting *vf_setting_new (const char *place, const char *text);

/* As sysfs has it: "vfio_iommu_type1". */
const char *vf_vfio_module_name (VfVfioModule module);

/* The one of @modules that a ban is about: "blacklist nouveau", "install nvidia /bin/false" or
 * "modprobe.blacklist=nouveau,nvidia"; or NULL. */
const char *vf_ban_find_module (const char *ban, const char *const *modules);

/* The same of the modules that pass a device to a VM. */
const char *vf_ban_find_vfio (const char *ban);

/* Whether @word stands on the kernel's command line, as a whole. */
gboolean vf_host_facts_has_word (const VfHostFacts *facts, const char *word);
