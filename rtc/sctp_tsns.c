#include "rtc/sctp_tsns.h"
#include "core/base/assert.h"

void gc_sctp_tsns_place(gc_sctp_tsns *t, gc_arena *a, uint32_t max) {
    gc_assert(max >= GC_SCTP_TSNS_MIN && (max & (max - 1)) == 0);
    t->slots = gc_arena_take(a, max, sizeof(uint32_t));
    t->max = max;
    gc_sctp_tsns_empty(t);
}

void gc_sctp_tsns_empty(gc_sctp_tsns *t) {
    t->mask = GC_SCTP_TSNS_MIN - 1;
}

/* A value moves from a place to the same one or to one beyond the table as it was, so that none is
 * overwritten before its turn. */
void gc_sctp_tsns_fit(gc_sctp_tsns *t, uint32_t first, uint32_t used, uint32_t count) {
    gc_assert(used <= t->mask + 1 && used <= count && count <= t->max);
    uint32_t old = t->mask;
    while (count > t->mask + 1) {
        t->mask = 2 * t->mask + 1;
    }
    for (uint32_t tsn = first; old != t->mask && tsn != first + used; tsn++) {
        t->slots[tsn & t->mask] = t->slots[tsn & old];
    }
}
