#include "core/server/relay.h"

#include "core/base/error.h"
#include "core/server/delivery.h"
#include "core/wire/websocket.h"

/* --- EXPIRE, GC-ABSENT, GC-PRESENT ------------------------------------------------------------ */

/* src: the absent id as JSON. */
static void send_expire(gc_relay *r, uint32_t n, gc_span src) {
    gc_server_text t;
    gc_server_text_expire(&t, src, gc__clients_id(r->clients, n));
    r->clients->stats.expired_total++;
    gc__delivery_send_text(r->clients, n, &t);
}

static void send_about(gc_relay *r, uint32_t n, gc_span type, gc_span id) {
    gc_server_text t;
    gc_server_text_about(&t, type, id);
    gc__delivery_send_text(r->clients, n, &t);
}

/* Candidates follow their offer by the dozen: one answer is enough while the watch is on. */
static void tell_absent(gc_relay *r, uint32_t n, gc_signal type, gc_span dst, uint64_t hash) {
    gc_connection *c = gc__clients_at(r->clients, n);
    if (!c->gc || c->state != GC_CONNECTION_OPEN ||
        (type != GC_SIGNAL_OFFER && gc_registry_watches(&r->clients->registry, n, hash))) {
        return;
    }
    gc_registry_watch(&r->clients->registry, n, hash);
    r->clients->stats.absent_total++;
    send_about(r, n, GC_SPAN("GC-ABSENT"), dst);
}

/* --- held messages ---------------------------------------------------------------------------- */

static void refund(gc_relay *r, const gc_held_message *m) {
    gc_connection *c = gc__clients_at(r->clients, m->from);
    if (c->state != GC_CONNECTION_FREE && c->generation == m->from_generation) {
        gc_connection_refund(c, gc_held_cost(m->bytes));
    }
}

/* Returns the owner of the share that a message takes: the address, which outlives the connection.
 */
static uint32_t origin_of(const gc_relay *r, uint32_t n) {
    uint32_t address = gc__clients_at(r->clients, n)->address;
    uint64_t hash =
        address == GC_ADDRESS_NONE ? n : gc_addresses_hash(&r->clients->addresses, address);
    return (uint32_t)(hash % GC_HELD_ORIGINS);
}

static bool hold(gc_relay *r, uint32_t n, gc_signal type, gc_span dst, uint64_t hash,
                 const gc_server_text *t) {
    gc_connection *c = gc__clients_at(r->clients, n);
    uint32_t bytes = gc_frame_bytes(t->parts, t->count);
    uint32_t box = gc_held_find(&r->held, hash, dst), origin = origin_of(r, n);
    uint32_t cost = c->held_bytes + gc_held_cost(bytes);
    /* An honest dial needs little: it finds a place although others of its address took the share.
     */
    if (cost > GC_HELD_BYTES_PER_FROM_MAX ||
        (cost > GC_HELD_BYTES_FEW && !gc_held_has_share(&r->held, origin, bytes)) ||
        !gc_held_fits(&r->held, &r->clients->pool, box, origin, bytes)) {
        return false;
    }
    gc_held_message m = {.at_ms = r->clients->now_ms,
                         .from_hash = gc_registry_at(&r->clients->registry, n)->id_hash,
                         .from = n,
                         .from_generation = c->generation,
                         .bytes = bytes,
                         .origin = (uint16_t)origin,
                         .type = (uint8_t)type};
    gc_block_queue *q = gc_held_add(&r->held, hash, dst, &m);
    uint32_t before = q->blocks;
    gc_frame_put(&r->clients->pool, q, GC_WS_TEXT, t->parts, t->count);
    gc_held_written(&r->held, before, q);
    gc_connection_hold(c, gc_held_cost(bytes));
    return true;
}

void gc__relay_arrived(gc_relay *r, uint32_t n) {
    gc_identity *p = gc_registry_at(&r->clients->registry, n);
    uint32_t box = gc_held_find(&r->held, p->id_hash, gc_identity_id(p));
    if (box != GC_HELD_NONE) {
        gc_held_message m;
        uint32_t bytes = 0;
        while (gc_held_take(&r->held, box, &m)) {
            refund(r, &m);
            bytes += m.bytes;
            r->clients->stats.relayed_total[m.type]++;
        }
        r->clients->stats.relay_bytes_total += bytes;
        gc_block_queue frames = {0};
        gc_held_empty(&r->held, &r->clients->pool, box, &frames);
        gc__delivery_splice(r->clients, n, &frames);
    }
    for (;;) {
        uint32_t watcher = gc_registry_take_watcher(&r->clients->registry, p->id_hash);
        if (watcher == GC_IDENTITY_NONE) {
            break;
        }
        send_about(r, watcher, GC_SPAN("GC-PRESENT"), gc_identity_id(p));
    }
}

/* One EXPIRE for each sender: a stock client raises an error for each. */
static void expire_box(gc_relay *r, uint32_t box) {
    uint64_t senders[GC_HELD_PER_ID_MAX];
    uint32_t count = 0;
    uint8_t text[GC_ID_TEXT_BYTES];
    const gc_held_box *b = &r->held.boxes[box];
    gc_span src = gc_server_text_id(gc_span_of(b->id, b->id_len), text);
    gc_held_message m;
    while (gc_held_expire(&r->held, &r->clients->pool, box, r->clients->now_ms, &m)) {
        refund(r, &m);
        uint32_t i = 0;
        while (i < count && senders[i] != m.from_hash) {
            i++;
        }
        if (i == count) {
            senders[count++] = m.from_hash;
        }
    }
    gc_held_settle(&r->held, box);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = gc_registry_find_hash(&r->clients->registry, senders[i]);
        if (n != GC_IDENTITY_NONE) {
            send_expire(r, n, src);
        }
    }
}

