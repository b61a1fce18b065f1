#include "core/proto/order.h"

#include "core/base/assert.h"

/* Zero memory is a list in which nobody is, so that a large one costs no page before its use. */
#define NOT_IN 0u
#define END    1u
#define BIAS   2u

void gc_order_init(gc_order *o, gc_arena *a, uint32_t capacity) {
    gc_assert(capacity < UINT32_MAX - BIAS);
    *o = (gc_order){.first = END, .last = END, .capacity = capacity};
    o->nexts = gc_arena_take(a, capacity, sizeof *o->nexts);
    o->prevs = gc_arena_take(a, capacity, sizeof *o->prevs);
}

bool gc_order_has(const gc_order *o, uint32_t n) {
    gc_assert(n < o->capacity);
    return o->nexts[n] != NOT_IN;
}

void gc_order_add(gc_order *o, uint32_t n) {
    if (gc_order_has(o, n)) {
        return;
    }
    o->nexts[n] = END;
    o->prevs[n] = o->last;
    if (o->last == END) {
        o->first = n + BIAS;
    } else {
        o->nexts[o->last - BIAS] = n + BIAS;
    }
    o->last = n + BIAS;
    o->count++;
}

void gc_order_remove(gc_order *o, uint32_t n) {
    if (!gc_order_has(o, n)) {
        return;
    }
    uint32_t next = o->nexts[n];
    uint32_t prev = o->prevs[n];
    if (prev == END) {
        gc_assert(o->first == n + BIAS);
        o->first = next;
    } else {
        o->nexts[prev - BIAS] = next;
    }
    if (next == END) {
        gc_assert(o->last == n + BIAS);
        o->last = prev;
    } else {
        o->prevs[next - BIAS] = prev;
    }
    o->nexts[n] = NOT_IN;
    o->prevs[n] = NOT_IN;
    o->count--;
}

static uint32_t decode(uint32_t link) {
    gc_assert(link != NOT_IN);
    return link == END ? GC_ORDER_END : link - BIAS;
}

uint32_t gc_order_first(const gc_order *o) {
    return decode(o->first);
}

uint32_t gc_order_next(const gc_order *o, uint32_t n) {
    gc_assert(gc_order_has(o, n));
    return decode(o->nexts[n]);
}
