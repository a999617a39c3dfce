/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lends and returns one GPU so often as it is told and prints the time of each call, from the
 * request on the bus to the verified answer: lend-bench ADDRESS TIMES. A line each: "lend 123456"
 * in microseconds, and "lend-steps 98765" for what of it the steps took. */
#include "vf-client.h"

#include <stdlib.h>

/* Microseconds from the word to a helper to its answer, of all steps of the last switch. */
static guint64
sum_of_steps (VfClientGpu *gpu)
{
    GVariant *steps = vf_dbus_gpu_get_steps (gpu);
    guint64 sum = 0;

    for (gsize i = 0; steps != NULL && i < g_variant_n_children (steps); i++) {
        guint64 taken;

        g_variant_get_child (steps, i, "(&s&st)", NULL, NULL, &taken);
        sum += taken;
    }
    return sum;
}

static gboolean
measure (VfClientGpu *gpu, VfTarget target, const char *name, GError **error)
{
    gint64 started = g_get_monotonic_time ();

    if (!vf_client_switch (gpu, target, NULL, error))
        return FALSE;
    g_print ("%s %" G_GINT64_FORMAT "\n", name, g_get_monotonic_time () - started);
    g_print ("%s-steps %" G_GUINT64_FORMAT "\n", name, sum_of_steps (gpu));
    return TRUE;
}

int
main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (VfClient) client = NULL;
    g_autoptr (VfClientGpu) gpu = NULL;
    VfPciAddress address;
    gboolean going = TRUE;

    if (argc != 3) {
        g_printerr ("usage: lend-bench ADDRESS TIMES\n");
        return 2;
    }
    if (vf_pci_address_parse (argv[1], &address, &error)
        && (client = vf_client_new (NULL, &error)) != NULL
        && (gpu = vf_client_find_gpu (client, address, &error)) != NULL) {
        for (int i = atoi (argv[2]); going && i > 0; i--)
            going = measure (gpu, VF_TARGET_VFIO, "lend", &error)
                    && measure (gpu, VF_TARGET_HOST, "return", &error);
    }
    if (error == NULL)
        return 0;
    g_printerr ("lend-bench: %s\n", error->message);
    return 1;
}