void gc__relay_tick(gc_relay *r) {
    uint32_t box;
    while (gc_held_due(&r->held, r->clients->now_ms, &box)) {
        expire_box(r, box);
    }
}

/* --- relaying --------------------------------------------------------------------------------- */

static bool is_dial(gc_signal type) {
    return type == GC_SIGNAL_OFFER || type == GC_SIGNAL_ANSWER || type == GC_SIGNAL_CANDIDATE;
}

/* The message fails as it does over the caps of an absent id. */
static void relay_refused(gc_relay *r, uint32_t n, gc_signal type, gc_span dst) {
    uint8_t text[GC_ID_TEXT_BYTES];
    r->clients->stats.bad_total[GC_REASON_HELD_LIMIT]++;
    if (is_dial(type)) {
        send_expire(r, n, gc_server_text_id(dst, text));
    }
}

static void relay_absent(gc_relay *r, uint32_t n, gc_signal type, gc_span dst, uint64_t hash,
                         const gc_server_text *t) {
    if (!hold(r, n, type, dst, hash, t)) {
        relay_refused(r, n, type, dst);
    }
    tell_absent(r, n, type, dst, hash);
}

static void relay_to(gc_relay *r, uint32_t n, gc_signal type, gc_span dst,
                     const gc_json_message *m) {
    gc_clients *cs = r->clients;
    const gc_identity *from = gc_registry_at(&cs->registry, n);
    gc_server_text t;
    gc_server_text_relayed(&t, gc_identity_id(from), from->plain, m);
    uint32_t bytes = gc_frame_bytes(t.parts, t.count);
    uint64_t hash = gc_registry_hash(&cs->registry, dst);
    uint32_t to = gc_registry_find(&cs->registry, hash, dst);
    uint32_t fate =
        to == GC_IDENTITY_NONE ? GC_RELAY_CUT : gc__delivery_relay(cs, to, n, &t, bytes);
    if (fate == GC_RELAY_QUEUED) {
        cs->stats.relayed_total[type]++;
        cs->stats.relay_bytes_total += bytes;
    } else if (fate == GC_RELAY_FULL) {
        relay_refused(r, n, type, dst);
    } else if (is_dial(type) && gc__clients_at(cs, n)->state == GC_CONNECTION_OPEN) {
        /* Absent, or cut just now because it read too slowly. */
        relay_absent(r, n, type, dst, hash, &t);
    }
}

static void relay(gc_relay *r, uint32_t n, gc_signal type, const gc_json_message *m) {
    uint8_t id[GC_ID_BYTES_MAX];
    uint32_t len = 0;
    switch (gc_destination_read(m->dst, id, &len)) {
    case GC_DESTINATION_ID:
        relay_to(r, n, type, gc_span_of(id, len), m);
        break;
    case GC_DESTINATION_NONE:
        if (type == GC_SIGNAL_LEAVE) {
            gc__delivery_close(r->clients, n, GC_WS_NORMAL, GC_REASON_LEFT);
        }
        break;
    case GC_DESTINATION_TOO_LONG:
        /* Nobody can hold it: as over a cap. */
        r->clients->stats.bad_total[GC_REASON_TOO_BIG]++;
        if (is_dial(type)) {
            send_expire(r, n, m->dst);
        }
        break;
    default:
        gc__delivery_tell_bad(r->clients, n, GC_REASON_BAD_REQUEST);
        break;
    }
}

/* --- messages of clients ---------------------------------------------------------------------- */

static void on_heartbeat(gc_relay *r, uint32_t n) {
    if (gc__clients_at(r->clients, n)->gc) {
        gc_span alive = GC_SPAN("{\"type\":\"GC-ALIVE\"}");
        gc__delivery_send(r->clients, n, GC_WS_TEXT, &alive, 1);
    }
}

static void on_object(gc_relay *r, uint32_t n, const gc_json_message *m) {
    gc_signal type = m->type.data == NULL ? GC_SIGNAL_OTHER : gc_signal_of(m->type);
    bool gc = gc__clients_at(r->clients, n)->gc;
    if (is_dial(type) || type == GC_SIGNAL_LEAVE || type == GC_SIGNAL_EXPIRE) {
        relay(r, n, type, m);
    } else if (type == GC_SIGNAL_HEARTBEAT) {
        on_heartbeat(r, n);
    } else if (type == GC_SIGNAL_GC_JOIN && gc) {
        gc__room_join(r->rooms, n, m->payload);
    } else if (type == GC_SIGNAL_GC_LEAVE && gc) {
        gc__room_leave(r->rooms, n);
    } else {
        gc__delivery_tell_bad(r->clients, n, GC_REASON_BAD_REQUEST);
    }
}

void gc__relay_message(gc_relay *r, uint32_t n, gc_span text) {
    if (gc_heartbeat_is(text)) {
        on_heartbeat(r, n);
        return;
    }
    gc_json_message m;
    int error = gc_json_split(text, &m);
    /* A browser fails its WebSocket on invalid UTF-8: one client must not do that to another. */
    if (error == GC_E_UTF8) {
        r->clients->stats.cut_total[GC_REASON_BAD_UTF8]++;
        gc__delivery_close(r->clients, n, GC_WS_BAD_DATA, GC_REASON_BAD_UTF8);
    } else if (error != 0 || !m.is_object) {
        gc__delivery_tell_bad(r->clients, n, GC_REASON_BAD_JSON);
    } else {
        on_object(r, n, &m);
    }
}
