/* Source rates: how much of something each source may have, a source being an address (IPv6: its
 * /64). A source has a budget, which refills; what it takes is written down as the time up to which
 * it has used its rate.
 *
 *   unknown --find--> a place --take--> used up to a later time --time--> idle
 *      ^                                                                    |
 *      '------------- another source needs the place -----------------------'
 *
 * The table is bounded: there are sets of 4 places, and a new source takes the place of the one in
 * its set that is remembered for the shortest time. The owner may remember one for longer. */
#ifndef GC_PROTO_SOURCE_RATES_H
#define GC_PROTO_SOURCE_RATES_H

#include "core/base/addr.h"

#include <stdbool.h>

#define GC_SOURCE_SETS   1024
#define GC_SOURCE_SET    4
#define GC_SOURCE_PLACES (GC_SOURCE_SETS * GC_SOURCE_SET)

#define GC_SOURCE_RATE_MAX 1000000 /* one costs whole microseconds */

typedef struct gc_source_place {
    uint64_t source;  /* keyed hash of the address; 0 = free */
    uint64_t paid_us; /* the time up to which this source has used its rate */
    uint64_t keep_ms; /* until then it is remembered for something else */
} gc_source_place;

typedef struct gc_source_rates {
    uint8_t key[16];
    uint64_t now_ms;
    uint64_t cost_us;  /* of one; 0: everybody may have any number */
    uint64_t ahead_us; /* the budget, as time */
    gc_source_place places[GC_SOURCE_PLACES];
} gc_source_rates;

/* Prepares r, which is zero; touches no page of its table. key: 16 random bytes that hash
 * addresses, copied. per_second: what one source may have, at least 1 (asserted); any number above
 * GC_SOURCE_RATE_MAX: any number. ahead: how many of them at once, at least 1. */
void gc_source_rates_init(gc_source_rates *r, const uint8_t key[16], uint32_t per_second,
                          uint64_t ahead);
/* Moves the time on. now_ms: monotonic, a step back is clamped. Returns the time as it is now. */
uint64_t gc_source_rates_step(gc_source_rates *r, uint64_t now_ms);
/* Finds the place of an address (family 4 or 6, asserted), or gives it one. Returns its number,
 * 0..GC_SOURCE_PLACES-1, which is good until the next call; *fresh: nothing is remembered there. */
uint32_t gc_source_rates_find(gc_source_rates *r, const gc_addr *from, bool *fresh);
/* Takes `count` of the budget of the source in a place. Returns false, and takes nothing, when that
 * is more than is left. */
bool gc_source_rates_take(gc_source_rates *r, uint32_t place, uint32_t count);
/* Remembers the source in a place until this time at least. */
void gc_source_rates_keep(gc_source_rates *r, uint32_t place, uint64_t until_ms);

#endif
