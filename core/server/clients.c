#include "core/server/clients.h"

#include "core/base/assert.h"

static void stop_waiting(gc_clients *cs, uint32_t n) {
    uint32_t holder = gc_waits_forget(&cs->waits, n);
    if (holder != GC_WAIT_NONE && gc_registry_at(&cs->registry, holder)->waiter == n + 1) {
        gc_registry_set_waiter(&cs->registry, holder, GC_IDENTITY_NONE);
    }
}

void gc__clients_end(gc_clients *cs, uint32_t n, uint32_t reason, bool now) {
    const gc_connection *c = gc__clients_at(cs, n);
    if (c->state == GC_CONNECTION_WAITING) {
        stop_waiting(cs, n);
    } else if (c->state == GC_CONNECTION_OPEN) {
        gc_registry_remove(&cs->registry, n);
    }
    if (gc_connections_end(&cs->connections, n, cs->now_ms, reason, now) && now) {
        gc_send_queues_drop(&cs->queues, n);
    }
}

void gc__clients_cut(gc_clients *cs, uint32_t n, uint32_t reason) {
    if (gc__clients_at(cs, n)->state != GC_CONNECTION_CLOSING) {
        cs->stats.cut_total[reason]++;
    }
    gc__clients_end(cs, n, reason, true);
}

void gc__clients_free(gc_clients *cs, uint32_t n) {
    uint32_t address = gc__clients_at(cs, n)->address;
    gc_assert(gc_send_queues_len(&cs->queues, n) == 0); /* dropped: nothing waits at all */
    gc_connections_free(&cs->connections, n);
    if (address != GC_ADDRESS_NONE) {
        gc_addresses_remove(&cs->addresses, address);
    }
}

/* The server does not see the answers of n meanwhile, so it does not wait for them. */
void gc__clients_pause(gc_clients *cs, uint32_t n) {
    gc_send_queues_hear(&cs->queues, n, false);
    gc_connections_want(&cs->connections, n, GC_PENDING_PAUSE | GC_PENDING_WRITE);
    gc_connections_time(&cs->connections, n);
}

bool gc__clients_resume(gc_clients *cs, uint32_t n) {
    bool resumed = gc_connection_resume(gc__clients_at(cs, n), cs->now_ms);
    if (resumed) {
        gc_send_queues_hear(&cs->queues, n, true);
        gc_connections_want(&cs->connections, n, GC_PENDING_RESUME);
    }
    return resumed;
}

void gc__clients_wake(gc_clients *cs) {
    uint32_t n;
    while ((n = gc_send_queues_take_woken(&cs->queues)) != GC_STALL_NONE) {
        gc_connection_unstall(gc__clients_at(cs, n));
        gc__clients_resume(cs, n);
        gc_connections_time(&cs->connections, n);
    }
}

void gc__clients_offend(gc_clients *cs, uint32_t n) {
    const gc_connection *c = gc__clients_at(cs, n);
    if (c->offends) {
        gc_addr from = gc_addresses_at(&cs->addresses, c->address);
        gc_penalties_offend(cs->penalties, cs->now_ms, &from);
    }
}
