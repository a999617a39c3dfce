/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linked into a program it makes qemu:///system libvirt's test driver with the VMs of the folder in
 * STAGED_VMS: node.xml names their files. A definition changes the VM's file, so that the next run
 * finds it. Other files of the folder say how it is with libvirt and the guests:
 *   connect      no-libvirt, no-rights, look-only: no rights but to look; or silent: until the
 *                file is another, which whoever closes a connection waits for as well; or
 *                short-lived: it ends when it was just reached
 *   list         hold: what is listed next is not told, and this says held, until it is another
 *   NAME.agent   what the guest's agent is: present, silent, windows, windows-without-virtio
 *   NAME.deaf    its guest does not shut down when it is asked to
 * NAME.reboot appears when that VM is asked to restart, which leaves no trace otherwise.
 * SIGUSR1 is the end of libvirt. At SIGUSR2 it has the VMs whose files NAME.xml are there, as if
 * somebody else had defined and undefined them. */
#include <gio/gio.h>
#include <glib-unix.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>
#include <dlfcn.h>
#include <signal.h>
#include <string.h>

#define LIBVIRTS_OWN(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))

static char *
path_of (const char *name, const char *ending)
{
    g_autofree char *file = g_strconcat (name, ending, NULL);

    return g_build_filename (g_getenv ("STAGED_VMS"), file, NULL);
}

/* What the file says, in a word; "" when it is not there. */
static char *
word_of (const char *name, const char *ending)
{
    g_autofree char *path = path_of (name, ending);
    char *word = NULL;

    return g_file_get_contents (path, &word, NULL, NULL) ? g_strstrip (word) : g_strdup ("");
}

/* Libvirt's own error cannot be set from outside. A thread in which something staged failed asks
 * nothing else of libvirt. */
static _Thread_local struct {
    int code;
    const char *words;
} failure;

static void
fail (int code, const char *words)
{
    failure.code = code;
    failure.words = words;
}

int
virGetLastErrorCode (void)
{
    return failure.code != 0 ? failure.code : LIBVIRTS_OWN (virGetLastErrorCode) ();
}

const char *
virGetLastErrorMessage (void)
{
    return failure.code != 0 ? failure.words : LIBVIRTS_OWN (virGetLastErrorMessage) ();
}

/* How libvirt is to be reached, when it answers. */
static char *
await_answer (void)
{
    char *word = word_of ("connect", "");

    while (strcmp (word, "silent") == 0) {
        g_usleep (20 * 1000);
        g_free (word);
        word = word_of ("connect", "");
    }
    return word;
}

int
virConnectIsAlive (virConnectPtr libvirt)
{
    g_autofree char *word = word_of ("connect", "");

    return strcmp (word, "short-lived") == 0 ? 0 : LIBVIRTS_OWN (virConnectIsAlive) (libvirt);
}

static virConnectPtr
open_staged (unsigned int flags)
{
    g_autofree char *node = path_of ("node", ".xml");
    g_autofree char *staged = g_strconcat ("test://", node, NULL);
    g_autofree char *word = await_answer ();

    if (strcmp (word, "no-libvirt") == 0)
        fail (VIR_ERR_SYSTEM_ERROR, "Failed to connect socket to '/var/run/libvirt/libvirt-sock': "
                                    "No such file or directory");
    else if (strcmp (word, "no-rights") == 0
             || (strcmp (word, "look-only") == 0 && (flags & VIR_CONNECT_RO) == 0))
        fail (VIR_ERR_SYSTEM_ERROR, "Failed to connect socket to '/var/run/libvirt/libvirt-sock': "
                                    "Permission denied");
    else
        return virConnectOpenAuth (staged, virConnectAuthPtrDefault, flags);
    return NULL;
}

virConnectPtr
virConnectOpen (const char *uri)
{
    return open_staged (0);
}

virConnectPtr
virConnectOpenReadOnly (const char *uri)
{
    return open_staged (VIR_CONNECT_RO);
}

int
virConnectListAllDomains (virConnectPtr libvirt, virDomainPtr **domains, unsigned int flags)
{
    int n_domains = LIBVIRTS_OWN (virConnectListAllDomains) (libvirt, domains, flags);
    g_autofree char *path = path_of ("list", "");
    g_autofree char *word = word_of ("list", "");

    if (strcmp (word, "hold") == 0)
        g_file_set_contents (path, "held", -1, NULL);
    while (strcmp (word, "hold") == 0 || strcmp (word, "held") == 0) {
        g_usleep (20 * 1000);
        g_free (word);
        word = word_of ("list", "");
    }
    return n_domains;
}

