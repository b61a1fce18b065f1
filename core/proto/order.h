/* Order: a list of small numbers 0..capacity-1, each in it at most once. It says in which order
 * connections wait for something. All operations are O(1). */
#ifndef GC_PROTO_ORDER_H
#define GC_PROTO_ORDER_H

#include "core/base/arena.h"
#include <stdbool.h>

#define GC_ORDER_END UINT32_MAX

typedef struct gc_order {
    uint32_t *nexts; /* by number: 0 = not in the list, 1 = the last, else the next + 2 */
    uint32_t *prevs; /* by number, the same coding; only valid while in the list */
    uint32_t first;  /* the same coding, never 0 */
    uint32_t last;
    uint32_t count;
    uint32_t capacity;
} gc_order;

/* Starts empty. Takes tables for the numbers 0..capacity-1 (capacity below 2^32 - 3, asserted) from
 * the arena, whose memory must be zero and stays the list's; with a measuring arena it only counts.
 */
void gc_order_init(gc_order *o, gc_arena *a, uint32_t capacity);
/* Adds n (below the capacity, asserted, here and below) at the end; nothing happens when n is in
 * the list. */
void gc_order_add(gc_order *o, uint32_t n);
/* Removes n from its place in the list; nothing happens when n is not in the list. */
void gc_order_remove(gc_order *o, uint32_t n);
/* Tells whether n is in the list. */
bool gc_order_has(const gc_order *o, uint32_t n);
/* Returns the number that was added first of those in the list; GC_ORDER_END when it is empty. */
uint32_t gc_order_first(const gc_order *o);
/* Returns the number after n, which must be in the list (asserted); GC_ORDER_END after the last. A
 * loop that removes n asks for the next number before that. */
uint32_t gc_order_next(const gc_order *o, uint32_t n);

#endif
