/* Native links in a world: the whole stack of rtc/ (ICE, DTLS, SCTP), one gc_rtc a process, over
 * the modelled datagram network, instead of the message links of link.c. It carries out what the
 * core asks for as peer/ does for a terminal. In wasm there is no OpenSSL: sim/wasm.c has no such
 * worlds.
 */
#ifndef SIM_NATIVE_H
#define SIM_NATIVE_H

#include "rtc/rtc.h"
#include "sim/dials.h"
#include "sim/world.h"

/* Bytes that the handles of so many nodes take beside the rest of a world. */
size_t sim_native_bytes(uint32_t nodes);
/* Makes w->native and w->network. */
void sim_native_begin(sim_world *w);
/* Gives back what OpenSSL allocated. The world may be read, not go on. */
void sim_native_end(sim_world *w);
/* The process of a node starts, or has ended without a word. */
void sim_native_start(sim_world *w, uint32_t node);
void sim_native_stop(sim_world *w, uint32_t node);
/* The handle of a node, and the time for one input of it (NULL: no process runs): for links beside
 * those of its core. Call sim_node_drain() after the input. */
gc_rtc *sim_native_input(sim_world *w, uint32_t node, uint64_t *now_ms);
/* Carries out a GC_CLIENT_LINK_* of a node's core. */
void sim_native_output(sim_world *w, uint32_t node, const gc_client_output *o);
/* What this node dials. */
const sim_dials *sim_native_dials(const sim_world *w, uint32_t node);
/* Takes one thing that the links of a node report. False: there is none. */
bool sim_native_report(sim_world *w, uint32_t node);
/* After a drain: plans the next SIM_EVENT_NATIVE_WAKE. */
void sim_native_plan(sim_world *w, uint32_t node);
void sim_native_wake(sim_world *w, uint32_t node, uint32_t wake);
/* The host of a node gets the address `own` in place of that of base 0. */
void sim_native_move(sim_world *w, uint32_t node, const gc_addr *own);
/* An answer of multicast DNS came to a node whose process runs. */
void sim_native_multicast(sim_world *w, uint32_t node, gc_span bytes);
/* A datagram came to a base of a node. */
void sim_native_datagram(sim_world *w, uint32_t node, uint32_t base, const gc_addr *from,
                         gc_span bytes);

#endif
