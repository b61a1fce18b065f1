#include "test/unit/server_inside.h"

#include "core/server/inside.h"

uint32_t server_slots_touched(const gc_server *s) {
    return s->touched;
}

uint32_t server_slow_ms(void) {
    return GC_SLOW_MS;
}

void server_loses_an_id(gc_server *s) {
    gc_registry_remove(&s->registry, 0);
}

void server_loses_a_block(gc_server *s) {
    s->pool.used--;
}

void server_loses_a_byte(gc_server *s) {
    s->connections[0].queue.len--;
}

void server_loses_a_timer(gc_server *s) {
    gc_timers_set(&s->timers, 0, GC_NEVER);
}

void server_loses_a_room(gc_server *s) {
    s->connections[0].room = GC_ROOM_NONE;
}

void server_loses_a_waiter(gc_server *s) {
    gc_registry_at(&s->registry, 1)->waiter = 0;
}

void server_loses_unsent_bytes(gc_server *s) {
    gc_order_remove(&s->unsent, 0);
}

void server_loses_a_write(gc_server *s) {
    s->connections[0].write_given = false;
    s->connections[0].pending = 0;
}

void server_loses_a_held_message(gc_server *s) {
    s->held.count--;
}

void server_loses_an_address(gc_server *s) {
    gc_addresses_remove(&s->addresses, s->connections[0].address);
}

void server_counts_one_connection_too_many(gc_server *s) {
    s->connection_count++;
}

void server_forgets_to_settle(gc_server *s) {
    gc_order_add(&s->doomed, 0);
}
