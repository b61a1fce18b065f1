#include "core/base/assert.h"
#include "core/server/inside.h"
#include "core/wire/websocket.h"

bool gc__delivery_make_room(gc_server *s, uint32_t n, const gc_block_queue *q, uint32_t bytes) {
    /* Who reads is not in the list, or near its end; each cut frees at least one block. */
    while (gc_block_queue_need(&s->pool, q, bytes) > gc_block_pool_left(&s->pool)) {
        uint32_t victim = gc_order_first(&s->unsent);
        if (victim == GC_ORDER_END) {
            victim = n;
        }
        gc__connection_cut(s, victim, GC_REASON_MEMORY);
        if (victim == n) {
            return false;
        }
    }
    return true;
}

void gc__delivery_queued(gc_server *s, uint32_t n, uint32_t bytes) {
    gc_connection *c = gc__connection_at(s, n);
    s->stats.queued_bytes += bytes;
    if (c->queue.len == bytes) {
        c->took_ms = s->now_ms;
    }
    gc_order_add(&s->unsent, n);
    if (!c->write_given) {
        gc__connection_wake(s, n, GC_PENDING_WRITE);
    }
}

static bool may_queue(gc_server *s, uint32_t n, uint32_t bytes) {
    gc_connection *c = gc__connection_at(s, n);
    if (c->state != GC_CONNECTION_OPEN && c->state != GC_CONNECTION_WAITING) {
        return false;
    }
    /* A single frame always passes: a legal message must not cut its receiver. */
    if (c->queue.len > 0 && (uint64_t)c->queue.len + bytes > s->config.queue_bytes_max) {
        gc__connection_cut(s, n, GC_REASON_SLOW);
        return false;
    }
    return gc__delivery_make_room(s, n, &c->queue, bytes);
}

bool gc__delivery_send(gc_server *s, uint32_t n, uint8_t opcode, const gc_span *parts,
                       uint32_t count) {
    uint32_t bytes = gc_frame_bytes(parts, count);
    if (!may_queue(s, n, bytes)) {
        return false;
    }
    gc_frame_put(&s->pool, &gc__connection_at(s, n)->queue, opcode, parts, count);
    gc__delivery_queued(s, n, bytes);
    return true;
}

bool gc__delivery_send_text(gc_server *s, uint32_t n, const gc_server_text *t) {
    return gc__delivery_send(s, n, GC_WS_TEXT, t->parts, t->count);
}

bool gc__delivery_send_raw(gc_server *s, uint32_t n, gc_span bytes) {
    if (!may_queue(s, n, bytes.len)) {
        return false;
    }
    gc_block_queue_put(&s->pool, &gc__connection_at(s, n)->queue, bytes);
    if (bytes.len > 0) {
        gc__delivery_queued(s, n, bytes.len);
    }
    return true;
}

void gc__delivery_close(gc_server *s, uint32_t n, uint16_t code, uint32_t reason) {
    uint8_t bytes[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    gc_span part = gc_span_of(bytes, code == 0 ? 0 : 2);
    gc__delivery_send(s, n, GC_WS_CLOSE, &part, 1);
    gc__connection_end(s, n, reason, false);
}

/* A stock client takes an unknown type without `connectionId` for nothing, whereas ERROR would
 * abort it. Who does not read what it is told is not told more. */
void gc__delivery_tell_bad(gc_server *s, uint32_t n, uint32_t reason) {
    s->stats.bad_total[reason]++;
    if (gc__connection_at(s, n)->queue.len == 0) {
        gc_server_text t;
        gc_server_text_bad(&t, reason);
        gc__delivery_send_text(s, n, &t);
    }
}
