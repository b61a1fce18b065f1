#include "test/unit/server_inside.h"

#include "core/server/inside.h"

uint32_t server_slots_touched(const gc_server *s) {
    return s->clients.connections.touched;
}

void server_loses_an_id(gc_server *s) {
    gc_registry_remove(&s->clients.registry, 0);
}

void server_loses_a_block(gc_server *s) {
    s->clients.pool.used--;
}

void server_loses_a_byte(gc_server *s) {
    s->clients.queues.items[0].bytes.len--;
}

void server_loses_a_timer(gc_server *s) {
    gc_timers_set(&s->clients.connections.timers, 0, GC_NEVER);
}

void server_loses_a_room(gc_server *s) {
    s->clients.connections.items[0].room = GC_ROOM_NONE;
}

void server_loses_a_waiter(gc_server *s) {
    gc_registry_at(&s->clients.registry, 1)->waiter = 0;
}

void server_loses_unsent_bytes(gc_server *s) {
    gc_order_remove(&s->clients.queues.unsent, 0);
}

void server_loses_a_write(gc_server *s) {
    s->clients.queues.items[0].given = false;
    s->clients.connections.items[0].pending = 0;
}

void server_loses_a_held_message(gc_server *s) {
    s->relay.held.count--;
}

void server_loses_an_address(gc_server *s) {
    gc_addresses_remove(&s->clients.addresses, s->clients.connections.items[0].address);
}

void server_counts_one_connection_too_many(gc_server *s) {
    s->clients.connections.count++;
}

void server_forgets_to_settle(gc_server *s) {
    gc_order_add(&s->clients.connections.ended, 0);
}
