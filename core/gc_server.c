/* Routes inputs to the nouns of core/proto, and merges outputs and deadlines. */
#include "core/gc_server.h"

#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/server/delivery.h"
#include "core/server/inside.h"
#include "core/server/liveness.h"
#include "core/wire/websocket.h"

/* --- inputs ----------------------------------------------------------------------------------- */

/* A clock that steps back is clamped: no deadline is ever met twice. */
static void at_time(gc_server *s, uint64_t now_ms) {
    if (now_ms > s->clients.now_ms) {
        s->clients.now_ms = now_ms;
    }
}

static uint32_t find(const gc_server *s, gc_conn conn) {
    return gc_connections_find(&s->clients.connections, conn);
}

static void wake(gc_server *s) {
    if (s->clients.queues.woken.count > 0) {
        gc__clients_wake(&s->clients);
    }
}

/* Each round ends at most the connections that it pushes to, and none ends twice. */
static void settle(gc_server *s) {
    for (;;) {
        uint32_t n = gc_connections_take_ended(&s->clients.connections);
        if (n == GC_SLOT_NONE) {
            break;
        }
        gc__room_leave(&s->rooms, n);
        uint32_t waiter = gc_registry_take_waiter(&s->clients.registry, n);
        if (waiter != GC_IDENTITY_NONE) {
            gc__admission_resume(&s->admission, waiter);
        }
    }
    wake(s);
}

static int refuse(gc_server *s, uint32_t why, uint32_t *reason) {
    s->clients.stats.rejected_total[why]++;
    *reason = why;
    return GC_E_REFUSED;
}

int gc_server_accept(gc_server *s, uint64_t now_ms, const gc_addr *from, gc_conn *conn,
                     uint32_t *reason) {
    at_time(s, now_ms);
    *conn = GC_CONN_NONE;
    if (s->clients.connections.clock.stopping) {
        return refuse(s, GC_REASON_SERVER_RESTART, reason);
    }
    if (from->family != 0 && !gc_penalties_admit(s->clients.penalties, s->clients.now_ms, from)) {
        return refuse(s, GC_REASON_ADDRESS_LIMIT, reason);
    }
    if (s->clients.connections.count >= s->clients.config.connections_max) {
        return refuse(s, GC_REASON_SERVER_FULL, reason);
    }
    uint32_t address = GC_ADDRESS_NONE;
    if (from->family != 0) {
        address = gc_addresses_add(&s->clients.addresses, from);
        if (address == GC_ADDRESS_NONE) {
            return refuse(s, GC_REASON_ADDRESS_LIMIT, reason);
        }
    }
    *reason = GC_REASON_NONE;
    uint32_t n = gc_connections_add(&s->clients.connections, s->clients.now_ms, address);
    *conn = gc_connections_conn(&s->clients.connections, n);
    s->clients.stats.connects_total++;
    return 0;
}

int gc_server_readdress(gc_server *s, uint64_t now_ms, gc_conn conn, const gc_addr *from,
                        uint32_t *reason) {
    at_time(s, now_ms);
    *reason = GC_REASON_NONE;
    uint32_t n = find(s, conn);
    if (n == GC_SLOT_NONE) {
        return GC_E_CLOSED;
    }
    gc_connection *c = gc__clients_at(&s->clients, n);
    if (c->address != GC_ADDRESS_NONE) {
        /* it may be the same address at its limit */
        gc_addresses_remove(&s->clients.addresses, c->address);
    }
    uint32_t address =
        from->family == 0 ? GC_ADDRESS_NONE : gc_addresses_add(&s->clients.addresses, from);
    gc_connection_readdress(c, address);
    if (from->family != 0 && address == GC_ADDRESS_NONE) {
        return refuse(s, GC_REASON_ADDRESS_LIMIT, reason);
    }
    return 0;
}

void gc_server_offend(gc_server *s, uint64_t now_ms, gc_conn conn) {
    at_time(s, now_ms);
    uint32_t n = find(s, conn);
    if (n != GC_SLOT_NONE) {
        gc__clients_offend(&s->clients, n);
    }
}

