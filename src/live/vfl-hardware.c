/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rows that describe a VM. */
#include "vfl-hardware.h"

#include "vf-machine-facts.h"
#include "vfl-fact.h"
#include "vfl-work.h"

#include <glib/gi18n-lib.h>

struct _VflHardware {
    GObject parent;
    VflLibvirt *libvirt;
    VflMachine *machine;
    GListStore *facts;
    gboolean reading;
    gboolean again; /* it changed while it was read */
};
G_DEFINE_FINAL_TYPE (VflHardware, vfl_hardware, G_TYPE_OBJECT)

static void
add_disk (GPtrArray *shown, const VfDomainDisk *disk)
{
    gboolean optical = g_strcmp0 (disk->device, "cdrom") == 0;
    g_autofree char *title =
        g_strdup_printf (optical ? _ ("Optical drive %s") : _ ("Disk %s"), disk->target);

    vfl_fact_add (shown, title, "%s", disk->source != NULL ? disk->source : _ ("empty"));
}

static void
add_interface (GPtrArray *shown, const VfDomainInterface *interface)
{
    vfl_fact_add (
        shown, _ ("Network"), "%s%s%s%s%s",
        interface->source != NULL ? interface->source : interface->type,
        interface->model != NULL ? " · " : "", interface->model != NULL ? interface->model : "",
        interface->mac != NULL ? " · " : "", interface->mac != NULL ? interface->mac : "");
}

static void
add_displays (VflHardware *self, GPtrArray *shown, const GPtrArray *displays)
{
    g_autoptr (GString) types = g_string_new (NULL);

    for (guint i = 0; i < displays->len; i++)
        g_string_append_printf (types, "%s%s", i > 0 ? ", " : "",
                                (const char *) g_ptr_array_index (displays, i));
    if (types->len > 0)
        vfl_fact_add (shown, _ ("Display"), "%s", types->str);
    else if (vfl_machine_pairing (self->machine) != NULL)
        vfl_fact_add (shown, _ ("Display"), "%s", _ ("the monitor on its graphics card"));
    else
        vfl_fact_add (shown, _ ("Display"), "%s", _ ("none"));
}

static void
show (VflHardware *self, const VfDomainFacts *facts)
{
    g_autofree char *memory = g_format_size_full (facts->memory * 1024, G_FORMAT_SIZE_IEC_UNITS);
    g_autoptr (GPtrArray) shown = vfl_facts_new ();

    vfl_fact_add (shown, _ ("Processors"), "%u", facts->processors);
    vfl_fact_add (shown, _ ("Memory"), "%s", memory);
    for (guint i = 0; i < facts->disks->len; i++)
        add_disk (shown, g_ptr_array_index (facts->disks, i));
    for (guint i = 0; i < facts->interfaces->len; i++)
        add_interface (shown, g_ptr_array_index (facts->interfaces, i));
    add_displays (self, shown, facts->displays);
    vfl_facts_show (self->facts, shown);
}

static gpointer
read_facts (gpointer data, GCancellable *cancellable, GError **error)
{
    return vf_machine_facts (data, error);
}

static void read_again (VflHardware *self);

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
    VflHardware *self = VFL_HARDWARE (source);
    g_autoptr (VfDomainFacts) facts = vfl_work_finish (result, NULL);

    self->reading = FALSE;
    vfl_libvirt_end_question (self->libvirt);
    if (facts != NULL)
        show (self, facts);
    if (self->again)
        read_again (self);
}

static void
read_again (VflHardware *self)
{
    self->again = self->reading;
    if (self->reading)
        return;
    self->reading = TRUE;
    vfl_libvirt_begin_question (self->libvirt);
    vfl_work_start (G_OBJECT (self), read_facts,
                    vf_machine_copy (vfl_machine_value (self->machine)),
                    (GDestroyNotify) vf_machine_free, (GDestroyNotify) vf_domain_facts_free, NULL,
                    on_read, NULL);
}

GListModel *
vfl_hardware_facts (VflHardware *self)
{
    return G_LIST_MODEL (self->facts);
}

static void
vfl_hardware_finalize (GObject *object)
{
    VflHardware *self = VFL_HARDWARE (object);

    g_object_unref (self->libvirt);
    g_object_unref (self->machine);
    g_object_unref (self->facts);
    G_OBJECT_CLASS (vfl_hardware_parent_class)->finalize (object);
}

static void
vfl_hardware_class_init (VflHardwareClass *class)
{
    G_OBJECT_CLASS (class)->finalize = vfl_hardware_finalize;
}

static void
vfl_hardware_init (VflHardware *self)
{
    self->facts = g_list_store_new (VFL_TYPE_FACT);
}

VflHardware *
vfl_hardware_new (VflLibvirt *libvirt, VflMachine *machine)
{
    VflHardware *self = g_object_new (VFL_TYPE_HARDWARE, NULL);

    self->libvirt = g_object_ref (libvirt);
    self->machine = g_object_ref (machine);
    g_signal_connect_object (machine, "changed", G_CALLBACK (read_again), self, G_CONNECT_SWAPPED);
    read_again (self);
    return self;
}
