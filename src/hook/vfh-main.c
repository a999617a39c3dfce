/* SPDX-License-Identifier: GPL-3.0-or-later */
/* virtflow-hook: libvirt's qemu hook. Tells the daemon that a VM starts or stops, and keeps one
 * from starting that must not. Prints nothing when all is well, starts no process, never calls
 * libvirt, and always ends. */
#include "vfh-daemon.h"
#include "vfh-deadline.h"
#include "vfh-input.h"
#include "vfh-need.h"
#include "vfh-operation.h"
#include "vfh-verdict.h"

#include "vf-domain-xml.h"
#include "vf-error.h"
#include "vf-log.h"
#include "vf-text.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define PROGRAM "virtflow-hook"

/* What libvirt passes: VM, operation, sub-operation, extra. */
#define N_LIBVIRT_ARGUMENTS 4

typedef struct {
    const char *bus;  /* address; NULL for the system bus */
    const char *root; /* of the machine */
    const char *vm;   /* its name */
    const char *uuid; /* its UUID; NULL while its configuration was not read */
    const VfhOperation *operation;
} Invocation;

/* What was called, and what came of it: @error is NULL when all is well. */
static void
note (const Invocation *invocation, const char *error)
{
    const VfhOperation *operation = invocation->operation;
    GLogLevelFlags level = error != NULL ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_MESSAGE;
    VfLogSubject subject = { .event = operation->name,
                             .vm = invocation->vm,
                             .uuid = invocation->uuid };
    g_autofree char *name = vf_text_escape (invocation->vm);
    g_autofree char *told = vfh_operation_tell (operation, name);
    g_autofree char *sentence =
        error != NULL ? g_strdup_printf ("%s: %s", told, error) : g_strdup (told);
    g_autofree char *line = NULL;

    if (vf_log (&subject, PROGRAM, level, sentence, g_log_writer_journald) == G_LOG_WRITER_HANDLED)
        return;
    line = vf_text_escape (sentence);
    syslog (error != NULL ? LOG_WARNING : LOG_NOTICE, "%s", line);
}

static int
pass (const Invocation *invocation, const GError *error)
{
    note (invocation, error->message);
    return EXIT_SUCCESS;
}

static int
agree (const Invocation *invocation)
{
    note (invocation, NULL);
    return EXIT_SUCCESS;
}

static int
refuse (const Invocation *invocation, VfReason reason, const char *sentences)
{
    g_autofree char *text = vfh_verdict_format (reason, sentences);

    fputs (text, stderr);
    note (invocation, sentences);
    return EXIT_FAILURE;
}

/* libvirt's own texts can always be parsed, unless they are too long. */
static int
judge_unreadable (const Invocation *invocation, const GString *text, const GError *error)
{
    g_autofree char *sentence = NULL;

    if (!invocation->operation->decides
        || (!vfh_need_is_possible (text) && !vfh_input_rest_has (text, vfh_need_is_possible)))
        return pass (invocation, error);
    sentence =
        g_strdup_printf (_ ("The configuration of the VM \"%s\" cannot be read, so whether it "
                            "takes a GPU is unknown: %s"),
                         invocation->vm, error->message);
    return refuse (invocation, vf_error_reason (error), sentence);
}

/* Whether @error is the daemon's word on this VM; else it is about the way to the daemon. */
static gboolean
is_verdict (const GError *error)
{
    return !vf_error_is (error, VF_REASON_NO_DAEMON)
           && !vf_error_is (error, VF_REASON_NOT_AUTHORIZED)
           && !vf_error_is (error, VF_REASON_INTERNAL);
}

static GVariant *
prepare_arguments (const VfDomainXml *domain, const char *name)
{
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (domain);
    GVariantBuilder builder;

    g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sb)"));
    for (guint i = 0; i < hostdevs->len; i++) {
        const VfDomainHostdev *hostdev = &g_array_index (hostdevs, VfDomainHostdev, i);

        g_variant_builder_add (&builder, "(sb)", vf_pci_address_format (hostdev->source).text,
                               hostdev->managed);
    }
    return g_variant_new ("(ssba(sb))", vf_domain_xml_uuid (domain), name,
                          vf_domain_xml_mark (domain) != NULL, &builder);
}

