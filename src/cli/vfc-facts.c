/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the words and keys for what is in a VM. */
#include "vfc-facts.h"

#include "vfc-input.h"
#include "vfc-page.h"

static void
print_disk (const char *key, const VfDomainDisk *disk)
{
    vfc_page_format (key, "%s (%s): %s", disk->target != NULL ? disk->target : "-", disk->device,
                     disk->source != NULL ? disk->source : "empty");
}

static void
print_interface (const char *key, const VfDomainInterface *interface)
{
    g_autoptr (GString) more = g_string_new (interface->type);

    if (interface->model != NULL)
        g_string_append_printf (more, ", %s", interface->model);
    if (interface->mac != NULL)
        g_string_append_printf (more, ", %s", interface->mac);
    vfc_page_format (key, "%s (%s)", interface->source != NULL ? interface->source : "-",
                     more->str);
}

static void
print_displays (const GPtrArray *displays)
{
    g_autoptr (GString) list = g_string_new (NULL);

    for (guint i = 0; i < displays->len; i++)
        g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", (const char *) displays->pdata[i]);
    vfc_page_line ("Display", displays->len > 0 ? list->str : "none");
}

void
vfc_facts_print (const VfDomainFacts *facts)
{
    vfc_page_format ("Processors", "%u", facts->processors);
    vfc_page_format ("Memory", "%" G_GUINT64_FORMAT " MiB", facts->memory / 1024);
    for (guint i = 0; i < facts->disks->len; i++)
        print_disk (i == 0 ? "Disks" : "", facts->disks->pdata[i]);
    for (guint i = 0; i < facts->interfaces->len; i++)
        print_interface (i == 0 ? "Network" : "", facts->interfaces->pdata[i]);
    print_displays (facts->displays);
    for (guint i = 0; i < facts->inputs->len; i++) {
        const VfInput *input = facts->inputs->pdata[i];
        g_autofree char *device = vf_input_format (input);

        vfc_page_format (i == 0 ? "Inputs" : "", "%s: %s", vf_input_kind_id (input->kind), device);
    }
}

void
vfc_facts_print_guest (const VfGuest *guest)
{
    static const char *const agents[] = {
        [VF_GUEST_NO_AGENT_CHANNEL] = "no channel for it",
        [VF_GUEST_AGENT_SILENT] = "does not answer",
        [VF_GUEST_AGENT_ANSWERS] = "answers",
    };
    g_autofree char *advice = vf_guest_advice (guest);

    if (guest->agent == VF_GUEST_NOT_RUNNING)
        return;
    vfc_page_line ("Guest", guest->os != NULL ? guest->os : "unknown");
    vfc_page_line ("Agent", agents[guest->agent]);
    vfc_page_line ("VirtIO", vf_guest_virtio_id (guest->virtio));
    if (advice != NULL)
        vfc_page_line ("Advice", advice);
}

static void
add_disks (const GPtrArray *disks, JsonBuilder *builder)
{
    json_builder_set_member_name (builder, "disks");
    json_builder_begin_array (builder);
    for (guint i = 0; i < disks->len; i++) {
        const VfDomainDisk *disk = disks->pdata[i];

        json_builder_begin_object (builder);
        vfc_json_text (builder, "target", disk->target);
        vfc_json_text (builder, "device", disk->device);
        vfc_json_text (builder, "source", disk->source);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}

static void
add_interfaces (const GPtrArray *interfaces, JsonBuilder *builder)
{
    json_builder_set_member_name (builder, "interfaces");
    json_builder_begin_array (builder);
    for (guint i = 0; i < interfaces->len; i++) {
        const VfDomainInterface *interface = interfaces->pdata[i];

        json_builder_begin_object (builder);
        vfc_json_text (builder, "type", interface->type);
        vfc_json_text (builder, "source", interface->source);
        vfc_json_text (builder, "mac", interface->mac);
        vfc_json_text (builder, "model", interface->model);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}

void
vfc_facts_add_json (const VfDomainFacts *facts, JsonBuilder *builder)
{
    vfc_json_number (builder, "processors", facts->processors);
    vfc_json_number (builder, "memory_kib", (gint64) facts->memory);
    add_disks (facts->disks, builder);
    add_interfaces (facts->interfaces, builder);
    json_builder_set_member_name (builder, "displays");
    json_builder_begin_array (builder);
    for (guint i = 0; i < facts->displays->len; i++)
        json_builder_add_string_value (builder, facts->displays->pdata[i]);
    json_builder_end_array (builder);
    vfc_json_flag (builder, "agent_channel", facts->has_agent_channel);
    vfc_input_add_json (builder, facts->inputs);
}

void
vfc_facts_add_guest_json (const VfGuest *guest, JsonBuilder *builder)
{
    g_autofree char *advice = vf_guest_advice (guest);

    json_builder_set_member_name (builder, "guest");
    if (guest->agent == VF_GUEST_NOT_RUNNING) {
        json_builder_add_null_value (builder);
        return;
    }
    json_builder_begin_object (builder);
    vfc_json_text (builder, "agent", vf_guest_agent_id (guest->agent));
    vfc_json_text (builder, "os", guest->os);
    vfc_json_flag (builder, "windows", guest->is_windows);
    vfc_json_text (builder, "virtio", vf_guest_virtio_id (guest->virtio));
    vfc_json_text (builder, "advice", advice);
    json_builder_end_object (builder);
}