virDomainPtr
virDomainDefineXMLFlags (virConnectPtr libvirt, const char *text, unsigned int flags)
{
    virDomainPtr domain = LIBVIRTS_OWN (virDomainDefineXMLFlags) (libvirt, text, flags);

    if (domain != NULL) {
        g_autofree char *path = path_of (virDomainGetName (domain), ".xml");
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
    g_autofree char *path = path_of (virDomainGetName (domain), ".deaf");

    return g_file_test (path, G_FILE_TEST_EXISTS)
               ? 0
               : LIBVIRTS_OWN (virDomainShutdownFlags) (domain, flags);
}

int
virDomainReboot (virDomainPtr domain, unsigned int flags)
{
    g_autofree char *path = path_of (virDomainGetName (domain), ".reboot");

    g_file_set_contents (path, "", 0, NULL);
    return LIBVIRTS_OWN (virDomainReboot) (domain, flags);
}

static void
undefine_missing (virConnectPtr libvirt)
{
    g_autofree virDomainPtr *domains = NULL;
    int n_domains = virConnectListAllDomains (libvirt, &domains, 0);

    for (int i = 0; i < n_domains; i++) {
        g_autofree char *path = path_of (virDomainGetName (domains[i]), ".xml");

        if (!g_file_test (path, G_FILE_TEST_EXISTS))
            virDomainUndefine (domains[i]);
        virDomainFree (domains[i]);
    }
}

static void
define_new (virConnectPtr libvirt)
{
    g_autoptr (GDir) folder = g_dir_open (g_getenv ("STAGED_VMS"), 0, NULL);
    const char *file;

    while ((file = g_dir_read_name (folder)) != NULL) {
        g_autofree char *path = path_of (file, "");
        g_autofree char *name = g_strndup (file, strlen (file) - MIN (strlen (file), 4));
        g_autofree char *text = NULL;
        virDomainPtr domain = virDomainLookupByName (libvirt, name);

        if (domain == NULL && g_str_has_suffix (file, ".xml") && strcmp (name, "node") != 0
            && g_file_get_contents (path, &text, NULL, NULL))
            domain = virDomainDefineXML (libvirt, text);
        if (domain != NULL)
            virDomainFree (domain);
    }
}

typedef struct {
    virConnectPtr libvirt;
    virConnectCloseFunc callback;
    void *data;
    virFreeCallback free_data;
    guint end_id;
    guint change_id;
} Watch;

/* Of the one connection that is open. */
static Watch watch;
static GMutex watch_mutex;

static gboolean
on_end (gpointer data)
{
    watch.callback (watch.libvirt, VIR_CONNECT_CLOSE_REASON_EOF, watch.data);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_change (gpointer data)
{
    undefine_missing (watch.libvirt);
    define_new (watch.libvirt);
    return G_SOURCE_CONTINUE;
}

static void
stop_watching (void)
{
    g_mutex_lock (&watch_mutex);
    g_clear_handle_id (&watch.end_id, g_source_remove);
    g_clear_handle_id (&watch.change_id, g_source_remove);
    if (watch.free_data != NULL)
        watch.free_data (watch.data);
    watch = (Watch){ 0 };
    g_mutex_unlock (&watch_mutex);
}

int
virConnectRegisterCloseCallback (virConnectPtr libvirt,
                                 virConnectCloseFunc callback,
                                 void *data,
                                 virFreeCallback free_data)
{
    stop_watching ();
    g_mutex_lock (&watch_mutex);
    watch = (Watch){ libvirt,
                     callback,
                     data,
                     free_data,
                     g_unix_signal_add (SIGUSR1, on_end, NULL),
                     g_unix_signal_add (SIGUSR2, on_change, NULL) };
    g_mutex_unlock (&watch_mutex);
    return 0;
}

int
virConnectUnregisterCloseCallback (virConnectPtr libvirt, virConnectCloseFunc callback)
{
    g_free (await_answer ());
    if (watch.libvirt == libvirt)
        stop_watching ();
    return 0;
}

/* The guests' agents, which the test driver does not have. */

static gboolean
agent_answers (virDomainPtr domain, char **word)
{
    *word = word_of (virDomainGetName (domain), ".agent");
    if (**word == '\0')
        fail (VIR_ERR_ARGUMENT_UNSUPPORTED, "QEMU guest agent is not configured");
    else if (strcmp (*word, "silent") == 0)
        fail (VIR_ERR_AGENT_UNRESPONSIVE, "QEMU guest agent is not connected");
    else
        return TRUE;
    return FALSE;
}

int
virDomainAgentSetResponseTimeout (virDomainPtr domain, int seconds, unsigned int flags)
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
    g_autofree char *word = NULL;
    int room = 0;

    if (!agent_answers (domain, &word))
        return -1;
    if (g_str_has_prefix (word, "windows")) {
        virTypedParamsAddString (parameters, n_parameters, &room, "os.id", "mswindows");
        /* A guest may say anything. */
        virTypedParamsAddString (parameters, n_parameters, &room, "os.pretty-name",
                                 "Windows \"11\"\x1b[m");
    } else {
        virTypedParamsAddString (parameters, n_parameters, &room, "os.id", "debian");
        virTypedParamsAddString (parameters, n_parameters, &room, "os.pretty-name",
                                 "Debian GNU/Linux 12 (bookworm)");
    }
    return 0;
}

char *
virDomainQemuAgentCommand (virDomainPtr domain,
                           const char *command,
                           int seconds,
                           unsigned int flags)
{
    g_autofree char *word = NULL;

    if (!agent_answers (domain, &word))
        return NULL;
    return g_strdup_printf ("{\"return\":[{\"driver-name\":\"a driver\","
                            "\"id\":{\"type\":\"pci\",\"vendor-id\":%d,\"device-id\":4161}}]}",
                            strcmp (word, "windows") == 0 ? 0x1af4 : 0x8086);
}
