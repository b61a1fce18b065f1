/* Routes inputs to the nouns of core/proto, and merges outputs and deadlines. */
#include "core/gc_server.h"

#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/server/inside.h"
#include "core/wire/websocket.h"

/* --- inputs ----------------------------------------------------------------------------------- */

/* A clock that steps back is clamped: no deadline is ever met twice. */
static void at_time(gc_server *s, uint64_t now_ms) {
    if (now_ms > s->now_ms) {
        s->now_ms = now_ms;
    }
}

/* Each round ends at most the connections that it pushes to, and none ends twice. */
static void settle(gc_server *s) {
    for (;;) {
        uint32_t n = gc_order_first(&s->doomed);
        if (n == GC_ORDER_END) {
            return;
        }
        gc_order_remove(&s->doomed, n);
        gc__room_leave(s, n);
        uint32_t waiter = gc_registry_take_waiter(&s->registry, n);
        if (waiter != GC_IDENTITY_NONE) {
            gc__admission_resume(s, waiter);
        }
    }
}

static int refuse(gc_server *s, uint32_t why, uint32_t *reason) {
    s->stats.rejected_total[why]++;
    *reason = why;
    return GC_E_REFUSED;
}

int gc_server_accept(gc_server *s, uint64_t now_ms, const gc_addr *from, gc_conn *conn,
                     uint32_t *reason) {
    at_time(s, now_ms);
    *conn = GC_CONN_NONE;
    if (s->clock.stopping) {
        return refuse(s, GC_REASON_SERVER_RESTART, reason);
    }
    if (from->family != 0 && !gc_penalties_admit(s->penalties, s->now_ms, from)) {
        return refuse(s, GC_REASON_ADDRESS_LIMIT, reason);
    }
    if (s->connection_count >= s->config.connections_max) {
        return refuse(s, GC_REASON_SERVER_FULL, reason);
    }
    uint32_t address = GC_ADDRESS_NONE;
    if (from->family != 0) {
        address = gc_addresses_add(&s->addresses, from);
        if (address == GC_ADDRESS_NONE) {
            return refuse(s, GC_REASON_ADDRESS_LIMIT, reason);
        }
    }
    *reason = GC_REASON_NONE;
    *conn = gc__connection_handle(s, gc__connection_make(s, address));
    s->stats.connects_total++;
    return 0;
}

int gc_server_readdress(gc_server *s, uint64_t now_ms, gc_conn conn, const gc_addr *from,
                        uint32_t *reason) {
    at_time(s, now_ms);
    *reason = GC_REASON_NONE;
    uint32_t n = gc__connection_slot(s, conn);
    if (n == GC_SLOT_NONE) {
        return GC_E_CLOSED;
    }
    gc_connection *c = gc__connection_at(s, n);
    uint32_t before = c->address;
    c->offends = false; /* who may connect how often is the proxy's business */
    if (before != GC_ADDRESS_NONE) {
        gc_addresses_remove(&s->addresses, before); /* it may be the same address at its limit */
    }
    c->address = from->family == 0 ? GC_ADDRESS_NONE : gc_addresses_add(&s->addresses, from);
    if (from->family != 0 && c->address == GC_ADDRESS_NONE) {
        return refuse(s, GC_REASON_ADDRESS_LIMIT, reason);
    }
    return 0;
}

void gc_server_offend(gc_server *s, uint64_t now_ms, gc_conn conn) {
    at_time(s, now_ms);
    uint32_t n = gc__connection_slot(s, conn);
    if (n != GC_SLOT_NONE) {
        gc__connection_offend(s, n);
    }
}

void gc_server_request_done(gc_server *s, uint64_t now_ms, gc_conn conn) {
    at_time(s, now_ms);
    uint32_t n = gc__connection_slot(s, conn);
    if (n != GC_SLOT_NONE && gc__connection_at(s, n)->state == GC_CONNECTION_READING) {
        gc__connection_at(s, n)->since_ms = s->now_ms;
        gc__connection_at(s, n)->served = true;
        gc__clock_set(s, n);
    }
}

