#include "sim/network.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "sim/native.h"

#define IPV6_PERMILLE   400
#define PUBLIC_PERMILLE 200 /* of the hosts are behind no NAT, in worlds with NATs */
#define QUEUE_MS        250 /* what waits longer for a host's line is lost */
#define BURST_PERMILLE  1   /* of the datagrams begin a burst of losses */
#define BURST_MS_MAX    200
#define LATE_MS_MAX     100 /* one that is overtaken by others comes so much later */
#define IP_UDP_BYTES    28  /* RFC 791, RFC 768 */
#define IPV6_UDP_BYTES  48  /* RFC 8200 */
#define ENVELOPE_BYTES  SIM_NETWORK_ENVELOPE_BYTES

_Static_assert(sizeof(gc_addr) == 20, "addresses go into the trace: they have no padding");

/* --- hosts ------------------------------------------------------------------------------------ */

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

static gc_addr outside_of(uint32_t node, uint32_t moves) {
    gc_addr a = {.family = 4, .ip = {203, 0, 113, (uint8_t)(node + 1)}};
    a.ip[2] = (uint8_t)(a.ip[2] - moves % 100);
    return a;
}

gc_addr sim_network_server(void) {
    return (gc_addr){.family = 4, .ip = {198, 51, 100, 1}, .port = 3478};
}

/* RFC 1918. */
static bool is_private(const gc_addr *a) {
    return a->family == 4 && a->ip[0] == 192 && a->ip[1] == 168;
}

static bool is_server(const gc_addr *a) {
    gc_addr server = sim_network_server();
    return memcmp(a, &server, sizeof server) == 0;
}

/* Two who are behind NATs find each other without a relay unless one of them has another port for
 * each remote, and the other one too or it lets in only the very port that it wrote to. So in a
 * world either the first host may have such a mapping, or any host such a filter. */
static void place_nat(sim_world *w, sim_host *h, uint32_t node, bool strict) {
    bool maps = w->scenario.nats == SIM_NATS_MIXED && !strict && node == 0;
    bool cone = w->scenario.nats == SIM_NATS_CONE;
    if (!cone && sim_rng_chance(&w->net, PUBLIC_PERMILLE)) {
        return;
    }
    h->bases[0] = (gc_addr){.family = 4, .ip = {192, 168, 1, 2}};
    h->nat.outside = outside_of(node, 0);
    h->nat.mapping = maps ? (sim_nat_rule)sim_rng_below(&w->net, 3) : SIM_NAT_ANY;
    h->nat.filtering =
        cone ? SIM_NAT_ANY : (sim_nat_rule)sim_rng_below(&w->net, maps || strict ? 3 : 2);
    h->nat.timeout_ms = sim_rng_between(&w->net, 30000, 120000); /* RFC 4787 4.3: 120 s or more */
}

static void plan_move(sim_world *w) {
    if (w->scenario.move_ms > 0) {
        uint32_t mean = w->scenario.move_ms;
        sim_world_plan(w, sim_rng_between(&w->net, mean / 2, mean + mean / 2),
                       (sim_event){.type = SIM_EVENT_MOVE, .node = SIM_NO_NODE});
    }
}

void sim_network_begin(sim_world *w) {
    sim_network *net = gc_arena_take(&w->arena, 1, sizeof *net);
    gc_assert(net != NULL && w->node_count < 200);
    *net = (sim_network){.hosts = gc_arena_take(&w->arena, w->node_count, sizeof(sim_host))};
    gc_assert(net->hosts != NULL);
    bool strict = w->scenario.nats == SIM_NATS_MIXED && sim_rng_chance(&w->net, 500);
    for (uint32_t i = 0; i < w->node_count; i++) {
        net->hosts[i] = (sim_host){.bases = {address_of(i, 0)}};
        if (w->scenario.nats != SIM_NATS_NONE) {
            place_nat(w, &net->hosts[i], i, strict);
        } else if (sim_rng_chance(&w->net, IPV6_PERMILLE)) {
            net->hosts[i].bases[1] = address_of(i, 1);
        }
    }
    w->network = net;
    plan_move(w);
}

