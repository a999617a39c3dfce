/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bus that every user may join, each with as many connections and open calls as the system bus
 * allows. Everybody may say everything there: what is refused, the daemon itself refuses. */
#pragma once

#include <glib.h>

typedef struct _FakeBus FakeBus;

/* Sets DBUS_SESSION_BUS_ADDRESS to it. */
FakeBus *fake_bus_new (void);
void fake_bus_free (FakeBus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeBus, fake_bus_free)

const char *fake_bus_address (const FakeBus *bus);