void gc_server_request_done(gc_server *s, uint64_t now_ms, gc_conn conn) {
    at_time(s, now_ms);
    uint32_t n = find(s, conn);
    if (n != GC_SLOT_NONE && gc__clients_at(&s->clients, n)->state == GC_CONNECTION_READING) {
        gc_connection_serve(gc__clients_at(&s->clients, n), s->clients.now_ms);
        gc_connections_time(&s->clients.connections, n);
    }
}

int gc_server_open(gc_server *s, uint64_t now_ms, gc_conn conn, const gc_server_open_request *r) {
    at_time(s, now_ms);
    uint32_t n = find(s, conn);
    if (n == GC_SLOT_NONE || gc__clients_at(&s->clients, n)->state != GC_CONNECTION_READING) {
        return GC_E_STATE;
    }
    gc_assert(r->response_head.len <= GC_HEAD_101_MAX);
    gc_assert(r->ice_servers.len <= GC_ICE_BYTES_MAX);
    gc__admission_open(&s->admission, n, r);
    settle(s);
    return 0;
}

static void on_close_frame(gc_server *s, uint32_t n, uint16_t code) {
    gc__delivery_close(&s->clients, n, code == GC_WS_NO_CODE ? 0 : code, GC_REASON_LEFT);
}

static void on_frame(gc_server *s, uint32_t n, gc_connection *c, uint8_t opcode, gc_span data,
                     uint16_t code) {
    if (opcode == GC_WS_CLOSE) {
        on_close_frame(s, n, code);
        return;
    }
    gc_connection_heard(c, s->clients.now_ms);
    bool answers = opcode == GC_WS_PONG && gc__delivery_answered(&s->clients, n, data);
    if (c->state == GC_CONNECTION_OPEN && !answers) {
        /* The answer to a mark may have been on its way before somebody asked for this id. */
        gc__admission_alive(&s->admission, n);
        gc__liveness_charge(&s->clients, n, 1);
    }
    if (opcode == GC_WS_PING) {
        gc__delivery_send(&s->clients, n, GC_WS_PONG, &data, 1);
    } else if (opcode != GC_WS_PONG && c->state == GC_CONNECTION_OPEN) {
        /* A client that still waits for its id may send HEARTBEATs: nothing to do. */
        gc__relay_message(&s->relay, n, data);
    }
}

int gc_server_frame(gc_server *s, uint64_t now_ms, gc_conn conn, uint8_t opcode, gc_span data,
                    uint16_t code) {
    at_time(s, now_ms);
    uint32_t n = find(s, conn);
    if (n == GC_SLOT_NONE) {
        return GC_E_CLOSED;
    }
    gc_connection *c = gc__clients_at(&s->clients, n);
    if (c->state == GC_CONNECTION_READING) {
        return GC_E_STATE;
    }
    if (data.len > s->clients.config.message_bytes_max) {
        return gc_server_bad_frame(s, now_ms, conn, GC_WS_TOO_BIG, GC_REASON_TOO_BIG);
    }
    if (c->state != GC_CONNECTION_CLOSING) {
        on_frame(s, n, c, opcode, data, code);
        settle(s);
    }
    return 0;
}

void gc_server_charge(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t messages) {
    at_time(s, now_ms);
    uint32_t n = find(s, conn);
    if (n != GC_SLOT_NONE) {
        gc__liveness_charge(&s->clients, n, messages);
    }
}

int gc_server_bad_frame(gc_server *s, uint64_t now_ms, gc_conn conn, uint16_t close_code,
                        uint32_t reason) {
    at_time(s, now_ms);
    uint32_t n = find(s, conn);
    if (n == GC_SLOT_NONE) {
        return GC_E_CLOSED;
    }
    gc_assert(reason < GC_REASON_COUNT);
    if (gc__clients_at(&s->clients, n)->state != GC_CONNECTION_CLOSING) {
        s->clients.stats.cut_total[reason]++;
        gc__clients_offend(&s->clients, n);
        gc__delivery_close(&s->clients, n, close_code, reason);
        settle(s);
    }
    return 0;
}

void gc_server_sent(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t bytes) {
    at_time(s, now_ms);
    uint32_t n = find(s, conn);
    if (n != GC_SLOT_NONE && bytes > 0) {
        gc_send_queues_sent(&s->clients.queues, n, bytes);
        wake(s);
    }
}

