/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the live objects. */
#include "vfl-host.h"

struct _VflHost {
    GObject parent;
    VflLibvirt *libvirt;
    VflDaemon *daemon;
    VflMachines *machines;
    GListModel *conditions;
    VflVigil *vigil;
};
G_DEFINE_FINAL_TYPE (VflHost, vfl_host, G_TYPE_OBJECT)

static void
vfl_host_finalize (GObject *object)
{
    VflHost *self = VFL_HOST (object);

    g_object_unref (self->vigil);
    g_object_unref (self->conditions);
    g_object_unref (self->machines);
    g_object_unref (self->daemon);
    g_object_unref (self->libvirt);
    G_OBJECT_CLASS (vfl_host_parent_class)->finalize (object);
}

static void
vfl_host_class_init (VflHostClass *class)
{
    G_OBJECT_CLASS (class)->finalize = vfl_host_finalize;
}

static void
vfl_host_init (VflHost *self)
{
}

VflHost *
vfl_host_new (const char *bus)
{
    VflHost *self = g_object_new (VFL_TYPE_HOST, NULL);

    self->libvirt = vfl_libvirt_new ();
    self->daemon = vfl_daemon_new (bus);
    self->machines = vfl_machines_new (self->libvirt, self->daemon);
    self->conditions = vfl_conditions_new (self->libvirt, self->daemon, self->machines);
    self->vigil = vfl_vigil_new (self->daemon);
    return self;
}

void
vfl_host_connect (VflHost *self)
{
    vfl_daemon_connect (self->daemon);
    vfl_libvirt_connect (self->libvirt);
}

VflLibvirt *
vfl_host_libvirt (VflHost *self)
{
    return self->libvirt;
}

VflDaemon *
vfl_host_daemon (VflHost *self)
{
    return self->daemon;
}

VflMachines *
vfl_host_machines (VflHost *self)
{
    return self->machines;
}

GListModel *
vfl_host_conditions (VflHost *self)
{
    return self->conditions;
}

VflVigil *
vfl_host_vigil (VflHost *self)
{
    return self->vigil;
}
