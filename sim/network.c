#include "sim/network.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "sim/native.h"

#define IPV6_PERMILLE  400
#define QUEUE_MS       250 /* what waits longer for a host's line is lost */
#define BURST_PERMILLE 1   /* of the datagrams begin a burst of losses */
#define BURST_MS_MAX   200
#define LATE_MS_MAX    100 /* one that is overtaken by others comes so much later */
#define IP_UDP_BYTES   28  /* RFC 791, RFC 768 */
#define IPV6_UDP_BYTES 48  /* RFC 8200 */
#define ENVELOPE_BYTES (2 * (uint32_t)sizeof(gc_addr))

_Static_assert(sizeof(gc_addr) == 20, "addresses go into the trace: they have no padding");

/* --- hosts --------------------------------------------------------------------------------------
 */

/* RFC 5737 and RFC 3849: addresses for documentation, which belong to nobody. */
static gc_addr address_of(uint32_t node, uint32_t base) {
    gc_addr a = {.family = base == 0 ? 4 : 6};
    if (base == 0) {
        memcpy(a.ip, (uint8_t[]){192, 0, 2, (uint8_t)(node + 1)}, 4);
    } else {
        memcpy(a.ip, (uint8_t[]){0x20, 0x01, 0x0d, 0xb8, 0, (uint8_t)(node + 1)}, 6);
        a.ip[15] = 1;
    }
    return a;
}

void sim_network_begin(sim_world *w) {
    sim_network *net = gc_arena_take(&w->arena, 1, sizeof *net);
    gc_assert(net != NULL && w->node_count < 200);
    *net = (sim_network){.hosts = gc_arena_take(&w->arena, w->node_count, sizeof(sim_host))};
    gc_assert(net->hosts != NULL);
    for (uint32_t i = 0; i < w->node_count; i++) {
        net->hosts[i] = (sim_host){.bases = {address_of(i, 0)}};
        if (sim_rng_chance(&w->net, IPV6_PERMILLE)) {
            net->hosts[i].bases[1] = address_of(i, 1);
        }
    }
    w->network = net;
}

void sim_network_bind(sim_world *w, uint32_t node, uint16_t port) {
    for (uint32_t base = 0; base < SIM_HOST_BASES; base++) {
        w->network->hosts[node].bases[base].port = port;
    }
}

/* Whose address it is, and of which base; false: nobody's. */
static bool find(const sim_world *w, const gc_addr *to, uint32_t *node, uint32_t *base) {
    for (*node = 0; *node < w->node_count; (*node)++) {
        for (*base = 0; *base < SIM_HOST_BASES; (*base)++) {
            const gc_addr *own = &w->network->hosts[*node].bases[*base];
            if (own->family != 0 && own->port != 0 && memcmp(own, to, sizeof *own) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* --- the way ------------------------------------------------------------------------------------
 */

static uint32_t wire_bytes(const gc_addr *to, uint32_t len) {
    return len + (to->family == 4 ? IP_UDP_BYTES : IPV6_UDP_BYTES);
}

/* Tells whether a datagram finds room before its host's line, and when it is through, from now. */
static bool queue(sim_world *w, sim_host *h, uint32_t len, uint64_t *delay_ms) {
    uint64_t now_us = w->now_ms * 1000, free_us = h->free_us > now_us ? h->free_us : now_us;
    if (free_us - now_us > QUEUE_MS * 1000) {
        return false;
    }
    h->free_us = free_us + (uint64_t)len * 1000 / w->scenario.rate_bytes_ms;
    *delay_ms = (h->free_us - now_us) / 1000;
    return true;
}

static bool lost(sim_world *w, sim_host *h) {
    if (w->scenario.loss_permille == 0) {
        return false; /* healing ends the bursts too */
    }
    if (w->now_ms >= h->burst_until_ms && sim_rng_chance(&w->net, BURST_PERMILLE)) {
        h->burst_until_ms = w->now_ms + sim_rng_between(&w->net, 1, BURST_MS_MAX);
    }
    return w->now_ms < h->burst_until_ms || sim_rng_chance(&w->net, w->scenario.loss_permille);
}

static void pass(sim_world *w, uint64_t delay_ms, sim_event e, const gc_addr *from,
                 const gc_addr *to, gc_span bytes) {
    delay_ms += sim_world_latency(w);
    if (sim_rng_chance(&w->net, w->scenario.late_permille)) {
        delay_ms += sim_rng_between(&w->net, 1, LATE_MS_MAX);
    }
    e.len = ENVELOPE_BYTES + bytes.len;
    e.data = sim_pool_take(&w->pool, e.len);
    memcpy(e.data, from, sizeof *from);
    memcpy(e.data + sizeof *from, to, sizeof *to);
    memcpy(e.data + ENVELOPE_BYTES, bytes.data, bytes.len);
    sim_world_plan(w, delay_ms, e);
}

void sim_network_send(sim_world *w, uint32_t node, uint32_t base, const gc_addr *to,
                      gc_span bytes) {
    gc_assert(base < SIM_HOST_BASES && bytes.len > 0);
    sim_host *h = &w->network->hosts[node];
    const gc_addr *from = &h->bases[base];
    uint32_t len = wire_bytes(to, bytes.len);
    uint64_t delay_ms = 0;
    if (from->family != to->family || len > w->scenario.mtu_bytes || !queue(w, h, len, &delay_ms) ||
        lost(w, h)) {
        return;
    }
    sim_event e = {.type = SIM_EVENT_DATAGRAM, .node = SIM_NO_NODE, .a = node, .b = base};
    e.number = ++w->network->sent;
    pass(w, delay_ms, e, from, to, bytes);
    if (sim_rng_chance(&w->net, w->scenario.twice_permille)) {
        pass(w, delay_ms, e, from, to, bytes);
    }
}

void sim_network_event(sim_world *w, sim_event *e) {
    gc_addr from, to;
    uint32_t node, base;
    memcpy(&from, e->data, sizeof from);
    memcpy(&to, e->data + sizeof from, sizeof to);
    if (!find(w, &to, &node, &base) || !sim_path_ok(w, e->a, node)) {
        return;
    }
    if (sim_node_frozen(w, node)) {
        /* It waits in the kernel's buffer. */
        sim_world_again(w, w->nodes[node].frozen_until_ms - w->now_ms, e);
        return;
    }
    sim_native_datagram(w, node, base, &from,
                        gc_span_of(e->data + ENVELOPE_BYTES, e->len - ENVELOPE_BYTES));
}
