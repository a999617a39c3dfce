/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rule of which services are touched. Touches none. */
#include "vfs-service.h"

#include "vf-error.h"
#include "vf-holder.h"
#include "vf-step-service.h"

typedef struct {
    const VfsUnits *units;
    gpointer data;
} Service;

/* The names of @list; NULL with VF_REASON_INTERNAL when one of them is not known. */
static char **
read_list (const char *list, GError **error)
{
    g_auto (GStrv) names = g_strsplit (list, " ", -1);

    for (char **name = names; *name != NULL; name++) {
        if (!g_strv_contains (vf_holder_known_services, *name)) {
            vf_error_set (error, VF_REASON_INTERNAL,
                          "Not a service that virtflow-services stops or starts.");
            return NULL;
        }
    }
    return g_steal_pointer (&names);
}

static char *
note (const VfsUnits *units, gpointer data, const char *known, GError **error)
{
    g_auto (GStrv) before = read_list (known, error);
    g_autoptr (GPtrArray) names = g_ptr_array_new ();

    if (before == NULL)
        return NULL;
    for (const char *const *name = vf_holder_known_services; *name != NULL; name++)
        if (units->runs (*name, data) || g_strv_contains ((const char *const *) before, *name))
            g_ptr_array_add (names, (gpointer) *name);
    g_ptr_array_add (names, NULL);
    return g_strjoinv (" ", (char **) names->pdata);
}

static gboolean
stop (const VfsUnits *units, gpointer data, const char *name, GError **error)
{
    if (!units->runs (name, data))
        return TRUE;
    if (!units->stop (name, data, error))
        return FALSE;
    if (!units->runs (name, data))
        return TRUE;
    vf_error_set (error, VF_REASON_SERVICE_FAILED,
                  "The service %s, which keeps the card open, was stopped and runs again. See what "
                  "starts it ('systemctl status %s'), then try again.",
                  name, name);
    return FALSE;
}

static gboolean
start (const VfsUnits *units, gpointer data, const char *name, GError **error)
{
    return units->runs (name, data) || units->start (name, data, error);
}

static gboolean
stop_all (const VfsUnits *units, gpointer data, GError **error)
{
    for (const char *const *name = vf_holder_known_services; *name != NULL; name++)
        if (!stop (units, data, *name, error))
            return FALSE;
    return TRUE;
}

static gboolean
start_all (const VfsUnits *units, gpointer data, const char *list, GError **error)
{
    g_auto (GStrv) names = read_list (list, error);

    for (char **name = names; name != NULL && *name != NULL; name++)
        if (!start (units, data, *name, error))
            return FALSE;
    return names != NULL;
}

char *
vfs_service_carry_out (const VfsUnits *units, gpointer data, const VfStep *step, GError **error)
{
    if (step->kind == VF_STEP_NOTE_SERVICES)
        return note (units, data, step->value, error);
    if (step->kind == VF_STEP_STOP_SERVICES && stop_all (units, data, error))
        return g_strdup ("");
    if (step->kind == VF_STEP_START_SERVICES && start_all (units, data, step->value, error))
        return g_strdup ("");
    if (vf_step_actor (step->kind) != VF_ACTOR_SERVICES)
        vf_error_set (error, VF_REASON_INTERNAL, "virtflow-services does not carry out '%s'.",
                      vf_step_kind_id (step->kind));
    return NULL;
}

static char *
carry_out (const VfStep *step, gpointer data, GError **error)
{
    const Service *service = data;

    return vfs_service_carry_out (service->units, service->data, step, error);
}

int
vfs_service_run (int socket, const VfsUnits *units, gpointer data)
{
    Service service = { units, data };

    return vf_step_service_run (socket, carry_out, &service);
}