/* Another address of the same kind, which nobody else has (RFC 1918, RFC 2544). */
static gc_addr another_address(const sim_host *h, uint32_t node, uint32_t moves) {
    gc_addr a = h->bases[0];
    if (h->nat.outside.family != 0) {
        a.ip[3] = (uint8_t)(3 + moves % 200);
    } else {
        memcpy(a.ip, (uint8_t[]){198, 18, (uint8_t)(moves % 200), (uint8_t)(node + 1)}, 4);
    }
    return a;
}

/* The host is in another network, or its NAT is. */
static bool move(sim_world *w, uint32_t node) {
    sim_host *h = &w->network->hosts[node];
    if (w->scenario.own_permille > 0 && sim_rng_chance(&w->net, w->scenario.own_permille)) {
        gc_addr own = another_address(h, node, ++w->network->moves);
        sim_native_move(w, node, &own);
        return true;
    }
    if (h->nat.outside.family == 0) {
        return false;
    }
    gc_addr outside = outside_of(node, ++w->network->moves);
    sim_nat_move(&h->nat, &outside);
    return true;
}

void sim_network_move(sim_world *w) {
    if (w->phase != SIM_PHASE_TRAFFIC) {
        return;
    }
    uint32_t node = sim_rng_below(&w->net, w->node_count);
    if (move(w, node)) {
        sim_world_note(w, node, SIM_MARK_MOVE, 0, 0, 0, GC_SPAN_NONE);
        w->network->hosts[node].moved_ms = w->now_ms;
        sim_world_changed(w, 0);
    }
    plan_move(w);
}

void sim_network_bind(sim_world *w, uint32_t node, uint16_t port) {
    for (uint32_t base = 0; base < SIM_HOST_BASES; base++) {
        w->network->hosts[node].bases[base].port = port;
    }
}

/* Which base of a host has an address: SIM_HOST_BASES when none has. */
static uint32_t base_of(const sim_host *h, const gc_addr *a) {
    uint32_t base = 0;
    while (base < SIM_HOST_BASES && (h->bases[base].family == 0 || h->bases[base].port == 0 ||
                                     memcmp(&h->bases[base], a, sizeof *a) != 0)) {
        base++;
    }
    return base;
}

/* Whether what comes for an address on the open network reaches this host, and at which base. */
static bool reaches(const sim_world *w, const sim_host *h, const gc_addr *from, const gc_addr *to,
                    uint32_t *base) {
    gc_addr inside = *to;
    if (h->nat.outside.family != 0 && to->family == 4) {
        bool ours = memcmp(h->nat.outside.ip, to->ip, sizeof to->ip) == 0;
        if (!ours || !sim_nat_in(&h->nat, w->now_ms, to->port, from, &inside)) {
            return false;
        }
    }
    *base = base_of(h, &inside);
    return *base < SIM_HOST_BASES;
}

/* The host and base that a datagram reaches; false: nobody's. */
static bool find(const sim_world *w, uint32_t sender, const gc_addr *from, const gc_addr *to,
                 uint32_t *node, uint32_t *base) {
    if (is_private(to)) {
        /* Never leaves the sender's own network, where it is the only host. */
        *node = sender;
        *base = sender == SIM_NONE ? SIM_HOST_BASES : base_of(&w->network->hosts[sender], to);
        return *base < SIM_HOST_BASES;
    }
    for (*node = 0; *node < w->node_count; (*node)++) {
        if (reaches(w, &w->network->hosts[*node], from, to, base)) {
            return true;
        }
    }
    return false;
}