void gc_server_measured(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t packets) {
    at_time(s, now_ms);
    uint32_t n = find(s, conn);
    if (n != GC_SLOT_NONE) {
        gc__admission_measured(&s->admission, n, packets);
        settle(s);
    }
}

/* An end that the host saw before us is counted by its kind: a refusal, or the cut of an open
 * client. */
static void count_close(gc_server *s, const gc_connection *c, uint32_t reason) {
    if (reason == GC_REASON_NONE || reason == GC_REASON_GONE || reason == GC_REASON_LEFT) {
        return;
    }
    if (c->state == GC_CONNECTION_READING) {
        s->clients.stats.rejected_total[reason]++;
    } else if (c->state != GC_CONNECTION_CLOSING) {
        s->clients.stats.cut_total[reason]++;
    }
}

void gc_server_close(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t reason) {
    at_time(s, now_ms);
    uint32_t n = find(s, conn);
    if (n == GC_SLOT_NONE) {
        return;
    }
    gc_assert(reason < GC_REASON_COUNT);
    count_close(s, gc__clients_at(&s->clients, n), reason);
    gc__clients_end(&s->clients, n, reason, true);
    settle(s);
    gc__clients_free(&s->clients, n);
}

void gc_server_datagram(gc_server *s, uint64_t now_ms, uint32_t socket, const gc_addr *from,
                        gc_span bytes) {
    at_time(s, now_ms);
    gc__datagrams_handle(s->datagrams, s->clients.now_ms, socket, from, bytes);
}

void gc_server_shutdown(gc_server *s, uint64_t now_ms) {
    at_time(s, now_ms);
    gc_connections_stop(&s->clients.connections);
    for (uint32_t n = 0; n < s->clients.connections.touched; n++) {
        uint8_t state = gc__clients_at(&s->clients, n)->state;
        if (state == GC_CONNECTION_READING) {
            gc__clients_end(&s->clients, n, GC_REASON_SERVER_RESTART, true);
        } else if (state == GC_CONNECTION_OPEN || state == GC_CONNECTION_WAITING) {
            gc__delivery_close(&s->clients, n, GC_WS_RESTART, GC_REASON_SERVER_RESTART);
        } else if (state == GC_CONNECTION_CLOSING) {
            gc_connections_time(&s->clients.connections, n);
        }
    }
    settle(s);
}

/* Settles after each connection, so that a client that waits for an id gets it before the next
 * deadline is looked at. */
static void tick_connections(gc_server *s) {
    uint32_t n;
    gc_connections_note_stall(&s->clients.connections, s->clients.now_ms);
    while (gc_connections_due(&s->clients.connections, s->clients.now_ms, &n)) {
        gc__liveness_due(&s->clients, n);
        settle(s);
        gc_connections_time(&s->clients.connections, n);
    }
}

void gc_server_tick(gc_server *s, uint64_t now_ms) {
    at_time(s, now_ms);
    tick_connections(s);
    gc__relay_tick(&s->relay);
    settle(s);
    gc_assert(gc_server_deadline(s) > s->clients.now_ms); /* else the host would spin */
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
        uint32_t n = gc_connections_take_output(&s->clients.connections, out);
        if (n == GC_SLOT_NONE) {
            *out = (gc_server_output){.type = GC_SERVER_IDLE};
            return s->datagrams->count > 0 && poll_datagram(s, out);
        }
        if (out->type != GC_SERVER_WRITE || gc_send_queues_give(&s->clients.queues, n)) {
            return true;
        }
    }
}

uint32_t gc_server_unsent(const gc_server *s, gc_conn conn, gc_span *spans, uint32_t max) {
    uint32_t n = find(s, conn);
    if (n == GC_SLOT_NONE) {
        return 0;
    }
    return gc_send_queues_spans(&s->clients.queues, n, spans, max);
}

uint64_t gc_server_deadline(const gc_server *s) {
    uint64_t a = gc_connections_deadline(&s->clients.connections);
    uint64_t b = gc_held_deadline(&s->relay.held);
    return a < b ? a : b;
}