int gc_server_open(gc_server *s, uint64_t now_ms, gc_conn conn, const gc_server_open_request *r) {
    at_time(s, now_ms);
    uint32_t n = gc__connection_slot(s, conn);
    if (n == GC_SLOT_NONE || gc__connection_at(s, n)->state != GC_CONNECTION_READING) {
        return GC_E_STATE;
    }
    gc_assert(r->response_head.len <= GC_HEAD_101_MAX);
    gc_assert(r->ice_servers.len <= GC_ICE_BYTES_MAX);
    gc__admission_open(s, n, r);
    settle(s);
    return 0;
}

static void on_close_frame(gc_server *s, uint32_t n, uint16_t code) {
    gc__delivery_close(s, n, code == GC_WS_NO_CODE ? 0 : code, GC_REASON_LEFT);
}

static void on_frame(gc_server *s, uint32_t n, uint8_t opcode, gc_span data, uint16_t code) {
    if (opcode == GC_WS_CLOSE) {
        on_close_frame(s, n, code);
        return;
    }
    const gc_connection *c = gc__connection_at(s, n);
    gc__liveness_sign(s, n);
    if (c->state == GC_CONNECTION_OPEN) {
        gc__admission_alive(s, n);
        gc__liveness_charge(s, n, 1);
    }
    if (opcode == GC_WS_PING) {
        gc__delivery_send(s, n, GC_WS_PONG, &data, 1);
    } else if (opcode != GC_WS_PONG && c->state == GC_CONNECTION_OPEN) {
        /* A client that still waits for its id may send HEARTBEATs: nothing to do. */
        gc__relay_message(s, n, data);
    }
}

int gc_server_frame(gc_server *s, uint64_t now_ms, gc_conn conn, uint8_t opcode, gc_span data,
                    uint16_t code) {
    at_time(s, now_ms);
    uint32_t n = gc__connection_slot(s, conn);
    if (n == GC_SLOT_NONE) {
        return GC_E_CLOSED;
    }
    uint8_t state = gc__connection_at(s, n)->state;
    if (state == GC_CONNECTION_READING) {
        return GC_E_STATE;
    }
    if (data.len > s->config.message_bytes_max) {
        return gc_server_bad_frame(s, now_ms, conn, GC_WS_TOO_BIG, GC_REASON_TOO_BIG);
    }
    if (state != GC_CONNECTION_CLOSING) {
        on_frame(s, n, opcode, data, code);
        settle(s);
    }
    return 0;
}

int gc_server_bad_frame(gc_server *s, uint64_t now_ms, gc_conn conn, uint16_t close_code,
                        uint32_t reason) {
    at_time(s, now_ms);
    uint32_t n = gc__connection_slot(s, conn);
    if (n == GC_SLOT_NONE) {
        return GC_E_CLOSED;
    }
    gc_assert(reason < GC_REASON_COUNT);
    if (gc__connection_at(s, n)->state != GC_CONNECTION_CLOSING) {
        s->stats.cut_total[reason]++;
        gc__connection_offend(s, n);
        gc__delivery_close(s, n, close_code, reason);
        settle(s);
    }
    return 0;
}

void gc_server_sent(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t bytes) {
    at_time(s, now_ms);
    uint32_t n = gc__connection_slot(s, conn);
    if (n == GC_SLOT_NONE || bytes == 0) {
        return;
    }
    gc_connection *c = gc__connection_at(s, n);
    gc_assert(bytes <= c->queue.len);
    gc_block_queue_drop(&s->pool, &c->queue, bytes);
    s->stats.queued_bytes -= bytes;
    c->took_ms = s->now_ms;
    if (c->queue.len == 0) {
        gc_order_remove(&s->unsent, n); /* a little progress does not make a reader quick */
        c->write_given = false;
    }
}

