#include "core/server/delivery.h"

#include "core/wire/websocket.h"

/* The sender, for each address, of all texts about clients that come and go: not a slot. */
#define NEWS UINT32_MAX

/* Cuts the slowest reader, or n when nobody else has unsent bytes. Returns false when n was cut.
 * Clients that keep reading are at the end of the order or not in it, so the victim is always the
 * slowest reader. Each cut frees at least one block, so loops over this end. */
static bool cut_slowest(gc_clients *cs, uint32_t n) {
    uint32_t victim = gc_send_queues_slowest(&cs->queues);
    if (victim == GC_ORDER_END) {
        victim = n;
    }
    gc__clients_cut(cs, victim, GC_REASON_MEMORY);
    return victim != n;
}

/* Makes room in the pool for this many bytes more at the end of q, a queue of n: cuts the slowest
 * readers until they fit. Returns false when n was cut. */
static bool make_room(gc_clients *cs, const gc_block_queue *q, uint32_t n, uint32_t bytes) {
    while (!gc_block_queue_fits(&cs->pool, q, bytes)) {
        if (!cut_slowest(cs, n)) {
            return false;
        }
    }
    return true;
}

/* Makes room for the server's own messages to n. */
static bool has_memory(gc_clients *cs, uint32_t n, uint32_t bytes) {
    return make_room(cs, gc_send_queues_at(&cs->queues, n, GC_WAY_QUICK), n, bytes);
}

static bool may_queue(gc_clients *cs, uint32_t n, uint32_t bytes) {
    const gc_connection *c = gc__clients_at(cs, n);
    if (c->state != GC_CONNECTION_OPEN && c->state != GC_CONNECTION_WAITING) {
        return false;
    }
    if (gc_send_queues_overflow(&cs->queues, n, bytes)) {
        gc__clients_cut(cs, n, GC_REASON_SLOW);
        return false;
    }
    return has_memory(cs, n, bytes);
}

static void want_write(gc_clients *cs, uint32_t n, bool told) {
    if (told) {
        gc_connections_want(&cs->connections, n, GC_PENDING_WRITE);
    }
}

static void pause_until_room(gc_clients *cs, uint32_t n) {
    gc_connection_stall(gc__clients_at(cs, n), cs->now_ms + GC_STALL_MS_MAX);
    gc__clients_pause(cs, n);
}

/* Stops reading a client for a while that gets more answers than it reads, so that a burst of its
 * own does not get it cut. */
bool gc__delivery_send(gc_clients *cs, uint32_t n, uint8_t opcode, const gc_span *parts,
                       uint32_t count) {
    uint32_t bytes = gc_frame_bytes(parts, count);
    if (!may_queue(cs, n, bytes)) {
        return false;
    }
    want_write(cs, n, gc_send_queues_put_frame(&cs->queues, n, opcode, parts, count, bytes));
    if (gc__clients_at(cs, n)->state == GC_CONNECTION_OPEN &&
        gc_send_queues_stall_own(&cs->queues, n)) {
        pause_until_room(cs, n);
    }
    return true;
}

bool gc__delivery_send_text(gc_clients *cs, uint32_t n, const gc_server_text *t) {
    return gc__delivery_send(cs, n, GC_WS_TEXT, t->parts, t->count);
}

bool gc__delivery_mark(gc_clients *cs, uint32_t n) {
    bool may = may_queue(cs, n, GC_MARK_FRAME_BYTES);
    if (may) {
        want_write(cs, n, gc_send_queues_put_mark(&cs->queues, n));
    }
    return may;
}

bool gc__delivery_ping(gc_clients *cs, uint32_t n) {
    bool may = may_queue(cs, n, GC_WS_CONTROL_BYTES_MAX);
    if (may) {
        want_write(cs, n, gc_send_queues_put_ping(&cs->queues, n));
    }
    return may;
}

bool gc__delivery_answered(gc_clients *cs, uint32_t n, gc_span payload) {
    bool answered = gc_send_queues_answer(&cs->queues, n, payload);
    want_write(cs, n, answered);
    return answered;
}

