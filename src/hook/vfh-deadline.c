/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the alarm. */
#include "vfh-deadline.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Written before the alarm can see it, and never freed. */
static const char *volatile refusal;
static volatile gsize refusal_length;

static void
on_alarm (int signal_number)
{
    if (refusal == NULL)
        _exit (0);
    if (write (STDERR_FILENO, refusal, refusal_length) < 0)
        _exit (1);
    _exit (1);
}

void
vfh_deadline_start (guint seconds)
{
    struct sigaction action = { .sa_handler = on_alarm };
    sigset_t alarm_only;

    /* libvirt may have left it ignored or blocked. */
    sigaction (SIGALRM, &action, NULL);
    sigemptyset (&alarm_only);
    sigaddset (&alarm_only, SIGALRM);
    sigprocmask (SIG_UNBLOCK, &alarm_only, NULL);
    alarm (seconds);
}

void
vfh_deadline_refuse (char *sentence)
{
    refusal_length = strlen (sentence);
    refusal = sentence;
}
