/* What must hold between two inputs, whatever came in. For the simulator, tests and fuzzers. */
#include "core/base/assert.h"
#include "core/gc_server.h"
#include "core/server/inside.h"

typedef struct tally {
    uint32_t connections, registered, members, counted, waiting;
    uint32_t unsent, blocks;
    uint64_t bytes;
} tally;

static void check_queue(const gc_server *s, uint32_t n, tally *t) {
    const gc_connection *c = &s->connections[n];
    gc_block_queue_check(&s->pool, &c->queue);
    gc_assert(gc_order_has(&s->unsent, n) == (c->queue.len > 0));
    gc_assert(c->queue.len == 0 || c->write_given || (c->pending & GC_PENDING_WRITE));
    gc_assert(c->pending == 0 || gc_order_has(&s->ready, n));
    t->unsent += c->queue.len > 0;
    t->blocks += c->queue.blocks;
    t->bytes += c->queue.len;
}

static void check_room(const gc_server *s, uint32_t n, tally *t) {
    const gc_connection *c = &s->connections[n];
    if (c->room == GC_ROOM_NONE) {
        return;
    }
    const gc_room *room = gc_rooms_at(&s->rooms, c->room);
    uint32_t found = 0;
    for (uint32_t i = 0; i < room->count; i++) {
        found += room->members[i] == n;
    }
    gc_assert(c->state == GC_CONNECTION_OPEN && found == 1);
    t->members++;
}

static void check_wait(const gc_server *s, uint32_t n, tally *t) {
    const gc_wait *w = &s->waits[n];
    const gc_identity *p = gc_registry_at(&s->registry, n);
    bool waiting = s->connections[n].state == GC_CONNECTION_WAITING;
    gc_assert((w->holder != 0) == waiting && (waiting || w->ice.len == 0));
    gc_assert(!waiting || gc_registry_at(&s->registry, w->holder - 1)->waiter == n + 1);
    gc_assert(p->waiter == 0 || s->waits[p->waiter - 1].holder == n + 1);
    t->blocks += w->ice.blocks;
    t->waiting += waiting;
}

static void check_connection(const gc_server *s, uint32_t n, tally *t) {
    const gc_connection *c = &s->connections[n];
    const gc_identity *p = gc_registry_at(&s->registry, n);
    bool open = c->state == GC_CONNECTION_OPEN;
    gc_assert(p->registered == open && (open || (!p->watching && p->waiter == 0)));
    if (open) {
        gc_assert(gc_registry_find(&s->registry, p->id_hash, gc_identity_id(p)) == n);
    }
    gc_assert((gc_timers_get(&s->timers, n) == GC_NEVER) ==
              (c->state == GC_CONNECTION_CLOSING && c->now));
    gc_assert(c->held_bytes <= GC_HELD_BYTES_PER_FROM_MAX);
    t->connections++;
    t->registered += p->registered;
    t->counted += c->address != GC_ADDRESS_NONE;
}

static void check_addresses(const gc_server *s, const tally *t) {
    uint32_t counted = 0;
    for (uint32_t i = 0; i < s->addresses.touched; i++) {
        counted += s->addresses.entries[i].count;
        gc_assert(s->addresses.entries[i].count <= s->config.per_address_max);
    }
    gc_assert(counted == t->counted);
}

void gc_server_check(const gc_server *s) {
    tally t = {0};
    for (uint32_t n = 0; n < s->touched; n++) {
        if (s->connections[n].state == GC_CONNECTION_FREE) {
            gc_assert(gc_order_has(&s->free, n) && s->connections[n].queue.blocks == 0);
            continue;
        }
        gc_assert(!gc_order_has(&s->free, n));
        check_connection(s, n, &t);
        check_queue(s, n, &t);
        check_room(s, n, &t);
        check_wait(s, n, &t);
    }
    gc_assert(t.connections == s->connection_count && t.connections <= s->config.connections_max);
    gc_assert(t.registered == s->registry.ids.count && t.registered <= s->config.concurrent_max);
    gc_assert(t.members == s->rooms.member_count && s->doomed.count == 0);
    gc_assert(t.unsent == s->unsent.count && t.bytes == s->stats.queued_bytes);
    gc_assert(t.blocks + s->held.blocks == s->pool.used && s->pool.used <= s->pool.capacity);
    gc_held_check(&s->held, &s->pool);
    check_addresses(s, &t);
    gc__datagrams_check(s->datagrams);
}
