#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/server/inside.h"
#include "core/wire/websocket.h"

/* --- EXPIRE, GC-ABSENT, GC-PRESENT ------------------------------------------------------------ */

/* src: the absent id as JSON. */
static void send_expire(gc_server *s, uint32_t n, gc_span src) {
    gc_server_text t;
    gc_server_text_expire(&t, src, gc_identity_id(gc_registry_at(&s->registry, n)));
    s->stats.expired_total++;
    gc__delivery_send_text(s, n, &t);
}

static void send_about(gc_server *s, uint32_t n, gc_span type, gc_span id) {
    gc_server_text t;
    gc_server_text_about(&t, type, id);
    gc__delivery_send_text(s, n, &t);
}

/* Candidates follow their offer by the dozen: one answer is enough while the watch is on. */
static void tell_absent(gc_server *s, uint32_t n, gc_signal type, gc_span dst, uint64_t hash) {
    gc_connection *c = gc__connection_at(s, n);
    if (!c->gc || c->state != GC_CONNECTION_OPEN ||
        (type != GC_SIGNAL_OFFER && gc_registry_watches(&s->registry, n, hash))) {
        return;
    }
    gc_registry_watch(&s->registry, n, hash);
    s->stats.absent_total++;
    send_about(s, n, GC_SPAN("GC-ABSENT"), dst);
}

/* --- held messages ---------------------------------------------------------------------------- */

static void refund(gc_server *s, const gc_held_message *m) {
    gc_connection *c = gc__connection_at(s, m->from);
    if (c->state != GC_CONNECTION_FREE && c->generation == m->from_generation) {
        gc_assert(c->held_bytes >= gc_held_cost(m->bytes));
        c->held_bytes -= gc_held_cost(m->bytes);
    }
}

static bool hold(gc_server *s, uint32_t n, gc_signal type, gc_span dst, uint64_t hash,
                 const gc_server_text *t) {
    gc_connection *c = gc__connection_at(s, n);
    uint32_t bytes = gc_frame_bytes(t->parts, t->count);
    uint32_t box = gc_held_find(&s->held, hash, dst);
    if (c->held_bytes + gc_held_cost(bytes) > GC_HELD_BYTES_PER_FROM_MAX ||
        !gc_held_fits(&s->held, &s->pool, box, bytes)) {
        return false;
    }
    gc_held_message m = {.at_ms = s->now_ms,
                         .from_hash = gc_registry_at(&s->registry, n)->id_hash,
                         .from = n,
                         .from_generation = c->generation,
                         .bytes = bytes,
                         .type = (uint8_t)type};
    gc_block_queue *q = gc_held_add(&s->held, hash, dst, &m);
    uint32_t before = q->blocks;
    gc_frame_put(&s->pool, q, GC_WS_TEXT, t->parts, t->count);
    gc_held_written(&s->held, before, q);
    c->held_bytes += gc_held_cost(bytes);
    return true;
}

void gc__relay_arrived(gc_server *s, uint32_t n) {
    gc_identity *p = gc_registry_at(&s->registry, n);
    uint32_t box = gc_held_find(&s->held, p->id_hash, gc_identity_id(p));
    if (box != GC_HELD_NONE) {
        gc_held_message m;
        uint32_t bytes = 0;
        while (gc_held_take(&s->held, box, &m)) {
            refund(s, &m);
            bytes += m.bytes;
            s->stats.relayed_total[m.type]++;
        }
        s->stats.relay_bytes_total += bytes;
        gc_held_empty(&s->held, &s->pool, box, &gc__connection_at(s, n)->queue);
        gc__delivery_queued(s, n, bytes);
    }
    for (;;) {
        uint32_t watcher = gc_registry_take_watcher(&s->registry, p->id_hash);
        if (watcher == GC_IDENTITY_NONE) {
            break;
        }
        send_about(s, watcher, GC_SPAN("GC-PRESENT"), gc_identity_id(p));
    }
}

/* One EXPIRE for each sender: a stock client raises an error for each. */
static void expire_box(gc_server *s, uint32_t box) {
    uint64_t senders[GC_HELD_PER_ID_MAX];
    uint32_t count = 0;
    uint8_t text[GC_ID_TEXT_BYTES];
    const gc_held_box *b = &s->held.boxes[box];
    gc_span src = gc_server_text_id(gc_span_of(b->id, b->id_len), text);
    gc_held_message m;
    while (gc_held_expire(&s->held, &s->pool, box, s->now_ms, &m)) {
        refund(s, &m);
        uint32_t i = 0;
        while (i < count && senders[i] != m.from_hash) {
            i++;
        }
        if (i == count) {
            senders[count++] = m.from_hash;
        }
    }
    gc_held_settle(&s->held, box);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = gc_registry_find_hash(&s->registry, senders[i]);
        if (n != GC_IDENTITY_NONE) {
            send_expire(s, n, src);
        }
    }
}

void gc__relay_tick(gc_server *s) {
    uint32_t box;
    while (gc_held_due(&s->held, s->now_ms, &box)) {
        expire_box(s, box);
    }
}

/* --- relaying --------------------------------------------------------------------------------- */

