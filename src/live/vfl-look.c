/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the looks before an activation. */
#include "vfl-look.h"

#include "vfl-libvirt.h"
#include "vfl-work.h"

#include <fcntl.h>

static gpointer
look_ahead (gpointer data, GCancellable *cancellable, GError **error)
{
    const VflWish *wish = data;
    g_autoptr (VfClient) client = vf_client_new (wish->bus, error);
    g_autoptr (VfClientGpu) gpu = NULL;
    g_autoptr (VfMachine) machine = NULL;
    VfActivationWish request;

    gpu = client != NULL ? vfl_wish_find_gpu (wish, client, error) : NULL;
    if (gpu == NULL)
        return NULL;
    machine = vf_machine_copy (wish->machine);
    if (!vf_machine_refresh (machine, error))
        return NULL;
    request = vfl_wish_for_activation (wish, gpu);
    return vf_outlook_new (machine, &request, error);
}

void
vfl_look_start (GObject *source, const VflWish *wish, GAsyncReadyCallback done)
{
    vfl_work_start (source, look_ahead, vfl_wish_copy (wish), vfl_wish_free,
                    (GDestroyNotify) vf_outlook_free, NULL, done, NULL);
}

VfOutlook *
vfl_look_finish (GAsyncResult *result, GError **error)
{
    return vfl_work_finish (result, error);
}

static gpointer
look_at_guest (gpointer data, GCancellable *cancellable, GError **error)
{
    const VflWish *wish = data;

    return vf_guest_look (wish->machine);
}

void
vfl_look_start_guest (GObject *source, const VflWish *wish, GAsyncReadyCallback done)
{
    vfl_work_start (source, look_at_guest, vfl_wish_copy (wish), vfl_wish_free,
                    (GDestroyNotify) vf_guest_free, NULL, done, NULL);
}

VfGuest *
vfl_look_finish_guest (GAsyncResult *result)
{
    return vfl_work_finish (result, NULL);
}

static gpointer
list_inputs (gpointer data, GCancellable *cancellable, GError **error)
{
    int descriptor = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    g_autoptr (VfSysfs) root = vf_sysfs_new (descriptor);

    return vf_input_list (data, root, error);
}

void
vfl_look_start_inputs (GObject *source, virConnect *connection, GAsyncReadyCallback done)
{
    virConnectRef (connection);
    vfl_work_start (source, list_inputs, connection, vfl_libvirt_release,
                    (GDestroyNotify) g_ptr_array_unref, NULL, done, NULL);
}

GPtrArray *
vfl_look_finish_inputs (GAsyncResult *result)
{
    return vfl_work_finish (result, NULL);
}
