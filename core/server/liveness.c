#include "core/server/liveness.h"

#include "core/base/assert.h"
#include "core/server/delivery.h"
#include "core/wire/websocket.h"

/* It may hear us although we do not hear it: as PeerServer, a close frame without a code. */
void gc__liveness_end_silent(gc_clients *cs, uint32_t n) {
    cs->stats.cut_total[GC_REASON_SILENT]++;
    gc__delivery_close(cs, n, 0, GC_REASON_SILENT);
}

static void on_open_due(gc_clients *cs, uint32_t n) {
    gc_connection *c = gc__clients_at(cs, n);
    const gc_connection_clock *clock = &cs->connections.clock;
    if (gc_connection_silent_ms(c, clock) <= cs->now_ms) {
        gc__liveness_end_silent(cs, n);
    } else if (gc_connection_ping_ms(c, clock) <= cs->now_ms) {
        gc_connection_pinged(c, cs->now_ms);
        gc__delivery_ping(cs, n);
    }
}

void gc__liveness_due(gc_clients *cs, uint32_t n) {
    gc_connection *c = gc__clients_at(cs, n);
    if (gc_connection_deadline(c, &cs->connections.clock) > cs->now_ms) {
        return; /* life since the timer was set, or a stall */
    }
    if (gc__clients_resume(cs, n)) {
        gc_send_queues_give_up(&cs->queues, n); /* its wait has taken too long */
        return;                                 /* another deadline fires at its own time */
    }
    switch (c->state) {
    case GC_CONNECTION_READING:
        cs->stats.rejected_total[GC_REASON_HANDSHAKE_TIMEOUT]++;
        if (!c->served) {
            gc__clients_offend(cs, n);
        }
        gc__clients_end(cs, n, GC_REASON_HANDSHAKE_TIMEOUT, true);
        break;
    case GC_CONNECTION_WAITING:
        /* The answer decides what happens next (core/server/admission.h). */
        gc_assert(gc_waits_holder(&cs->waits, n) != GC_WAIT_NONE);
        gc_connection_pinged(c, cs->now_ms);
        gc_connections_want(&cs->connections, gc_waits_holder(&cs->waits, n), GC_PENDING_MEASURE);
        break;
    case GC_CONNECTION_OPEN:
        on_open_due(cs, n);
        break;
    default:
        gc_assert(c->state == GC_CONNECTION_CLOSING);
        gc__clients_end(cs, n, c->reason, true);
        break;
    }
}

void gc__liveness_charge(gc_clients *cs, uint32_t n, uint32_t messages) {
    gc_connection *c = gc__clients_at(cs, n);
    if (gc_connection_charge(c, cs->config.rate_per_second, cs->now_ms, messages)) {
        gc__clients_pause(cs, n);
        cs->stats.throttled_total++;
    }
}
