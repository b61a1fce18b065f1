#include "sim/native.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "peer/bridge.h"
#include "sim/names.h"
#include "sim/network.h"
#include "sim/openssl.h"
#include "sim/partial.h"

#define PORT_FIRST 40000 /* a process of its own has the next one */

typedef struct native {
    gc_rtc *rtc; /* NULL: no process runs */
    void *memory;
    uint64_t seen_ms; /* the last time that was given to it, clamped */
    uint64_t wake_at_ms;
    uint32_t wake;
    gc_bridge bridge;
    sim_dials dials;
} native;

struct sim_native {
    native *natives; /* by node */
    sim_rng openssl;
};

static const gc_rtc_options options;

static size_t rtc_bytes(void) {
    return (gc_rtc_size(&options) + 63) / 64 * 64;
}

size_t sim_native_bytes(uint32_t nodes) {
    return nodes * (rtc_bytes() + sizeof(native) + sizeof(sim_host) + 64) + 4096;
}

void sim_native_begin(sim_world *w) {
    struct sim_native *all = gc_arena_take(&w->arena, 1, sizeof *all);
    gc_assert(all != NULL);
    all->natives = gc_arena_take(&w->arena, w->node_count, sizeof(native));
    gc_assert(all->natives != NULL);
    for (uint32_t i = 0; i < w->node_count; i++) {
        all->natives[i] = (native){.memory = gc_arena_take(&w->arena, 1, rtc_bytes())};
        gc_assert(all->natives[i].memory != NULL);
    }
    sim_rng_init(&all->openssl, w->seed, 8);
    sim_openssl_begin(&all->openssl);
    sim_network_begin(w);
    w->native = all;
}

void sim_native_end(sim_world *w) {
    for (uint32_t i = 0; i < w->node_count; i++) {
        sim_native_stop(w, i);
    }
    sim_openssl_end();
}

static native *of(sim_world *w, uint32_t node) {
    return &w->native->natives[node];
}

/* The clock of its machine, for the handle and for OpenSSL; call before each input. */
static uint64_t now_of(sim_world *w, uint32_t node) {
    native *n = of(w, node);
    uint64_t now_ms = sim_node_clock(w, node);
    sim_openssl_time(now_ms);
    n->seen_ms = now_ms > n->seen_ms ? now_ms : n->seen_ms;
    return now_ms;
}

gc_rtc *sim_native_input(sim_world *w, uint32_t node, uint64_t *now_ms) {
    *now_ms = now_of(w, node);
    return of(w, node)->rtc;
}

void sim_native_start(sim_world *w, uint32_t node) {
    native *n = of(w, node);
    uint8_t seed[32];
    sim_rng_bytes(&w->net, seed, sizeof seed);
    *n = (native){.memory = n->memory, .wake = n->wake + 1, .wake_at_ms = GC_NEVER};
    uint64_t now_ms = now_of(w, node);
    gc_rtc_options wide = options;
    wide.datagram_bytes_max = w->scenario.search_bytes;
    n->rtc = gc_rtc_init(n->memory, rtc_bytes(), &wide, seed, now_ms, SIM_UNIX_S);
    gc_assert(n->rtc != NULL);
    gc_bridge_open(&n->bridge, w->nodes[node].client, n->rtc);
    sim_network_bind(w, node, (uint16_t)(PORT_FIRST + w->nodes[node].run));
    for (uint32_t base = 0; base < SIM_HOST_BASES; base++) {
        const gc_addr *own = &w->network->hosts[node].bases[base];
        if (own->family != 0) {
            gc_rtc_add_base(n->rtc, now_ms, base, own);
        }
    }
    if (w->scenario.nats != SIM_NATS_NONE) {
        gc_addr server = sim_network_server();
        gc_rtc_add_server(n->rtc, now_ms, &server);
    }
}

void sim_native_stop(sim_world *w, uint32_t node) {
    native *n = of(w, node);
    if (n->rtc != NULL) {
        gc_rtc_end(n->rtc);
        n->rtc = NULL;
        n->dials.count = 0;
        n->wake++;
        sim_network_bind(w, node, 0);
    }
}

const sim_dials *sim_native_dials(const sim_world *w, uint32_t node) {
    return &w->native->natives[node].dials;
}

/* --- what the core wants ---------------------------------------------------------------------- */

void sim_native_output(sim_world *w, uint32_t node, const gc_client_output *o) {
    native *n = of(w, node);
    uint32_t broken = n->bridge.broken_count;
    sim_dials_output(&n->dials, w->now_ms, o);
    bool known = gc_bridge_act(&n->bridge, now_of(w, node), o);
    gc_assert(known);
    if (n->bridge.broken_count > broken) {
        sim_dials_end(&n->dials, o->link);
    }
}

/* --- what the links report -------------------------------------------------------------------- */

