/* Own candidates of an ICE agent: one for each base, of type host, or relay if a TURN server relays
 * it, and one for what a STUN server saw of it if that is another address. It remembers which of
 * them were given out.
 * Source: RFC 8445 5.1.1, 5.1.2.1; RFC 8838 4. */
#ifndef GC_RTC_ICE_OWN_H
#define GC_RTC_ICE_OWN_H

#include "rtc/ice_pairs.h"

typedef struct gc_ice_own {
    uint32_t told_base; /* bits by base: its own address */
    uint32_t told_mapped;
} gc_ice_own;

/* Begins anew for a base that has a new address. */
void gc_ice_own_renew(gc_ice_own *o, uint32_t base);
/* Begins anew for what STUN servers see of a base: that is another address now. */
void gc_ice_own_remap(gc_ice_own *o, uint32_t base);
/* Returns the base of a candidate that was not told yet, counts it as told, and writes it to out.
 * GC_ICE_BASES_MAX: there is none. */
uint32_t gc_ice_own_next(gc_ice_own *o, const gc_ice_base *bases, gc_candidate *out);

#endif
