#include "rtc/ice_gate.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "core/base/siphash.h"

#define AHEAD_MS ((GC_ICE_GATE_BURST - 1) * GC_ICE_GATE_COST_MS)

/* A burst, and what is regained in the second that begins with it. */
_Static_assert(GC_ICE_GATE_BURST + 1000 / GC_ICE_GATE_COST_MS <= GC_ICE_GATE_PER_SECOND,
               "no second sees more");

void gc_ice_gate_init(gc_ice_gate *g, gc_drbg *drbg) {
    gc_drbg_bytes(drbg, g->key, sizeof g->key);
}

static uint32_t bucket_of(const gc_ice_gate *g, const gc_addr *to) {
    uint8_t bytes[sizeof to->ip + 2]; /* the same on machines of either order of bytes */
    memcpy(bytes, to->ip, sizeof to->ip);
    bytes[sizeof to->ip] = (uint8_t)(to->port >> 8);
    bytes[sizeof to->ip + 1] = (uint8_t)to->port;
    uint64_t h = gc_siphash(g->key, gc_span_of(bytes, sizeof bytes));
    return (uint32_t)(h % GC_ICE_GATE_BUCKETS);
}

uint64_t gc_ice_gate_free_ms(const gc_ice_gate *g, uint64_t now_ms, const gc_addr *to) {
    uint64_t spent_ms = g->spent_ms[bucket_of(g, to)];
    return spent_ms > now_ms + AHEAD_MS ? spent_ms - AHEAD_MS : now_ms;
}

uint64_t gc_ice_gate_floor_ms(const gc_ice_gate *g, uint64_t now_ms) {
    return gc_max_u64(g->floor_ms, now_ms);
}

static void spend(gc_ice_gate *g, uint64_t now_ms, const gc_addr *to) {
    uint64_t *spent_ms = &g->spent_ms[bucket_of(g, to)];
    *spent_ms = gc_max_u64(*spent_ms, now_ms) + GC_ICE_GATE_COST_MS;
}

void gc_ice_gate_spend(gc_ice_gate *g, uint64_t now_ms, const gc_addr *to, bool answered) {
    g->floor_ms = now_ms + GC_ICE_GATE_FLOOR_MS;
    if (!answered) {
        spend(g, now_ms, to);
    }
}

bool gc_ice_gate_pass(gc_ice_gate *g, uint64_t now_ms, const gc_addr *to) {
    bool free = gc_ice_gate_free_ms(g, now_ms, to) <= now_ms;
    if (free) {
        spend(g, now_ms, to);
    }
    return free;
}
