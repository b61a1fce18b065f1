/* The invariants that hold between two inputs, whatever came in. For the simulator, tests and
 * fuzzers. */
#include "core/base/assert.h"
#include "core/gc_server.h"
#include "core/server/inside.h"

typedef struct tally {
    uint32_t registered, members, counted, blocks;
} tally;

static const gc_connection *at(const gc_server *s, uint32_t n) {
    return gc__clients_at(&s->clients, n);
}

/* The host writes the unsent bytes, or an output that asks for it is pending. */
static void check_queue(const gc_server *s, uint32_t n) {
    const gc_send_queue *q = &s->clients.queues.items[n];
    gc_assert(q->bytes.len == 0 || q->given || (at(s, n)->pending & GC_PENDING_WRITE));
}

static void check_room(const gc_server *s, uint32_t n, tally *t) {
    const gc_connection *c = at(s, n);
    if (c->room == GC_ROOM_NONE) {
        return;
    }
    const gc_room *room = gc_rooms_at(&s->rooms.rooms, c->room);
    uint32_t found = 0;
    for (uint32_t i = 0; i < room->count; i++) {
        found += room->members[i] == n;
    }
    gc_assert(c->state == GC_CONNECTION_OPEN && found == 1);
    t->members++;
}

static void check_wait(const gc_server *s, uint32_t n, tally *t) {
    const gc_wait *w = gc_waits_at(&s->clients.waits, n);
    const gc_identity *p = gc_registry_at(&s->clients.registry, n);
    bool waiting = at(s, n)->state == GC_CONNECTION_WAITING;
    gc_assert((w->holder != 0) == waiting && (waiting || w->ice.len == 0));
    gc_assert(!waiting || gc_registry_at(&s->clients.registry, w->holder - 1)->waiter == n + 1);
    gc_assert(p->waiter == 0 || gc_waits_holder(&s->clients.waits, p->waiter - 1) == n);
    t->blocks += w->ice.blocks;
}

static void check_connection(const gc_server *s, uint32_t n, tally *t) {
    const gc_connection *c = at(s, n);
    const gc_identity *p = gc_registry_at(&s->clients.registry, n);
    bool open = c->state == GC_CONNECTION_OPEN;
    gc_assert(p->registered == open && (open || (!p->watching && p->waiter == 0)));
    if (open) {
        gc_assert(gc_registry_find(&s->clients.registry, p->id_hash, gc_identity_id(p)) == n);
    }
    gc_assert(c->held_bytes <= GC_HELD_BYTES_PER_FROM_MAX);
    t->registered += p->registered;
    t->counted += c->address != GC_ADDRESS_NONE;
}

static void check_addresses(const gc_server *s, const tally *t) {
    uint32_t counted = 0;
    for (uint32_t i = 0; i < s->clients.addresses.touched; i++) {
        counted += s->clients.addresses.entries[i].count;
        gc_assert(s->clients.addresses.entries[i].count <= s->clients.config.per_address_max);
    }
    gc_assert(counted == t->counted);
}

void gc_server_check(const gc_server *s) {
    const gc_clients *cs = &s->clients;
    tally t = {0};
    for (uint32_t n = 0; n < cs->connections.touched; n++) {
        check_queue(s, n);
        if (at(s, n)->state != GC_CONNECTION_FREE) {
            check_connection(s, n, &t);
            check_room(s, n, &t);
            check_wait(s, n, &t);
        } else {
            gc_assert(gc_send_queues_len(&cs->queues, n) == 0);
        }
    }
    gc_connections_check(&cs->connections);
    t.blocks += gc_send_queues_check(&cs->queues, cs->connections.touched);
    gc_assert(t.registered == cs->registry.ids.count && t.registered <= cs->config.concurrent_max);
    gc_assert(t.members == s->rooms.rooms.member_count);
    gc_assert(t.blocks + s->relay.held.blocks == cs->pool.used &&
              cs->pool.used <= cs->pool.capacity);
    gc_held_check(&s->relay.held, &cs->pool);
    check_addresses(s, &t);
    gc__datagrams_check(s->datagrams);
}
