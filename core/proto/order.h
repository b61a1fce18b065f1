/* A list of small numbers 0..capacity-1, each in it at most once: the order in which connections
 * wait for something. Add at the end, remove from anywhere, both O(1). */
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

/* Memory from the arena must be zero; with a measuring arena only counts. capacity < 2^32 - 2. */
void gc_order_init(gc_order *o, gc_arena *a, uint32_t capacity);
/* Nothing happens when it is in the list. */
void gc_order_add(gc_order *o, uint32_t n);
/* Nothing happens when it is not in the list. */
void gc_order_remove(gc_order *o, uint32_t n);
bool gc_order_has(const gc_order *o, uint32_t n);
uint32_t gc_order_first(const gc_order *o);
uint32_t gc_order_next(const gc_order *o, uint32_t n);

#endif
