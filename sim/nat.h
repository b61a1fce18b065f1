/* A network address translator before one host: it gives what leaves an address and port of its
 * own, and lets in what its rule expects.
 *
 *   out: inside port (and, by the mapping rule, the remote) --> a port outside, kept while used
 *   in:  a port outside, if somebody was written to from it whom the filtering rule means
 *
 * Source: RFC 4787 4.1 (mapping) and 5 (filtering). */
#ifndef SIM_NAT_H
#define SIM_NAT_H

#include "core/base/addr.h"
#include "sim/rng.h"

/* How much of the remote's address counts: for mapping, which remotes see one port; for filtering,
 * who may answer. */
typedef enum sim_nat_rule { SIM_NAT_ANY, SIM_NAT_ADDRESS, SIM_NAT_PORT } sim_nat_rule;

#define SIM_NAT_FLOWS 64

typedef struct sim_nat_flow {
    gc_addr inside, remote; /* family 0: free */
    uint64_t seen_ms;       /* the last datagram that left */
    uint16_t port;          /* outside */
} sim_nat_flow;

typedef struct sim_nat {
    gc_addr outside; /* family 0: there is none; its port is not used */
    sim_nat_rule mapping, filtering;
    uint32_t timeout_ms;
    sim_nat_flow flows[SIM_NAT_FLOWS];
} sim_nat;

/* Writes the address that `remote` sees. The flow unused longest makes room for a new one. */
void sim_nat_out(sim_nat *n, sim_rng *r, uint64_t now_ms, const gc_addr *inside,
                 const gc_addr *remote, gc_addr *seen);
/* Whether a datagram from `remote` to a port outside is let in; writes where to. */
bool sim_nat_in(const sim_nat *n, uint64_t now_ms, uint16_t port, const gc_addr *remote,
                gc_addr *inside);
/* It starts anew at another address: all flows are forgotten. */
void sim_nat_move(sim_nat *n, const gc_addr *outside);

#endif
