/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run of virtflow: the options that every command has, and the connection to the daemon, which
 * is made when it is first asked for. */
#pragma once

#include "vf-client.h"

typedef struct {
    gboolean json;               /* answers are JSON on standard output */
    gboolean color;              /* standard output may be coloured */
    gboolean may_ask;            /* a password may be asked for on this terminal */
    char *bus;                   /* address of another bus than the system bus; or NULL */
    char *libvirt_uri;           /* or NULL */
    VfClient *client;            /* NULL until vfc_run_client() */
    gboolean answered;           /* the answer is out: an error adds nothing to standard output */
    const char *const *commands; /* the names of all; ends with NULL */
    int status;                  /* what the program ends with when the command itself went well */
} VfcRun;

void vfc_run_clear (VfcRun *run);

/* The daemon; belongs to @run. VF_REASON_NO_DAEMON. */
VfClient *vfc_run_client (VfcRun *run, GError **error);

/* A sentence for the person at the terminal, on standard error. Names that come from elsewhere are
 * made harmless. */
void vfc_say (const char *format, ...) G_GNUC_PRINTF (1, 2);
