#include "rtc/ice_own.h"
#include "core/base/assert.h"

void gc_ice_own_renew(gc_ice_own *o, uint32_t base) {
    gc_assert(base < GC_ICE_BASES_MAX);
    o->told_base &= ~(1u << base);
    o->told_mapped &= ~(1u << base);
}

void gc_ice_own_remap(gc_ice_own *o, uint32_t base) {
    gc_assert(base < GC_ICE_BASES_MAX);
    o->told_mapped &= ~(1u << base);
}

/* Candidates of another base or type have another foundation (RFC 8445 5.1.1.3). The related
 * address of a server-reflexive candidate would tell nothing new, and that of a relay would tell
 * what the relay hides: both are left out. */
static gc_candidate make(gc_candidate_type type, uint32_t base, const gc_addr *addr) {
    static const uint8_t letters[] = {
        [GC_CANDIDATE_HOST] = 'h', [GC_CANDIDATE_SRFLX] = 's', [GC_CANDIDATE_RELAY] = 'r'};
    return (gc_candidate){
        .type = type,
        .addr = *addr,
        .priority = gc_ice_pairs_priority(base, type),
        .foundation = {letters[type], (uint8_t)('0' + base)},
        .foundation_len = 2,
    };
}

uint32_t gc_ice_own_next(gc_ice_own *o, const gc_ice_base *bases, gc_candidate *out) {
    for (uint32_t base = 0; base < GC_ICE_BASES_MAX; base++) {
        const gc_ice_base *b = &bases[base];
        uint32_t bit = 1u << base;
        if (b->addr.family != 0 && (o->told_base & bit) == 0) {
            o->told_base |= bit;
            *out = make(b->type, base, &b->addr);
            return base;
        }
        if (b->mapped.family != 0 && (o->told_mapped & bit) == 0) {
            o->told_mapped |= bit;
            if (!gc_candidate_same_addr(&b->mapped, &b->addr)) {
                *out = make(GC_CANDIDATE_SRFLX, base, &b->mapped);
                return base;
            }
        }
    }
    return GC_ICE_BASES_MAX;
}