/* An end that the host saw before us is counted as what it was: refused, or an open client cut. */
static void count_close(gc_server *s, const gc_connection *c, uint32_t reason) {
    if (reason == GC_REASON_NONE || reason == GC_REASON_GONE || reason == GC_REASON_LEFT) {
        return;
    }
    if (c->state == GC_CONNECTION_READING) {
        s->stats.rejected_total[reason]++;
    } else if (c->state != GC_CONNECTION_CLOSING) {
        s->stats.cut_total[reason]++;
    }
}

void gc_server_close(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t reason) {
    at_time(s, now_ms);
    uint32_t n = gc__connection_slot(s, conn);
    if (n == GC_SLOT_NONE) {
        return;
    }
    gc_assert(reason < GC_REASON_COUNT);
    count_close(s, gc__connection_at(s, n), reason);
    gc__connection_end(s, n, reason, true);
    settle(s);
    gc__connection_free(s, n);
}

void gc_server_datagram(gc_server *s, uint64_t now_ms, uint32_t socket, const gc_addr *from,
                        gc_span bytes) {
    at_time(s, now_ms);
    gc__datagrams_handle(s->datagrams, s->now_ms, socket, from, bytes);
}

void gc_server_shutdown(gc_server *s, uint64_t now_ms) {
    at_time(s, now_ms);
    s->clock.stopping = true;
    for (uint32_t n = 0; n < s->touched; n++) {
        uint8_t state = gc__connection_at(s, n)->state;
        if (state == GC_CONNECTION_READING) {
            gc__connection_end(s, n, GC_REASON_SERVER_RESTART, true);
        } else if (state == GC_CONNECTION_OPEN || state == GC_CONNECTION_WAITING) {
            gc__delivery_close(s, n, GC_WS_RESTART, GC_REASON_SERVER_RESTART);
        } else if (state == GC_CONNECTION_CLOSING) {
            gc__clock_set(s, n);
        }
    }
    settle(s);
}

/* Settles after each connection, so that a client that waits for an id gets it before the next
 * deadline is looked at. */
static void tick_connections(gc_server *s) {
    uint32_t n;
    gc__clock_wake(s);
    while (gc_timers_due(&s->timers, s->now_ms, &n)) {
        gc__liveness_due(s, n);
        settle(s);
        gc__clock_set(s, n);
    }
}

void gc_server_tick(gc_server *s, uint64_t now_ms) {
    at_time(s, now_ms);
    tick_connections(s);
    gc__relay_tick(s);
    settle(s);
    gc_assert(gc_server_deadline(s) > s->now_ms); /* else the host would spin */
}

/* --- outputs ---------------------------------------------------------------------------------- */

static bool poll_datagram(gc_server *s, gc_server_output *out) {
    bool taken = gc__datagrams_next(s->datagrams, out);
    if (taken) {
        out->type = GC_SERVER_DATAGRAM;
    }
    return taken;
}

bool gc_server_poll(gc_server *s, gc_server_output *out) {
    *out = (gc_server_output){.type = GC_SERVER_IDLE};
    for (;;) {
        uint32_t n = gc_order_first(&s->ready);
        if (n == GC_ORDER_END) {
            return s->datagrams->count > 0 && poll_datagram(s, out);
        }
        gc_connection *c = gc__connection_at(s, n);
        bool taken = c->pending != 0 && gc_connection_take_output(c, out);
        if (c->pending == 0) {
            gc_order_remove(&s->ready, n);
        }
        if (taken) {
            out->conn = gc__connection_handle(s, n);
            return true;
        }
    }
}

uint32_t gc_server_unsent(const gc_server *s, gc_conn conn, gc_span *spans, uint32_t max) {
    uint32_t n = gc__connection_slot(s, conn);
    if (n == GC_SLOT_NONE) {
        return 0;
    }
    return gc_block_queue_spans(&s->pool, &s->connections[n].queue, spans, max);
}

uint64_t gc_server_deadline(const gc_server *s) {
    uint64_t a = gc_timers_deadline(&s->timers);
    uint64_t b = gc_held_deadline(&s->held);
    return a < b ? a : b;
}
