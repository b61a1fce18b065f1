/* Set: small numbers below GC_SET_MAX, one bit each. The client keeps peers and links that have
 * something to do in sets, so that nothing walks a whole table to find them: adding, removing and
 * asking cost one word, and taking the next member skips 32 numbers at a time. Members come in
 * rising order, so the order never depends on the history of the set. */
#ifndef GC_BASE_SET_H
#define GC_BASE_SET_H

#include "core/base/limits.h"
#include <stdbool.h>
#include <stdint.h>

#define GC_SET_MAX   GC_LINKS_MAX /* the largest table of the client; GC_PEERS_MAX is half of it */
#define GC_SET_WORDS ((GC_SET_MAX + 31) / 32)
#define GC_SET_END   UINT32_MAX /* no member */

typedef struct gc_set {
    uint32_t words[GC_SET_WORDS];
} gc_set;

/* Adds n (0..GC_SET_MAX-1); nothing happens when n is in the set. */
void gc_set_add(gc_set *s, uint32_t n);
/* Removes n (0..GC_SET_MAX-1); nothing happens when n is not in the set. */
void gc_set_remove(gc_set *s, uint32_t n);
/* Adds n when `in`, else removes it. */
void gc_set_put(gc_set *s, uint32_t n, bool in);
/* Tells whether n (0..GC_SET_MAX-1) is in the set. */
bool gc_set_has(const gc_set *s, uint32_t n);
/* Finds the smallest member that is not below `from`; GC_SET_END when there is none. A loop over
 * the members: for (n = gc_set_next(s, 0); n != GC_SET_END; n = gc_set_next(s, n + 1)). Members
 * may be removed and added meanwhile. */
uint32_t gc_set_next(const gc_set *s, uint32_t from);
/* Finds the smallest member; GC_SET_END when the set is empty. */
uint32_t gc_set_first(const gc_set *s);
/* Finds the largest member; GC_SET_END when the set is empty. */
uint32_t gc_set_last(const gc_set *s);
/* Tells whether the set has no member. */
bool gc_set_is_empty(const gc_set *s);
/* Counts the members. */
uint32_t gc_set_count(const gc_set *s);
/* Tells whether both have the same members. */
bool gc_set_equal(const gc_set *a, const gc_set *b);
/* Returns the members that both have. */
gc_set gc_set_and(const gc_set *a, const gc_set *b);
/* Returns the members that either has. */
gc_set gc_set_or(const gc_set *a, const gc_set *b);
/* Finds the smallest number below `limit` (at most GC_SET_MAX) that is not in the set; GC_SET_END
 * when all are. */
uint32_t gc_set_gap(const gc_set *s, uint32_t limit);

#endif