/* The description of a side that knows no SNAP: its attribute has a name that says nothing. */
static gc_span without_init(gc_span sdp, uint8_t copy[GC_SDP_BYTES_MAX]) {
    memcpy(copy, sdp.data, sdp.len);
    for (uint32_t i = 0; i < sdp.len; i++) {
        if (gc_span_starts(gc_span_from(sdp, i), GC_SPAN("a=sctp-init:"))) {
            copy[i + 2] = 'x';
        }
    }
    return gc_span_of(copy, sdp.len);
}

/* What the other side is to read in place of what the transport says. memory: of what is changed.
 */
static gc_span changed(sim_world *w, uint32_t node, const gc_rtc_output *o,
                       uint8_t memory[GC_SDP_BYTES_MAX]) {
    if (o->type == GC_RTC_DESCRIPTION && w->scenario.handshakes) {
        return without_init(o->bytes, memory);
    }
    if (o->type == GC_RTC_CANDIDATE && sim_names_hides(w, node)) {
        return sim_names_hide(w, node, o->bytes, memory);
    }
    return o->bytes;
}

static void report(sim_world *w, uint32_t node, const gc_rtc_output *o) {
    uint8_t memory[GC_SDP_BYTES_MAX];
    if (o->type == GC_RTC_DATAGRAM) {
        sim_network_send(w, node, o->value, &o->to, o->bytes);
        return;
    }
    if (o->type == GC_RTC_UNUSED) { /* whoever still needs it shall notice */
        memset((void *)(uintptr_t)o->bytes.data, 0xa5, o->bytes.len);
        return;
    }
    sim_world_note(w, node, SIM_MARK_RTC + o->type, o->link, o->value, o->rtt_ms, o->bytes);
    if (o->type == GC_RTC_MULTICAST) {
        sim_names_ask(w, node, o->bytes);
        return;
    }
    if (sim_partial_report(w, node, o)) {
        return;
    }
    sim_dials_report(&of(w, node)->dials, o);
    gc_rtc_output told = *o;
    told.bytes = changed(w, node, o, memory);
    bool known = gc_bridge_report(&of(w, node)->bridge, sim_node_now(w, node), &told);
    gc_assert(known);
}

bool sim_native_report(sim_world *w, uint32_t node) {
    native *n = of(w, node);
    gc_rtc_output o;
    sim_openssl_time(sim_node_clock(w, node)); /* it works in the poll */
    if (gc_bridge_tell_broken(&n->bridge, sim_node_clock(w, node))) {
        (void)sim_node_now(w, node); /* only then did the core see it */
        return true;
    }
    if (!gc_rtc_poll(n->rtc, &o)) {
        return false;
    }
    report(w, node, &o);
    return true;
}

/* --- time and datagrams ----------------------------------------------------------------------- */

void sim_native_plan(sim_world *w, uint32_t node) {
    native *n = of(w, node);
    uint64_t at_ms = sim_node_when(w, node, n->seen_ms, gc_rtc_deadline(n->rtc));
    if (at_ms == n->wake_at_ms) {
        return;
    }
    n->wake_at_ms = at_ms;
    n->wake++;
    if (at_ms != GC_NEVER) {
        uint64_t now_ms = w->now_ms + w->nodes[node].clock_ms;
        sim_world_plan(w, at_ms > now_ms ? at_ms - now_ms : 0,
                       (sim_event){.type = SIM_EVENT_NATIVE_WAKE, .node = node, .a = n->wake});
    }
}

void sim_native_wake(sim_world *w, uint32_t node, uint32_t wake) {
    native *n = of(w, node);
    if (n->rtc == NULL || wake != n->wake) {
        return;
    }
    n->wake_at_ms = GC_NEVER;
    gc_rtc_tick(n->rtc, now_of(w, node));
    uint32_t run = w->nodes[node].run;
    sim_node_drain(w, node);
    if (n->rtc != NULL && w->nodes[node].run == run && n->wake_at_ms <= n->seen_ms) {
        sim_fail(w, SIM_INVARIANT_TIMER, node, 1, 0, n->wake_at_ms);
    }
}

void sim_native_datagram(sim_world *w, uint32_t node, uint32_t base, const gc_addr *from,
                         gc_span bytes) {
    native *n = of(w, node);
    gc_rtc_datagram(n->rtc, now_of(w, node), base, from, bytes);
    sim_node_drain(w, node);
}

void sim_native_move(sim_world *w, uint32_t node, const gc_addr *own) {
    native *n = of(w, node);
    w->network->hosts[node].bases[0] = *own;
    if (n->rtc != NULL) {
        uint64_t now_ms = now_of(w, node);
        gc_rtc_drop_base(n->rtc, now_ms, 0);
        gc_rtc_add_base(n->rtc, now_ms, 0, own);
        sim_node_drain(w, node);
    }
}

void sim_native_multicast(sim_world *w, uint32_t node, gc_span bytes) {
    gc_rtc_multicast(of(w, node)->rtc, now_of(w, node), 5353, bytes);
    sim_node_drain(w, node);
}
