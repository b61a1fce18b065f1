/* A modelled datagram network: hosts with addresses, and between them latency, loss in ones and in
 * bursts, reordering, duplicates, a queue of a certain rate before each host, and a largest size.
 * What it does to a datagram is drawn from the world's seed; the scenario has its figures.
 *
 *   host --queue, loss--> on its way --blackout?--> host (waits while its process is frozen)
 *
 * Every host has an IPv4 address, some have an IPv6 one too. A process binds a port of each; what
 * comes for the port of an ended process is lost. In worlds with NATs (nat.h) some hosts are behind
 * one, all of these under the same private address, and the server answers STUN. */
#ifndef SIM_NETWORK_H
#define SIM_NETWORK_H

#include "core/base/addr.h"
#include "sim/nat.h"
#include "sim/world.h"

/* Before the bytes of a SIM_EVENT_DATAGRAM: where it comes from and goes to. */
#define SIM_NETWORK_ENVELOPE_BYTES (2 * (uint32_t)sizeof(gc_addr))
#define SIM_HOST_BASES             2 /* sockets of a process: 0 has the IPv4 address, 1 the IPv6 one */

typedef struct sim_host {
    gc_addr bases[SIM_HOST_BASES]; /* family 0: none; port 0: no process */
    uint64_t free_us;              /* when its queue is empty, in us of the world's time */
    uint64_t burst_until_ms;       /* until then it loses all that it sends */
    uint64_t moved_ms;             /* when the address of its NAT changed last */
    sim_nat nat;                   /* before base 0; outside of family 0: none */
} sim_host;

typedef struct sim_network {
    sim_host *hosts; /* by node */
    uint64_t sent;   /* datagrams */
    uint32_t moves;  /* of NATs, so far */
    uint32_t widest; /* IP packet that came since the last sim_network_expect_widest() */
} sim_network;

/* Makes w->network, with a host for each node. */
void sim_network_begin(sim_world *w);
/* A process of this node binds ports of its own; port 0: it ended. */
void sim_network_bind(sim_world *w, uint32_t node, uint16_t port);
/* Sends a datagram from a base of this node. A base without an address sends nothing. */
void sim_network_send(sim_world *w, uint32_t node, uint32_t base, const gc_addr *to, gc_span bytes);
/* The server sends one: an answer to what the network has just brought it. */
void sim_network_answer(sim_world *w, const gc_addr *to, gc_span bytes);
/* The STUN server of this network, at the server's address. */
gc_addr sim_network_server(void);
/* SIM_EVENT_MOVE: the NAT of somebody gets another address and forgets its flows. */
void sim_network_move(sim_world *w);
/* SIM_STEP_EXPECT_WIDEST: the longest IP packet that came has at most so many bytes, and more than
 * nine tenths of them. */
void sim_network_expect_widest(sim_world *w, uint32_t bytes);
/* SIM_EVENT_DATAGRAM: one has reached the host of its address. */
void sim_network_event(sim_world *w, sim_event *e);

#endif
