/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from a VM to the facts about its hardware. */
#include "vf-machine-facts.h"

VfDomainFacts *
vf_machine_facts (const VfMachine *machine, GError **error)
{
    g_autofree char *text = vf_machine_text (machine, error);
    g_autoptr (VfDomainXml) domain = text != NULL ? vf_domain_xml_parse (text, -1, error) : NULL;

    return domain != NULL ? vf_domain_facts_new (domain) : NULL;
}
