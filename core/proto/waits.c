#include "core/proto/waits.h"

#include "core/base/assert.h"
#include "core/base/mem.h"

void gc_waits_init(gc_waits *w, gc_arena *a, uint32_t capacity, gc_block_pool *pool) {
    w->items = gc_arena_take(a, capacity, sizeof *w->items);
    w->pool = pool;
}

uint32_t gc_waits_holder(const gc_waits *w, uint32_t n) {
    uint32_t holder = w->items[n].holder;
    return holder == 0 ? GC_WAIT_NONE : holder - 1;
}

void gc_waits_park(gc_waits *w, uint32_t n, const uint8_t *room) {
    gc_wait *wait = &w->items[n];
    gc_assert(wait->holder == 0 && wait->ice.len == 0);
    wait->has_room = room != NULL;
    if (room != NULL) {
        memcpy(wait->room, room, sizeof wait->room);
    }
}

void gc_waits_put_ice(gc_waits *w, uint32_t n, gc_span part) {
    gc_block_queue_put(w->pool, &w->items[n].ice, part);
}

void gc_waits_start(gc_waits *w, uint32_t n, uint32_t holder) {
    w->items[n].holder = holder + 1;
    w->items[n].measured = false;
}

bool gc_waits_measured(gc_waits *w, uint32_t n, uint32_t packets) {
    gc_wait *wait = &w->items[n];
    gc_assert(wait->holder != 0);
    if (!wait->measured) {
        wait->measured = true;
        wait->packets = packets;
    }
    return wait->packets != packets;
}

void gc_waits_take(gc_waits *w, uint32_t n, gc_wait *out) {
    gc_assert(w->items[n].holder != 0);
    *out = w->items[n];
    w->items[n] = (gc_wait){0};
}

uint32_t gc_waits_ice(const gc_waits *w, const gc_wait *taken, gc_span *spans, uint32_t max) {
    return gc_block_queue_spans(w->pool, &taken->ice, spans, max);
}

void gc_waits_release(gc_waits *w, gc_wait *taken) {
    gc_block_queue_clear(w->pool, &taken->ice);
}

uint32_t gc_waits_forget(gc_waits *w, uint32_t n) {
    uint32_t holder = gc_waits_holder(w, n);
    gc_block_queue_clear(w->pool, &w->items[n].ice);
    w->items[n].holder = 0;
    return holder;
}
