/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The domains of this folder, for tests. */
#pragma once

#include "vf-domain-xml.h"

typedef struct {
    char *name; /* of the file, without folder and ending */
    VfDomainXml *domain;
} DomainFile;

/* All of @folder, sorted by name; an array of DomainFile. Ends the test if one cannot be read. */
GArray *domain_files_load (const char *folder);
