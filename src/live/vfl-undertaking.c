/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the thread of an activation or deactivation. */
#include "vfl-undertaking.h"

#include "vf-deactivation.h"
#include "vf-input-list.h"
#include "vfl-work.h"

#include <fcntl.h>

typedef struct {
    GObject *source;
    VflUndertakingTold told;
    VflWish *wish;
} Undertaking;

typedef struct {
    GObject *source;
    VflUndertakingTold told;
    char *sentence;
} Telling;

static void
free_undertaking (gpointer data)
{
    Undertaking *undertaking = data;

    vfl_wish_free (undertaking->wish);
    g_object_unref (undertaking->source);
    g_free (undertaking);
}

static void
free_telling (gpointer data)
{
    Telling *telling = data;

    g_object_unref (telling->source);
    g_free (telling->sentence);
    g_free (telling);
}

static gboolean
pass_on (gpointer data)
{
    const Telling *telling = data;

    telling->told (telling->sentence, telling->source);
    return G_SOURCE_REMOVE;
}

static void
tell (const char *sentence, gpointer data)
{
    const Undertaking *undertaking = data;
    Telling telling = { g_object_ref (undertaking->source), undertaking->told,
                        g_strdup (sentence) };

    g_idle_add_full (G_PRIORITY_DEFAULT, pass_on, g_memdup2 (&telling, sizeof telling),
                     free_telling);
}

static gboolean
activate (const VflWish *wish, const VfTransaction *transaction, VfMachine *machine, GError **error)
{
    g_autoptr (VfClientGpu) gpu = vfl_wish_find_gpu (wish, transaction->client, error);
    virConnect *connection = virDomainGetConnect (machine->domain);
    g_autoptr (VfSysfs) root = vf_sysfs_new (open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    VfActivationWish request;

    if (gpu == NULL
        || (wish->inputs->len > 0 && !vf_input_list_check (connection, root, wish->inputs, error)))
        return FALSE;
    request = vfl_wish_for_activation (wish, gpu);
    return vf_activation_run (transaction, machine, &request, error);
}

static gpointer
work (gpointer data, GCancellable *cancellable, GError **error)
{
    const Undertaking *undertaking = data;
    const VflWish *wish = undertaking->wish;
    g_autoptr (VfClient) client = vf_client_new (wish->bus, error);
    g_autoptr (VfMachine) machine = vf_machine_copy (wish->machine);
    VfDeactivationSubject subject = { machine, wish->pairing };
    VfTransaction transaction = { .client = client,
                                  /* One that was off when the person agreed was not agreed to. */
                                  .may_stop = wish->machine->state != VF_MACHINE_SHUT_OFF,
                                  .stop_deadline = VFL_STOP_DEADLINE,
                                  .cancellable = cancellable,
                                  .tell = tell,
                                  .data = data };

    if (client == NULL)
        return NULL;
    if (wish->activates)
        return GINT_TO_POINTER (activate (wish, &transaction, machine, error));
    return GINT_TO_POINTER (vf_deactivation_run (&transaction, &subject, error));
}

void
vfl_undertaking_start (GObject *source,
                       const VflWish *wish,
                       VflUndertakingTold told,
                       GCancellable *cancellable,
                       GAsyncReadyCallback done)
{
    Undertaking undertaking = { g_object_ref (source), told, vfl_wish_copy (wish) };

    vfl_work_start (source, work, g_memdup2 (&undertaking, sizeof undertaking), free_undertaking,
                    NULL, cancellable, done, NULL);
}

gboolean
vfl_undertaking_finish (GAsyncResult *result, GError **error)
{
    return GPOINTER_TO_INT (vfl_work_finish (result, error));
}
