#include "sim/nat.h"
#include "core/base/mem.h"

#define PORT_MIN 1024
#define PORT_MAX 65535

/* Whether a rule takes two remotes for the same. */
static bool alike(sim_nat_rule rule, const gc_addr *a, const gc_addr *b) {
    bool address = gc_addr_is_same_ip(a, b);
    return rule == SIM_NAT_ANY || (address && (rule == SIM_NAT_ADDRESS || a->port == b->port));
}

static bool lives(const sim_nat *n, const sim_nat_flow *f, uint64_t now_ms) {
    return f->inside.family != 0 && now_ms - f->seen_ms < n->timeout_ms;
}

static bool port_taken(const sim_nat *n, uint16_t port, uint64_t now_ms) {
    for (uint32_t i = 0; i < SIM_NAT_FLOWS; i++) {
        if (lives(n, &n->flows[i], now_ms) && n->flows[i].port == port) {
            return true;
        }
    }
    return false;
}

/* The port of another flow from the same socket whose remote the mapping takes for the same, or a
 * new one. */
static uint16_t port_for(const sim_nat *n, sim_rng *r, uint64_t now_ms, const gc_addr *inside,
                         const gc_addr *remote) {
    for (uint32_t i = 0; i < SIM_NAT_FLOWS; i++) {
        const sim_nat_flow *f = &n->flows[i];
        if (lives(n, f, now_ms) && memcmp(&f->inside, inside, sizeof *inside) == 0 &&
            alike(n->mapping, &f->remote, remote)) {
            return f->port;
        }
    }
    uint16_t port;
    do {
        port = (uint16_t)sim_rng_between(r, PORT_MIN, PORT_MAX);
    } while (port_taken(n, port, now_ms));
    return port;
}

void sim_nat_out(sim_nat *n, sim_rng *r, uint64_t now_ms, const gc_addr *inside,
                 const gc_addr *remote, gc_addr *seen) {
    sim_nat_flow *found = NULL, *oldest = &n->flows[0];
    for (uint32_t i = 0; i < SIM_NAT_FLOWS && found == NULL; i++) {
        sim_nat_flow *f = &n->flows[i];
        if (lives(n, f, now_ms) && memcmp(&f->inside, inside, sizeof *inside) == 0 &&
            alike(SIM_NAT_PORT, &f->remote, remote)) {
            found = f;
        }
        oldest = f->seen_ms < oldest->seen_ms ? f : oldest;
    }
    if (found == NULL) {
        uint16_t port = port_for(n, r, now_ms, inside, remote);
        found = oldest;
        *found = (sim_nat_flow){.inside = *inside, .remote = *remote, .port = port};
    }
    found->seen_ms = now_ms;
    *seen = n->outside;
    seen->port = found->port;
}

bool sim_nat_in(const sim_nat *n, uint64_t now_ms, uint16_t port, const gc_addr *remote,
                gc_addr *inside) {
    for (uint32_t i = 0; i < SIM_NAT_FLOWS; i++) {
        const sim_nat_flow *f = &n->flows[i];
        if (lives(n, f, now_ms) && f->port == port && alike(n->filtering, &f->remote, remote)) {
            *inside = f->inside;
            return true;
        }
    }
    return false;
}

void sim_nat_move(sim_nat *n, const gc_addr *outside) {
    n->outside = *outside;
    memset(n->flows, 0, sizeof n->flows);
}
