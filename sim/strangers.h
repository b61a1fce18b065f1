/* Strangers: whoever can send datagrams to the hosts of a world, from any address, and has no key.
 * While people talk they write to native links what sim_spoof() draws, and copies of what is on its
 * way, mostly spoiled: from addresses of nobody at any time, from the address of a peer only where
 * both have an open link: who races a handshake from the peer's own address can spoil it. The
 * scenario says how many a second. */
#ifndef SIM_STRANGERS_H
#define SIM_STRANGERS_H

#include "sim/world.h"

/* Plans the first of them, if the scenario has any. */
void sim_strangers_begin(sim_world *w);
/* SIM_EVENT_SPOOF: some of them come, and the next ones are planned. */
void sim_strangers_event(sim_world *w);

#endif