static char *
need_of (const Invocation *invocation, const VfDomainXml *domain)
{
    int fd = open (invocation->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    g_autoptr (VfSysfs) root = fd < 0 ? NULL : vf_sysfs_new (fd);

    return root == NULL ? NULL : vfh_need_of (domain, invocation->vm, root);
}

/* The answer comes before the deadline, with the daemon's reason in it. */
static guint
patience (const Invocation *invocation)
{
    return invocation->operation->deadline - 2;
}

static int
prepare (const Invocation *invocation, const VfDomainXml *domain)
{
    g_autofree char *need = need_of (invocation, domain);
    g_autofree char *sentence = NULL;
    g_autoptr (GError) error = NULL;

    if (need != NULL) {
        g_autofree char *late =
            g_strdup_printf (_ ("%s, and nobody could say in time whether it may start."), need);

        vfh_deadline_refuse (vfh_verdict_format (VF_REASON_NO_DAEMON, late));
    }
    if (vfh_daemon_ask (invocation->bus, invocation->operation->method,
                        prepare_arguments (domain, invocation->vm), patience (invocation), &error))
        return agree (invocation);
    if (is_verdict (error))
        return refuse (invocation, vf_error_reason (error), error->message);
    if (need == NULL)
        return pass (invocation, error);
    sentence =
        g_strdup_printf (_ ("%s and does not start without the daemon. %s"), need, error->message);
    return refuse (invocation, vf_error_reason (error), sentence);
}

static int
notify (const Invocation *invocation, const VfDomainXml *domain)
{
    g_autoptr (GError) error = NULL;

    if (vfh_daemon_notify (invocation->bus, invocation->operation->method,
                           g_variant_new ("(s)", vf_domain_xml_uuid (domain)),
                           patience (invocation), &error))
        return agree (invocation);
    return pass (invocation, error);
}

static VfDomainXml *
parse (const GString *text, GError **error)
{
    g_autoptr (VfDomainXml) domain = vf_domain_xml_parse (text->str, (gssize) text->len, error);

    if (domain != NULL && vf_domain_xml_uuid (domain) == NULL) {
        vf_error_set (error, VF_REASON_INVALID_DOMAIN_XML, "It has no UUID.");
        return NULL;
    }
    return g_steal_pointer (&domain);
}

/* Most domains have nothing of the host's and stop mattering here. */
static gboolean
concerns_us (const VfDomainXml *domain)
{
    g_autoptr (GArray) hostdevs = vf_domain_xml_hostdevs (domain);

    return hostdevs->len > 0 || vf_domain_xml_mark (domain) != NULL;
}

static int
run (Invocation *invocation)
{
    g_autoptr (GString) text = vfh_input_read ();
    g_autoptr (GError) error = NULL;
    g_autoptr (VfDomainXml) domain = parse (text, &error);

    if (domain == NULL)
        return judge_unreadable (invocation, text, error);
    if (!concerns_us (domain))
        return EXIT_SUCCESS;
    invocation->uuid = vf_domain_xml_uuid (domain);
    return invocation->operation->decides ? prepare (invocation, domain)
                                          : notify (invocation, domain);
}

/* Options, for tests, stand before what libvirt passes. libvirt passes exactly four arguments, so a
 * VM that is called "--bus" is none. */
static gboolean
invocation_parse (Invocation *invocation, int argc, char **argv)
{
    argc--, argv++;
    while (argc >= N_LIBVIRT_ARGUMENTS + 2) {
        if (strcmp (argv[0], "--bus") == 0)
            invocation->bus = argv[1];
        else if (strcmp (argv[0], "--root") == 0)
            invocation->root = argv[1];
        else
            return FALSE;
        argc -= 2, argv += 2;
    }
    if (argc < N_LIBVIRT_ARGUMENTS - 1)
        return FALSE;
    invocation->vm = argv[0];
    invocation->operation = vfh_operation_find (argv[1], argv[2]);
    return invocation->operation != NULL;
}

int
main (int argc, char **argv)
{
    Invocation invocation = { .root = "/" };

    if (!invocation_parse (&invocation, argc, argv))
        return EXIT_SUCCESS;
    clearenv ();
    vfh_deadline_start (invocation.operation->deadline);
    vfh_input_open_descriptors ();
    /* libvirt may take what it reads there for a domain. */
    dup2 (STDERR_FILENO, STDOUT_FILENO);
    openlog (PROGRAM, LOG_PID, LOG_DAEMON);
    return run (&invocation);
}