bool gc__delivery_send_raw(gc_clients *cs, uint32_t n, gc_span bytes) {
    if (!may_queue(cs, n, bytes.len)) {
        return false;
    }
    want_write(cs, n, gc_send_queues_put_raw(&cs->queues, n, bytes));
    return true;
}

/* Stops reading `from` until there is room, if its last message has filled its lane at n. */
static void stall(gc_clients *cs, uint32_t n, uint32_t lane, uint32_t from) {
    if (gc__clients_at(cs, from)->state == GC_CONNECTION_OPEN &&
        gc_send_queues_stall(&cs->queues, n, lane, from)) {
        pause_until_room(cs, from);
    }
}

/* Queues a text for n that `from` causes; who: the sender whose lane it takes. A client without a
 * counted address shares nothing with others: it is its own address. */
static uint32_t queue_for(gc_clients *cs, uint32_t n, uint32_t from, uint32_t who,
                          const gc_server_text *t, uint32_t bytes) {
    gc_send_queues *q = &cs->queues;
    uint32_t address = gc__clients_at(cs, from)->address;
    uint32_t origin = address == GC_ADDRESS_NONE ? UINT32_MAX - from : address;
    if (gc__clients_at(cs, n)->state != GC_CONNECTION_OPEN) {
        return GC_RELAY_CUT;
    }
    uint32_t way = gc_send_queues_way(q, n, who, origin, bytes);
    if (way == GC_WAY_NONE) {
        return GC_RELAY_FULL;
    }
    if (!make_room(cs, gc_send_queues_at(q, n, way), n, bytes)) {
        return GC_RELAY_CUT;
    }
    want_write(cs, n, gc_send_queues_put_from(q, n, way, who, origin, t->parts, t->count, bytes));
    if (way != GC_WAY_QUICK) {
        stall(cs, n, way, from);
    }
    return GC_RELAY_QUEUED;
}

uint32_t gc__delivery_relay(gc_clients *cs, uint32_t n, uint32_t from, const gc_server_text *t,
                            uint32_t bytes) {
    return queue_for(cs, n, from, from, t, bytes);
}

void gc__delivery_announce(gc_clients *cs, uint32_t n, uint32_t about, const gc_server_text *t) {
    queue_for(cs, n, about, NEWS, t, gc_frame_bytes(t->parts, t->count));
}

void gc__delivery_splice(gc_clients *cs, uint32_t n, gc_block_queue *held) {
    want_write(cs, n, gc_send_queues_splice(&cs->queues, n, held));
}

bool gc__delivery_park(gc_clients *cs, uint32_t n, const gc_span *parts, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (!make_room(cs, &gc_waits_at(&cs->waits, n)->ice, n, parts[i].len)) {
            return false;
        }
        gc_waits_put_ice(&cs->waits, n, parts[i]);
    }
    return true;
}

/* The close frame is the last one: frames that wait for n go out before it. */
void gc__delivery_close(gc_clients *cs, uint32_t n, uint16_t code, uint32_t reason) {
    uint8_t data[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    gc_span part = gc_span_of(data, code == 0 ? 0 : 2);
    uint32_t bytes = gc_frame_bytes(&part, 1);
    if (may_queue(cs, n, bytes)) {
        gc_send_queues_flush(&cs->queues, n);
        if (has_memory(cs, n, bytes)) {
            want_write(cs, n,
                       gc_send_queues_put_frame(&cs->queues, n, GC_WS_CLOSE, &part, 1, bytes));
        }
    }
    gc__clients_end(cs, n, reason, false);
}

/* A stock client takes an unknown type without `connectionId` for nothing, whereas ERROR would
 * abort it. Only a client with nothing unread gets the report: otherwise one that never reads could
 * queue a GC-BAD for each of its messages. */
void gc__delivery_tell_bad(gc_clients *cs, uint32_t n, uint32_t reason) {
    cs->stats.bad_total[reason]++;
    if (gc_send_queues_len(&cs->queues, n) == 0) {
        gc_server_text t;
        gc_server_text_bad(&t, reason);
        gc__delivery_send_text(cs, n, &t);
    }
}
