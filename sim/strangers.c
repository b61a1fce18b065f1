#include "sim/strangers.h"
#include "core/base/mem.h"
#include "sim/native.h"
#include "sim/network.h"
#include "sim/spoof.h"

#define SPOOF_MS 10 /* between two bursts of them */

static void plan_next(sim_world *w) {
    sim_world_plan(w, SPOOF_MS, (sim_event){.type = SIM_EVENT_SPOOF, .node = SIM_NO_NODE});
}

void sim_strangers_begin(sim_world *w) {
    if (w->scenario.spoofs_per_s > 0) {
        plan_next(w);
    }
}

/* RFC 2544: addresses for measurements, which no host of a world has. */
static gc_addr nobody(sim_world *w) {
    gc_addr a = {.family = 4, .ip = {198, 18, 0, (uint8_t)sim_rng_below(&w->evil, 4)}};
    a.port = (uint16_t)sim_rng_between(&w->evil, 1, 65535);
    return a;
}

static bool sees_open(const sim_world *w, uint32_t node, uint32_t other) {
    for (uint32_t i = 0; i < SIM_PEERS_MAX; i++) {
        const sim_peer *p = &w->nodes[node].peers[i];
        if (p->known && p->life == w->nodes[other].life && p->state == GC_PEER_OPEN) {
            return true;
        }
    }
    return false;
}

/* The sender's address: of a peer whose link with this node is open, else of nobody. */
static gc_addr draw_from(sim_world *w, uint32_t node, uint32_t base) {
    uint32_t other = sim_rng_below(&w->evil, w->node_count);
    const gc_addr *a = &w->network->hosts[other].bases[base];
    bool both = other != node && a->family != 0 && w->nodes[other].life != SIM_NONE &&
                sees_open(w, node, other) && sees_open(w, other, node);
    return both ? *a : nobody(w);
}

/* A copy of a datagram that is on its way now, where the draw finds one, often with one wrong bit:
 * then it names what only the two of its link know, and still nobody has authenticated it. */
static uint32_t copy(sim_world *w, uint8_t *out) {
    const sim_event *e = &w->events.heap[sim_rng_below(&w->evil, w->events.count)];
    if (e->type != SIM_EVENT_DATAGRAM ||
        e->len > SIM_NETWORK_ENVELOPE_BYTES + SIM_SPOOF_BYTES_MAX) {
        return 0;
    }
    uint32_t len = e->len - SIM_NETWORK_ENVELOPE_BYTES;
    memcpy(out, e->data + SIM_NETWORK_ENVELOPE_BYTES, len);
    if (sim_rng_chance(&w->evil, 700)) {
        uint32_t at = sim_rng_below(&w->evil, len);
        out[at] ^= (uint8_t)(1u << sim_rng_below(&w->evil, 8));
    }
    return len;
}

static void spoof(sim_world *w) {
    uint8_t bytes[SIM_SPOOF_BYTES_MAX];
    uint32_t node = sim_rng_below(&w->evil, w->node_count);
    uint32_t base = sim_rng_below(&w->evil, SIM_HOST_BASES);
    gc_addr from = draw_from(w, node, base);
    uint32_t len = w->events.count > 0 && sim_rng_chance(&w->evil, 300) ? copy(w, bytes) : 0;
    gc_span span = gc_span_of(bytes, len > 0 ? len : sim_spoof(&w->evil, bytes));
    const gc_addr *to = &w->network->hosts[node].bases[base];
    if (to->family == from.family && to->port != 0 && !sim_node_frozen(w, node)) {
        sim_world_note(w, node, SIM_MARK_SPOOF, base, from.port, 0, span);
        sim_native_datagram(w, node, base, &from, span);
    }
}

void sim_strangers_event(sim_world *w) {
    if (w->phase != SIM_PHASE_TRAFFIC) {
        return;
    }
    for (uint32_t i = 0; i < w->scenario.spoofs_per_s * SPOOF_MS / 1000; i++) {
        spoof(w);
    }
    plan_next(w);
}
