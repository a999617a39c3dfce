/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of a question to the probe and of its answer. */
#include "vfd-inquiry.h"

#include "vf-holder.h"
#include "vf-pci-address.h"
#include "vf-reply.h"
#include "vf-worker-process.h"

struct _VfdInquiry {
    VfdLink *link;
    VfdInquiryKind kind;
    VfdInquiryAnswer answer;
    gpointer data;
};

static GPtrArray *
read_names (GVariant *variant)
{
    GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
    GVariantIter iter;
    char *name;

    g_variant_iter_init (&iter, variant);
    while (g_variant_iter_next (&iter, "s", &name))
        g_ptr_array_add (names, name);
    return names;
}

static const struct {
    const char *question;
    const char *type;
    GPtrArray *(*read) (GVariant *answer);
} kinds[] = {
    [VFD_INQUIRY_HOLDERS] = { "holders", "a" VF_HOLDER_VARIANT_TYPE, vf_holders_from_variant },
    [VFD_INQUIRY_VFIO_USERS] = { "vfio-users", "a" VF_HOLDER_VARIANT_TYPE,
                                 vf_holders_from_variant },
    [VFD_INQUIRY_STILL_HELD] = { "still-held", "a" VF_HOLDER_VARIANT_TYPE,
                                 vf_holders_from_variant },
    [VFD_INQUIRY_STUCK] = { "stuck", "a" VF_WORKER_PROCESS_VARIANT_TYPE,
                            vf_worker_processes_from_variant },
    [VFD_INQUIRY_DOMAINS] = { "domains", "as", read_names },
};

VfdInquiry *
vfd_inquiry_new (const char *helpers, GError **error)
{
    VfdLink *link = vfd_link_open (helpers, "probe", VF_QUESTION_REPLY_TYPE, error);
    VfdInquiry *inquiry;

    if (link == NULL)
        return NULL;
    inquiry = g_new0 (VfdInquiry, 1);
    inquiry->link = link;
    return inquiry;
}

void
vfd_inquiry_free (VfdInquiry *inquiry)
{
    vfd_link_free (inquiry->link);
    g_free (inquiry);
}

VfdLink *
vfd_inquiry_to_link (VfdInquiry *inquiry)
{
    VfdLink *link = g_steal_pointer (&inquiry->link);

    g_free (inquiry);
    return link;
}

static void
on_reply (GVariant *reply, const GError *error, gpointer data)
{
    VfdInquiry *inquiry = data;
    g_autoptr (GError) failure = error != NULL ? g_error_copy (error) : NULL;
    g_autoptr (GVariant) answer = NULL;
    g_autoptr (GPtrArray) found = NULL;

    if (reply != NULL)
        answer = vf_reply_question_answer (reply, kinds[inquiry->kind].type, &failure);
    if (answer != NULL)
        found = kinds[inquiry->kind].read (answer);
    inquiry->answer (found, failure, inquiry->data);
}

void
vfd_inquiry_ask (VfdInquiry *inquiry,
                 VfdInquiryKind kind,
                 const GArray *functions,
                 guint deadline,
                 VfdInquiryAnswer answer,
                 gpointer data)
{
    GVariantBuilder addresses;

    g_variant_builder_init (&addresses, G_VARIANT_TYPE ("as"));
    for (guint i = 0; i < functions->len; i++)
        g_variant_builder_add (
            &addresses, "s",
            vf_pci_address_format (g_array_index (functions, VfPciAddress, i)).text);
    inquiry->kind = kind;
    inquiry->answer = answer;
    inquiry->data = data;
    vfd_link_call (inquiry->link, g_variant_new ("(sas)", kinds[kind].question, &addresses),
                   deadline, on_reply, inquiry);
}
