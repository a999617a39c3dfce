/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lends and returns one GPU so often as it is told and prints the time of each call, from the
 * request on the bus to the verified answer: lend-bench ADDRESS TIMES. A line each: "lend 123456"
 * in microseconds. */
#include "vf-client.h"

#include <stdlib.h>

static gboolean
measure (VfClientGpu *gpu, VfTarget target, const char *name, GError **error)
{
    gint64 started = g_get_monotonic_time ();

    if (!vf_client_switch (gpu, target, error))
        return FALSE;
    g_print ("%s %" G_GINT64_FORMAT "\n", name, g_get_monotonic_time () - started);
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
