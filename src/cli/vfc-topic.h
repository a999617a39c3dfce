/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A topic of the help: a section of docs/troubleshooting.md, which is built into the program. A
 * chapter has the heading "## name: title", an entry in it "### name" or "### name: title". */
#pragma once

#include <glib.h>

typedef struct {
    char *name;  /* "laptops", or the id of a check or a reason: "no-iommu" */
    char *title; /* "" for none */
    char *text;  /* Markdown, up to the next heading */
    gboolean is_chapter;
} VfcTopic;

/* Topics (VfcTopic) in the order of the document, each chapter in front of its entries; the caller
 * owns the array, which frees them. */
GPtrArray *vfc_topic_list (void);

/* The same of another document. */
GPtrArray *vfc_topic_parse (const char *document);

/* Large and small letters count the same. FALSE when there is none of that name. */
gboolean vfc_topic_find (const GPtrArray *topics, const char *name, guint *index);

/* The text of a topic for a terminal; the caller owns it. */
char *vfc_topic_plain (const VfcTopic *topic);
