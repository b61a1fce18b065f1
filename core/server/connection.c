#include "core/base/assert.h"
#include "core/server/inside.h"
#include "core/wire/websocket.h"

gc_conn gc__connection_handle(const gc_server *s, uint32_t n) {
    gc_assert(n < s->touched);
    return gc_conn_of(n, s->connections[n].generation);
}

uint32_t gc__connection_slot(const gc_server *s, gc_conn conn) {
    uint32_t n = conn == GC_CONN_NONE ? GC_SLOT_NONE : gc_conn_slot(conn);
    if (n >= s->touched || s->connections[n].state == GC_CONNECTION_FREE ||
        gc__connection_handle(s, n) != conn) {
        return GC_SLOT_NONE;
    }
    return n;
}

/* The slot that has been free for longest: its number is the least likely to be remembered. Fresh
 * ones only when none is free, for their memory. */
uint32_t gc__connection_make(gc_server *s, uint32_t address) {
    uint32_t n = gc_order_first(&s->free);
    if (n != GC_ORDER_END) {
        gc_order_remove(&s->free, n);
    } else {
        gc_assert(s->touched < s->config.connections_max);
        n = s->touched++;
        gc_timers_add_owner(&s->timers, n);
    }
    gc_connection *c = gc__connection_at(s, n);
    gc_assert(c->state == GC_CONNECTION_FREE);
    gc_connection_start(c, s->now_ms, address);
    s->connection_count++;
    gc__clock_set(s, n);
    return n;
}

void gc__connection_free(gc_server *s, uint32_t n) {
    gc_connection *c = gc__connection_at(s, n);
    gc_assert(c->state == GC_CONNECTION_CLOSING && c->room == GC_ROOM_NONE && c->queue.len == 0);
    gc_order_remove(&s->ready, n);
    gc_timers_set(&s->timers, n, GC_NEVER);
    if (c->address != GC_ADDRESS_NONE) {
        gc_addresses_remove(&s->addresses, c->address);
    }
    *c = (gc_connection){.generation = c->generation + 1};
    gc_order_add(&s->free, n);
    s->connection_count--;
}

void gc__connection_wake(gc_server *s, uint32_t n, uint8_t pending) {
    gc__connection_at(s, n)->pending |= pending;
    gc_order_add(&s->ready, n);
}

static void drop_queue(gc_server *s, uint32_t n) {
    gc_connection *c = gc__connection_at(s, n);
    s->stats.queued_bytes -= c->queue.len;
    gc_block_queue_clear(&s->pool, &c->queue);
    gc_order_remove(&s->unsent, n);
}

void gc__connection_end(gc_server *s, uint32_t n, uint32_t reason, bool now) {
    gc_connection *c = gc__connection_at(s, n);
    gc_assert(c->state != GC_CONNECTION_FREE);
    if (c->state != GC_CONNECTION_CLOSING) {
        if (c->state == GC_CONNECTION_WAITING) {
            gc__waiting_forget(s, n);
        } else if (c->state == GC_CONNECTION_OPEN) {
            gc_registry_remove(&s->registry, n);
        }
        c->state = GC_CONNECTION_CLOSING;
        c->reason = (uint8_t)reason;
        c->since_ms = s->now_ms;
        gc_order_add(&s->doomed, n);
    } else if (!now || c->now) {
        return;
    }
    if (now) {
        c->now = true;
        drop_queue(s, n);
    }
    gc__connection_wake(s, n, GC_PENDING_CLOSE);
    gc__clock_set(s, n);
}

void gc__connection_cut(gc_server *s, uint32_t n, uint32_t reason) {
    if (gc__connection_at(s, n)->state != GC_CONNECTION_CLOSING) {
        s->stats.cut_total[reason]++;
    }
    gc__connection_end(s, n, reason, true);
}

void gc__connection_offend(gc_server *s, uint32_t n) {
    const gc_connection *c = gc__connection_at(s, n);
    if (c->offends) {
        gc_addr from = gc_addresses_at(&s->addresses, c->address);
        gc_penalties_offend(s->penalties, s->now_ms, &from);
    }
}
