/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is told of GPUs that come home. */
#include "vfl-vigil.h"

#include <glib/gi18n-lib.h>

struct _VflVigil {
    GObject parent;
    VflDaemon *daemon;
    GPtrArray *watched; /* VflGpu */
    guint n_holds;
    gboolean needed;
};
G_DEFINE_FINAL_TYPE (VflVigil, vfl_vigil, G_TYPE_OBJECT)

enum { NEEDED = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

enum { NEWS, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
judge (VflVigil *self)
{
    gboolean needed = self->n_holds > 0;

    for (guint i = 0; i < self->watched->len; i++) {
        VflGpu *gpu = g_ptr_array_index (self->watched, i);
        g_autoptr (VfClaim) claim = vfl_gpu_claim (gpu);

        needed = needed || claim->kind != VF_CLAIM_NONE || vfl_gpu_is_switching (gpu);
    }
    if (needed == self->needed)
        return;
    self->needed = needed;
    g_object_notify_by_pspec (G_OBJECT (self), properties[NEEDED]);
}

void
vfl_vigil_tell (
    VflVigil *self, const char *address, const char *title, const char *sentence, gboolean bad)
{
    g_signal_emit (self, signals[NEWS], 0, address, title, sentence, bad);
}

static void
on_ended (VflGpu *gpu, gboolean home, const char *failure, gpointer data)
{
    VflVigil *self = data;
    g_autofree char *sentence = NULL;

    /* A lend that failed was undone, and whoever asked for it was told. */
    if (home && failure == NULL) {
        sentence = g_strdup_printf (_ ("%s is back on the host."), vfl_gpu_name (gpu));
        vfl_vigil_tell (self, vfl_gpu_address (gpu), _ ("Graphics Card Is Back"), sentence, FALSE);
    } else if (!home && failure != NULL) {
        vfl_vigil_tell (self, vfl_gpu_address (gpu), _ ("Graphics Card Did Not Come Back"), failure,
                        TRUE);
    }
    judge (self);
}

static void
drop_all (VflVigil *self)
{
    for (guint i = 0; i < self->watched->len; i++)
        g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->watched, i), self);
    g_ptr_array_set_size (self->watched, 0);
}

static void
watch_all (VflVigil *self)
{
    GListModel *gpus = vfl_daemon_gpus (self->daemon);

    drop_all (self);
    for (guint i = 0; i < g_list_model_get_n_items (gpus); i++) {
        VflGpu *gpu = g_list_model_get_item (gpus, i);

        g_ptr_array_add (self->watched, gpu);
        g_signal_connect_swapped (gpu, "changed", G_CALLBACK (judge), self);
        g_signal_connect (gpu, "ended", G_CALLBACK (on_ended), self);
    }
    judge (self);
}

gboolean
vfl_vigil_is_needed (VflVigil *self)
{
    return self->needed;
}

void
vfl_vigil_hold (VflVigil *self)
{
    self->n_holds++;
    judge (self);
}

void
vfl_vigil_release (VflVigil *self)
{
    g_return_if_fail (self->n_holds > 0);
    self->n_holds--;
    judge (self);
}

static void
vfl_vigil_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    if (id == NEEDED)
        g_value_set_boolean (value, VFL_VIGIL (object)->needed);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
vfl_vigil_finalize (GObject *object)
{
    VflVigil *self = VFL_VIGIL (object);

    drop_all (self);
    g_signal_handlers_disconnect_by_data (vfl_daemon_gpus (self->daemon), self);
    g_ptr_array_unref (self->watched);
    g_object_unref (self->daemon);
    G_OBJECT_CLASS (vfl_vigil_parent_class)->finalize (object);
}

static void
vfl_vigil_class_init (VflVigilClass *class)
{
    G_OBJECT_CLASS (class)->get_property = vfl_vigil_get_property;
    G_OBJECT_CLASS (class)->finalize = vfl_vigil_finalize;
    properties[NEEDED] = g_param_spec_boolean ("needed", NULL, NULL, FALSE,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (G_OBJECT_CLASS (class), N_PROPERTIES, properties);
    signals[NEWS] =
        g_signal_new ("news", VFL_TYPE_VIGIL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                      4, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
vfl_vigil_init (VflVigil *self)
{
    self->watched = g_ptr_array_new_with_free_func (g_object_unref);
}

VflVigil *
vfl_vigil_new (VflDaemon *daemon)
{
    VflVigil *self = g_object_new (VFL_TYPE_VIGIL, NULL);

    self->daemon = g_object_ref (daemon);
    g_signal_connect_swapped (vfl_daemon_gpus (daemon), "items-changed", G_CALLBACK (watch_all),
                              self);
    watch_all (self);
    return self;
}
