/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the connection to libvirt and the translation of its errors. */
#include "vf-libvirt.h"

#include <glib/gi18n-lib.h>
#include <libvirt-glib/libvirt-glib.h>
#include <libvirt/virterror.h>

#include <string.h>

static void
stay_silent (void *data, virErrorPtr error)
{
}

/* Once per process: libvirt must have its event loop before the first connection, and prints every
 * error to standard error until it is told not to. */
static void
prepare_libvirt (void)
{
    static gsize prepared;

    if (g_once_init_enter (&prepared)) {
        virSetErrorFunc (NULL, stay_silent);
        gvir_event_register ();
        g_once_init_leave (&prepared, 1);
    }
}

static VfReason
reason_of (int code)
{
    switch (code) {
    case VIR_ERR_NO_DOMAIN:
        return VF_REASON_NO_SUCH_VM;
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
    case VIR_ERR_ACCESS_DENIED:
        return VF_REASON_NOT_AUTHORIZED;
    default:
        return VF_REASON_LIBVIRT_FAILED;
    }
}

/* libvirt runs no translation here, so its texts are lower-case clauses or sentences. */
static char *
words_of_libvirt (void)
{
    const char *words = virGetLastErrorMessage ();
    gsize length = strlen (words);

    while (length > 0 && (words[length - 1] == '.' || g_ascii_isspace (words[length - 1])))
        length--;
    return g_strndup (words, length);
}

void
vf_libvirt_set_error (GError **error, const char *format, ...)
{
    g_autofree char *words = words_of_libvirt ();
    g_autofree char *what = NULL;
    VfReason reason = reason_of (virGetLastErrorCode ());
    va_list arguments;

    va_start (arguments, format);
    what = g_strdup_vprintf (_ (format), arguments);
    va_end (arguments);
    vf_error_set (error, reason, "%s. libvirt says: %s.", what, words);
}

static void
set_connection_error (GError **error)
{
    g_autofree char *words = words_of_libvirt ();

    if (reason_of (virGetLastErrorCode ()) == VF_REASON_NOT_AUTHORIZED
        || strstr (words, g_strerror (EACCES)) != NULL)
        vf_error_set (
            error, VF_REASON_NOT_AUTHORIZED,
            "libvirt does not let you manage the VMs of this host (%s). \"virtflow setup\" "
            "adds you to the group libvirt; or run this as root.",
            words);
    else
        vf_error_set (error, VF_REASON_NO_LIBVIRT,
                      "libvirt does not answer (%s). Start it with \"systemctl start libvirtd\".",
                      words);
}

virConnect *
vf_libvirt_open (const char *uri, GError **error)
{
    virConnect *connection;

    if (uri != NULL && strcmp (uri, VF_LIBVIRT_URI) != 0) {
        vf_error_set (error, VF_REASON_FOREIGN_LIBVIRT,
                      "VirtFlow cannot work with libvirt at '%s': it lends the GPUs of this host, "
                      "so the VMs must be those of %s on this host.",
                      uri, VF_LIBVIRT_URI);
        return NULL;
    }
    prepare_libvirt ();
    connection = virConnectOpen (VF_LIBVIRT_URI);
    if (connection == NULL)
        set_connection_error (error);
    return connection;
}

virConnect *
vf_libvirt_open_to_look (GError **error)
{
    virConnect *connection;

    prepare_libvirt ();
    connection = virConnectOpenReadOnly (VF_LIBVIRT_URI);
    if (connection == NULL)
        set_connection_error (error);
    return connection;
}
