/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linked into virtflow-vms it makes qemu:///system the libvirt's test driver with the VMs of the
 * folder in STAGED_VMS: node.xml names their files. A definition changes the VM's file, so that the
 * next run finds it, and SIGUSR1 is the end of libvirt. The guest of a VM that has an agent is a
 * Windows without VirtIO drivers. With STAGED_GUEST set a guest that is asked to shut down does
 * not. */
#include <gio/gio.h>
#include <glib-unix.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <dlfcn.h>
#include <signal.h>

virConnectPtr
virConnectOpen (const char *uri)
{
    g_autofree char *staged = g_strconcat ("test://", g_getenv ("STAGED_VMS"), "/node.xml", NULL);

    return virConnectOpenAuth (staged, virConnectAuthPtrDefault, 0);
}

virDomainPtr
virDomainDefineXMLFlags (virConnectPtr libvirt, const char *text, unsigned int flags)
{
    __typeof__ (&virDomainDefineXMLFlags) define = dlsym (RTLD_NEXT, "virDomainDefineXMLFlags");
    virDomainPtr domain = define (libvirt, text, flags);

    if (domain != NULL) {
        g_autofree char *name = g_strconcat (virDomainGetName (domain), ".xml", NULL);
        g_autofree char *path = g_build_filename (g_getenv ("STAGED_VMS"), name, NULL);
        g_autofree char *defined =
            virDomainGetXMLDesc (domain, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE);
        /* Without this the test driver starts it when the next run reads it. */
        g_autofree char *state = g_strdup_printf (
            "<domain type='test' xmlns:test='%s'><test:runstate>%d</test:runstate>",
            "http://libvirt.org/schemas/domain/test/1.0",
            virDomainIsActive (domain) == 1 ? VIR_DOMAIN_RUNNING : VIR_DOMAIN_SHUTOFF);
        g_auto (GStrv) parts = g_strsplit (defined, "<domain type='test'>", 2);
        g_autofree char *stored = g_strjoinv (state, parts);

        g_file_set_contents (path, stored, -1, NULL);
    }
    return domain;
}

int
virDomainShutdownFlags (virDomainPtr domain, unsigned int flags)
{
    __typeof__ (&virDomainShutdownFlags) shut_down = dlsym (RTLD_NEXT, "virDomainShutdownFlags");

    return g_getenv ("STAGED_GUEST") != NULL ? 0 : shut_down (domain, flags);
}

typedef struct {
    virConnectPtr libvirt;
    virConnectCloseFunc callback;
    void *data;
} Close;

static gboolean
on_signal (gpointer data)
{
    const Close *close = data;

    close->callback (close->libvirt, VIR_CONNECT_CLOSE_REASON_EOF, close->data);
    return G_SOURCE_CONTINUE;
}

int
virConnectRegisterCloseCallback (virConnectPtr libvirt,
                                 virConnectCloseFunc callback,
                                 void *data,
                                 virFreeCallback free_data)
{
    Close close = { libvirt, callback, data };

    g_unix_signal_add_full (G_PRIORITY_DEFAULT, SIGUSR1, on_signal,
                            g_memdup2 (&close, sizeof close), g_free);
    return 0;
}

int
virDomainAgentSetResponseTimeout (virDomainPtr domain, int timeout, unsigned int flags)
{
    return 0;
}

int
virDomainGetGuestInfo (virDomainPtr domain,
                       unsigned int types,
                       virTypedParameterPtr *parameters,
                       int *n_parameters,
                       unsigned int flags)
{
    int room = 0;

    virTypedParamsAddString (parameters, n_parameters, &room, "os.id", "mswindows");
    return virTypedParamsAddString (parameters, n_parameters, &room, "os.pretty-name",
                                    "Windows \"11\"\x1b[m");
}

char *
virDomainQemuAgentCommand (virDomainPtr domain,
                           const char *command,
                           int timeout,
                           unsigned int flags)
{
    return g_strdup ("{\"return\":[{\"id\":{\"type\":\"pci\",\"vendor-id\":32902}}]}");
}
