/* SCTP TSNs: a table by TSN, for as many of them in a row as are in use at a time. Few are in most
 * links, so the table uses the start of its memory first, and more of it as the row gets longer:
 *
 *   GC_SCTP_TSNS_MIN places --gc_sctp_tsns_fit()--> twice as many --...--> all
 *          ^___________________gc_sctp_tsns_empty()_________________________|
 *
 * Finding a place costs a mask, growing one walk over what is in use. */
#ifndef GC_RTC_SCTP_TSNS_H
#define GC_RTC_SCTP_TSNS_H

#include "core/base/arena.h"

/* Places at first: a power of 2. */
#define GC_SCTP_TSNS_MIN 256

typedef struct gc_sctp_tsns {
    uint32_t *slots;
    uint32_t mask; /* places in use - 1 */
    uint32_t max;  /* places that there are: a power of 2 */
} gc_sctp_tsns;

/* Takes `max` places (a power of 2, at least GC_SCTP_TSNS_MIN, asserted) from the arena, where they
 * stay; touches none. */
void gc_sctp_tsns_place(gc_sctp_tsns *t, gc_arena *a, uint32_t max);
/* Notes that no TSN is in use. */
void gc_sctp_tsns_empty(gc_sctp_tsns *t);
/* Makes places for `count` TSNs in a row (at most max, asserted), of which the first `used` from
 * `first` on are in use and keep their values. */
void gc_sctp_tsns_fit(gc_sctp_tsns *t, uint32_t first, uint32_t used, uint32_t count);

/* Returns the place of a TSN, whose value is the caller's. */
static inline uint32_t *gc_sctp_tsns_at(const gc_sctp_tsns *t, uint32_t tsn) {
    return &t->slots[tsn & t->mask];
}

#endif