static bool is_dial(gc_signal type) {
    return type == GC_SIGNAL_OFFER || type == GC_SIGNAL_ANSWER || type == GC_SIGNAL_CANDIDATE;
}

static void relay_absent(gc_server *s, uint32_t n, gc_signal type, gc_span dst, uint64_t hash,
                         const gc_server_text *t) {
    if (!hold(s, n, type, dst, hash, t)) {
        uint8_t text[GC_ID_TEXT_BYTES];
        s->stats.bad_total[GC_REASON_HELD_LIMIT]++;
        send_expire(s, n, gc_server_text_id(dst, text));
    }
    tell_absent(s, n, type, dst, hash);
}

static void relay_to(gc_server *s, uint32_t n, gc_signal type, gc_span dst,
                     const gc_json_message *m) {
    const gc_identity *from = gc_registry_at(&s->registry, n);
    gc_server_text t;
    gc_server_text_relayed(&t, gc_identity_id(from), from->plain, m);
    uint32_t bytes = gc_frame_bytes(t.parts, t.count);
    uint64_t hash = gc_registry_hash(&s->registry, dst);
    uint32_t to = gc_registry_find(&s->registry, hash, dst);
    if (to != GC_IDENTITY_NONE &&
        !gc_connection_takes(gc__connection_at(s, to), s->config.queue_bytes_max, s->now_ms,
                             bytes)) {
        /* A stranger who knows an id must not get its holder cut by sending faster than it reads:
         * the message fails, as over the caps of an absent id. */
        uint8_t text[GC_ID_TEXT_BYTES];
        s->stats.bad_total[GC_REASON_HELD_LIMIT]++;
        if (is_dial(type)) {
            send_expire(s, n, gc_server_text_id(dst, text));
        }
        return;
    }
    if (to != GC_IDENTITY_NONE && gc__delivery_send_text(s, to, &t)) {
        s->stats.relayed_total[type]++;
        s->stats.relay_bytes_total += bytes;
        return;
    }
    /* Absent, or cut just now because it read too slowly. */
    if (is_dial(type) && gc__connection_at(s, n)->state == GC_CONNECTION_OPEN) {
        relay_absent(s, n, type, dst, hash, &t);
    }
}

static void relay(gc_server *s, uint32_t n, gc_signal type, const gc_json_message *m) {
    uint8_t id[GC_ID_BYTES_MAX];
    uint32_t len = 0;
    switch (gc_destination_read(m->dst, id, &len)) {
    case GC_DESTINATION_ID:
        relay_to(s, n, type, gc_span_of(id, len), m);
        break;
    case GC_DESTINATION_NONE:
        if (type == GC_SIGNAL_LEAVE) {
            gc__delivery_close(s, n, GC_WS_NORMAL, GC_REASON_LEFT);
        }
        break;
    case GC_DESTINATION_TOO_LONG:
        /* Nobody can hold it: as over a cap. */
        s->stats.bad_total[GC_REASON_TOO_BIG]++;
        if (is_dial(type)) {
            send_expire(s, n, m->dst);
        }
        break;
    default:
        gc__delivery_tell_bad(s, n, GC_REASON_BAD_REQUEST);
        break;
    }
}

/* --- messages of clients ---------------------------------------------------------------------- */

static void on_heartbeat(gc_server *s, uint32_t n) {
    if (gc__connection_at(s, n)->gc) {
        gc_span alive = GC_SPAN("{\"type\":\"GC-ALIVE\"}");
        gc__delivery_send(s, n, GC_WS_TEXT, &alive, 1);
    }
}

static void on_object(gc_server *s, uint32_t n, const gc_json_message *m) {
    gc_signal type = m->type.data == NULL ? GC_SIGNAL_OTHER : gc_signal_of(m->type);
    bool gc = gc__connection_at(s, n)->gc;
    if (is_dial(type) || type == GC_SIGNAL_LEAVE || type == GC_SIGNAL_EXPIRE) {
        relay(s, n, type, m);
    } else if (type == GC_SIGNAL_HEARTBEAT) {
        on_heartbeat(s, n);
    } else if (type == GC_SIGNAL_GC_JOIN && gc) {
        gc__room_join(s, n, m->payload);
    } else if (type == GC_SIGNAL_GC_LEAVE && gc) {
        gc__room_leave(s, n);
    } else {
        gc__delivery_tell_bad(s, n, GC_REASON_BAD_REQUEST);
    }
}

void gc__relay_message(gc_server *s, uint32_t n, gc_span text) {
    if (gc_heartbeat_is(text)) {
        on_heartbeat(s, n);
        return;
    }
    gc_json_message m;
    int error = gc_json_split(text, &m);
    /* A browser fails its WebSocket on invalid UTF-8: one client must not do that to another. */
    if (error == GC_E_UTF8) {
        s->stats.cut_total[GC_REASON_BAD_UTF8]++;
        gc__delivery_close(s, n, GC_WS_BAD_DATA, GC_REASON_BAD_UTF8);
    } else if (error != 0 || !m.is_object) {
        gc__delivery_tell_bad(s, n, GC_REASON_BAD_JSON);
    } else {
        on_object(s, n, &m);
    }
}
