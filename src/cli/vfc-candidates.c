/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the form of a candidate, and where those come from that need no libvirt. */
#include "vfc-candidates.h"

#include "vf-input-nodes.h"
#include "vf-text.h"
#include "vfc-color.h"
#include "vfc-survey.h"

#include <string.h>

void
vfc_candidates_add (const VfcCandidates *candidates, const char *text, const char *meaning)
{
    g_autofree char *harmless = vf_text_escape (text);
    g_autofree char *description = vf_text_escape (meaning);

    if (*text != '\0' && strcmp (text, harmless) == 0)
        fprintf (candidates->output, "%s%s\t%s\n", candidates->before, text, description);
}

/* The address as people type it when the domain is the first, but only to them: one GPU is not to
 * be in the list twice. */
static const char *
address_as_typed (const VfcGpu *gpu, const char *typed)
{
    const char *brief = gpu->address + strlen ("0000:");

    return g_str_has_prefix (gpu->address, "0000:") && !g_str_has_prefix (gpu->address, typed)
                   && g_str_has_prefix (brief, typed)
               ? brief
               : gpu->address;
}

static void
add_gpus (const VfcCandidates *candidates)
{
    g_autoptr (GPtrArray) gpus = vfc_survey (candidates->root, NULL);

    for (guint i = 0; gpus != NULL && i < gpus->len; i++) {
        const VfcGpu *gpu = g_ptr_array_index (gpus, i);

        vfc_candidates_add (candidates, address_as_typed (gpu, candidates->typed), gpu->name);
    }
}

static void
add_colors (const VfcCandidates *candidates)
{
    for (guint i = 0; vfc_color_words[i] != NULL; i++)
        vfc_candidates_add (candidates, vfc_color_words[i], "");
}

static void
add_input_nodes (const VfcCandidates *candidates)
{
    g_autoptr (GPtrArray) nodes = vf_input_nodes_list (candidates->root, NULL);

    for (guint i = 0; nodes != NULL && i < nodes->len; i++) {
        const VfInputNode *node = g_ptr_array_index (nodes, i);

        vfc_candidates_add (candidates, node->path, node->name);
    }
}

const VfcCandidateSource vfc_candidates_of_host[] = {
    { "GPU", add_gpus },
    { "WHEN", add_colors },
    { "PATH", add_input_nodes },
    { 0 },
};