/* --- the way ---------------------------------------------------------------------------------- */

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
    bool spoils = w->scenario.spoil_permille > 0 && w->phase == SIM_PHASE_TRAFFIC;
    if (spoils && sim_rng_chance(&w->net, w->scenario.spoil_permille)) {
        uint32_t at = ENVELOPE_BYTES + sim_rng_below(&w->net, bytes.len);
        e.data[at] ^= (uint8_t)(1u << sim_rng_below(&w->net, 8));
    }
    sim_world_plan(w, delay_ms, e);
}

void sim_network_send(sim_world *w, uint32_t node, uint32_t base, const gc_addr *to,
                      gc_span bytes) {
    gc_assert(base < SIM_HOST_BASES && bytes.len > 0);
    sim_host *h = &w->network->hosts[node];
    gc_addr own = h->bases[base], seen = own;
    uint32_t len = wire_bytes(to, bytes.len);
    uint64_t delay_ms = 0;
    if (own.family != to->family || len > w->scenario.mtu_bytes || !queue(w, h, len, &delay_ms) ||
        lost(w, h)) {
        sim_world_note(w, node, SIM_MARK_LOST, base, 0, 0, bytes);
        return;
    }
    if (h->nat.outside.family != 0 && base == 0 && !is_private(to)) {
        sim_nat_out(&h->nat, &w->net, w->now_ms, &own, to, &seen);
    }
    sim_event e = {.type = SIM_EVENT_DATAGRAM, .node = SIM_NO_NODE, .a = node, .b = base};
    e.number = ++w->network->sent;
    pass(w, delay_ms, e, &seen, to, bytes);
    if (sim_rng_chance(&w->net, w->scenario.twice_permille)) {
        pass(w, delay_ms, e, &seen, to, bytes);
    }
}

/* --- the server's STUN ------------------------------------------------------------------------ */

static void ask_server(sim_world *w, uint32_t node, const gc_addr *from, gc_span bytes) {
    if (w->server.up && w->server.core != NULL && sim_server_path_ok(w, node, true)) {
        gc_server_datagram(w->server.core, sim_server_now(w), from->family, from, bytes);
        sim_server_drain(w);
    }
}

void sim_network_answer(sim_world *w, const gc_addr *to, gc_span bytes) {
    gc_addr server = sim_network_server();
    sim_event e = {.type = SIM_EVENT_DATAGRAM, .node = SIM_NO_NODE, .a = SIM_NONE};
    if (!sim_rng_chance(&w->net, w->scenario.loss_permille)) {
        pass(w, 0, e, &server, to, bytes);
    }
}

/* --- arrival ---------------------------------------------------------------------------------- */

static bool path_ok(const sim_world *w, uint32_t sender, uint32_t node) {
    return sender == SIM_NONE ? sim_server_path_ok(w, node, false) : sim_path_ok(w, sender, node);
}

void sim_network_expect_widest(sim_world *w, uint32_t bytes) {
    uint32_t widest = w->network->widest;
    if (widest > bytes || widest <= bytes / 10 * 9) {
        sim_fail(w, SIM_INVARIANT_EXPECT, SIM_NO_NODE, bytes, widest, 0);
    }
    w->network->widest = 0;
}

void sim_network_event(sim_world *w, sim_event *e) {
    gc_addr from, to;
    uint32_t node, base;
    memcpy(&from, e->data, sizeof from);
    memcpy(&to, e->data + sizeof from, sizeof to);
    gc_span bytes = gc_span_of(e->data + ENVELOPE_BYTES, e->len - ENVELOPE_BYTES);
    if (is_server(&to)) {
        ask_server(w, e->a, &from, bytes);
        return;
    }
    if (!find(w, e->a, &from, &to, &node, &base) || !path_ok(w, e->a, node)) {
        return;
    }
    if (sim_node_frozen(w, node)) {
        /* It waits in the kernel's buffer. */
        sim_world_again(w, w->nodes[node].frozen_until_ms - w->now_ms, e);
        return;
    }
    uint32_t len = wire_bytes(&to, bytes.len);
    w->network->widest = len > w->network->widest ? len : w->network->widest;
    sim_native_datagram(w, node, base, &from, bytes);
}
