#include "core/proto/source_rates.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/number.h"

#define US_PER_MS 1000u
#define US_PER_S  1000000u

void gc_source_rates_init(gc_source_rates *r, const uint8_t key[16], uint32_t per_second,
                          uint64_t ahead) {
    gc_assert(per_second > 0);
    memcpy(r->key, key, sizeof r->key);
    r->cost_us = US_PER_S / per_second; /* 0 above a million */
    r->ahead_us = ahead * r->cost_us;
}

uint64_t gc_source_rates_step(gc_source_rates *r, uint64_t now_ms) {
    r->now_ms = gc_max_u64(r->now_ms, now_ms);
    return r->now_ms;
}

static uint64_t remembered_ms(const gc_source_place *p) {
    return gc_max_u64(p->paid_us / US_PER_MS, p->keep_ms);
}

uint32_t gc_source_rates_find(gc_source_rates *r, const gc_addr *from, bool *fresh) {
    gc_assert(from->family == 4 || from->family == 6);
    uint64_t source = gc_addr_source_hash(from, r->key);
    uint32_t first = (uint32_t)(source % GC_SOURCE_SETS) * GC_SOURCE_SET;
    uint32_t least = first;
    for (uint32_t i = first; i < first + GC_SOURCE_SET; i++) {
        if (r->places[i].source == source) {
            *fresh = false;
            return i;
        }
        if (remembered_ms(&r->places[i]) < remembered_ms(&r->places[least])) {
            least = i;
        }
    }
    r->places[least] = (gc_source_place){.source = source};
    *fresh = true;
    return least;
}

bool gc_source_rates_take(gc_source_rates *r, uint32_t place, uint32_t count) {
    gc_source_place *p = &r->places[place];
    uint64_t now_us = r->now_ms * US_PER_MS;
    uint64_t paid_us = gc_max_u64(p->paid_us, now_us) + count * r->cost_us;
    if (paid_us > now_us + r->ahead_us) {
        return false;
    }
    p->paid_us = paid_us;
    return true;
}

void gc_source_rates_keep(gc_source_rates *r, uint32_t place, uint64_t until_ms) {
    r->places[place].keep_ms = until_ms;
}
