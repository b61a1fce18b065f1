#include "core/proto/connections.h"

#include "core/base/assert.h"

#define SLOT_BITS 20
#define SLOT_MASK ((1u << SLOT_BITS) - 1)

_Static_assert(GC_CONNECTIONS_MAX <= SLOT_MASK, "slot + 1 fits into its bits of a handle");

/* slot + 1 in the low bits, so that no handle is GC_CONN_NONE; above it the generation. */
static gc_conn handle_of(uint32_t slot, uint32_t generation) {
    return generation << SLOT_BITS | (slot + 1);
}

uint32_t gc_conn_slot(gc_conn conn) {
    gc_assert(conn != GC_CONN_NONE);
    return (conn & SLOT_MASK) - 1;
}

void gc_connections_init(gc_connections *t, gc_arena *a, uint32_t capacity,
                         const gc_connection_clock *clock) {
    gc_assert(capacity <= GC_CONNECTIONS_MAX);
    t->items = gc_arena_take(a, capacity, sizeof *t->items);
    t->capacity = capacity;
    t->clock = *clock;
    gc_order_init(&t->free, a, capacity);
    gc_order_init(&t->ready, a, capacity);
    gc_order_init(&t->ended, a, capacity);
    gc_timers_init(&t->timers, a, capacity);
}

gc_conn gc_connections_conn(const gc_connections *t, uint32_t n) {
    gc_assert(n < t->touched);
    return handle_of(n, t->items[n].generation);
}

/* The slot of a handle that was never given out may be UINT32_MAX: it is above all that were
 * touched. */
uint32_t gc_connections_find(const gc_connections *t, gc_conn conn) {
    uint32_t n = conn == GC_CONN_NONE ? GC_SLOT_NONE : gc_conn_slot(conn);
    if (n >= t->touched || t->items[n].state == GC_CONNECTION_FREE ||
        gc_connections_conn(t, n) != conn) {
        return GC_SLOT_NONE;
    }
    return n;
}

/* The number of the slot that has been free for longest is the least likely to be remembered. Fresh
 * ones only when none is free, for their memory. */
uint32_t gc_connections_add(gc_connections *t, uint64_t now_ms, uint32_t address) {
    uint32_t n = gc_order_first(&t->free);
    if (n != GC_ORDER_END) {
        gc_order_remove(&t->free, n);
    } else {
        gc_assert(t->touched < t->capacity);
        n = t->touched++;
        gc_timers_add_owner(&t->timers, n);
    }
    gc_connection_start(&t->items[n], now_ms, address);
    t->count++;
    gc_connections_time(t, n);
    return n;
}

bool gc_connections_end(gc_connections *t, uint32_t n, uint64_t now_ms, uint32_t reason, bool now) {
    bool first = t->items[n].state != GC_CONNECTION_CLOSING;
    if (!gc_connection_end(&t->items[n], now_ms, reason, now)) {
        return false;
    }
    if (first) {
        gc_order_add(&t->ended, n);
    }
    gc_order_add(&t->ready, n);
    gc_connections_time(t, n);
    return true;
}

uint32_t gc_connections_take_ended(gc_connections *t) {
    uint32_t n = gc_order_first(&t->ended);
    if (n == GC_ORDER_END) {
        return GC_SLOT_NONE;
    }
    gc_order_remove(&t->ended, n);
    return n;
}

void gc_connections_free(gc_connections *t, uint32_t n) {
    gc_assert(!gc_order_has(&t->ended, n));
    gc_connection_free(&t->items[n]);
    gc_order_remove(&t->ready, n);
    gc_timers_set(&t->timers, n, GC_NEVER);
    gc_order_add(&t->free, n);
    t->count--;
}

void gc_connections_want(gc_connections *t, uint32_t n, uint8_t pending) {
    gc_connection_want(&t->items[n], pending);
    gc_order_add(&t->ready, n);
}

uint32_t gc_connections_take_output(gc_connections *t, gc_server_output *out) {
    uint32_t n = gc_order_first(&t->ready);
    if (n == GC_ORDER_END) {
        return GC_SLOT_NONE;
    }
    gc_connection_take_output(&t->items[n], out);
    if (t->items[n].pending == 0) {
        gc_order_remove(&t->ready, n);
    }
    out->conn = handle_of(n, t->items[n].generation);
    return n;
}

void gc_connections_time(gc_connections *t, uint32_t n) {
    gc_timers_set(&t->timers, n, gc_connection_deadline(&t->items[n], &t->clock));
}

bool gc_connections_due(gc_connections *t, uint64_t now_ms, uint32_t *n) {
    return gc_timers_due(&t->timers, now_ms, n);
}

void gc_connections_note_stall(gc_connections *t, uint64_t now_ms) {
    uint64_t due_ms = gc_timers_deadline(&t->timers);
    if (due_ms != GC_NEVER && now_ms > due_ms + GC_STALL_MS) {
        t->clock.awake_ms = now_ms;
    }
}

void gc_connections_stop(gc_connections *t) {
    t->clock.stopping = true;
}

uint64_t gc_connections_deadline(const gc_connections *t) {
    return gc_timers_deadline(&t->timers);
}

void gc_connections_check(const gc_connections *t) {
    uint32_t in_use = 0;
    for (uint32_t n = 0; n < t->touched; n++) {
        const gc_connection *c = &t->items[n];
        bool free = c->state == GC_CONNECTION_FREE;
        gc_assert(gc_order_has(&t->free, n) == free);
        gc_assert(c->pending == 0 || gc_order_has(&t->ready, n));
        gc_assert((gc_timers_get(&t->timers, n) == GC_NEVER) ==
                  (free || (c->state == GC_CONNECTION_CLOSING && c->now)));
        in_use += !free;
    }
    gc_assert(in_use == t->count && t->count <= t->capacity && t->ended.count == 0);
}
