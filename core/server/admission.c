#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/server/inside.h"
#include "core/wire/websocket.h"

/* Clients that speak gc get the reason's word beside the text. */
static void send_error(gc_server *s, uint32_t n, gc_span type, gc_span message, uint32_t reason) {
    gc_server_text t;
    gc_server_text_error(&t, type, message, gc__connection_at(s, n)->gc ? reason : GC_REASON_NONE);
    gc__delivery_send_text(s, n, &t);
}

/* An error and a close frame without a code, as PeerServer does. */
static void refuse(gc_server *s, uint32_t n, gc_span type, gc_span message, uint32_t reason) {
    s->stats.rejected_total[reason]++;
    send_error(s, n, type, message, reason);
    gc__delivery_close(s, n, 0, reason);
}

/* A newer socket stands in for n. A browser tells its page the close code, other hosts may not: a
 * client that speaks gc is told in words too, so that it does not fight for its id. */
static void replace(gc_server *s, uint32_t n) {
    if (gc__connection_at(s, n)->gc) {
        send_error(s, n, GC_SPAN("ERROR"), GC_SPAN("Another socket took over this id"),
                   GC_REASON_REPLACED);
    }
    gc__delivery_close(s, n, GC_REASON_CLOSE_CODE_BASE + GC_REASON_REPLACED, GC_REASON_REPLACED);
}

static void refuse_error(gc_server *s, uint32_t n, gc_span message, uint32_t reason) {
    refuse(s, n, GC_SPAN("ERROR"), message, reason);
}

static void refuse_taken(gc_server *s, uint32_t n) {
    s->stats.id_taken_total++;
    refuse(s, n, GC_SPAN("ID-TAKEN"), GC_SPAN("ID is taken"), GC_REASON_ID_TAKEN);
}

static void send_open(gc_server *s, uint32_t n, const gc_admission *a, bool entered) {
    bool gc = gc__connection_at(s, n)->gc;
    gc_span room = gc && a->has_room ? gc__room_text(s, n, a->room, entered) : gc_span_of(NULL, 0);
    gc_server_text t;
    gc_server_text_open(&t, gc, a->ice, a->ice_count, room);
    gc__delivery_send_text(s, n, &t);
}

/* n's id is registered: the answer first, then what was held, then the others hear of it. */
static void open_up(gc_server *s, uint32_t n, const gc_admission *a) {
    gc_connection *c = gc__connection_at(s, n);
    c->state = GC_CONNECTION_OPEN;
    c->last_ms = s->now_ms;
    gc__clock_set(s, n);
    bool entered = a->has_room && gc__room_enter(s, n, a->room);
    send_open(s, n, a, entered);
    if (c->state != GC_CONNECTION_OPEN) {
        return;
    }
    gc__relay_arrived(s, n);
    if (entered) {
        gc__room_announce(s, n);
    }
}

static void admit(gc_server *s, uint32_t n, const gc_admission *a) {
    gc_registry_add(&s->registry, n);
    open_up(s, n, a);
}

/* Keeps what admission will need: the request is borrowed for the call only. */
static bool park(gc_server *s, uint32_t n, const gc_admission *a) {
    gc_wait *w = &s->waits[n];
    w->has_room = a->has_room;
    if (a->has_room) {
        memcpy(w->room, a->room, sizeof w->room);
    }
    for (uint32_t i = 0; i < a->ice_count; i++) {
        if (!gc__delivery_make_room(s, n, &w->ice, a->ice[i].len)) {
            return false;
        }
        gc_block_queue_put(&s->pool, &w->ice, a->ice[i]);
    }
    return true;
}

/* Another token, or too many take-overs: the holder has GC_TAKEOVER_WAIT_MS for a sign of life. One
 * waits at a time. */
static void ask_holder(gc_server *s, uint32_t n, uint32_t holder, const gc_admission *a) {
    gc_identity *held = gc_registry_at(&s->registry, holder);
    uint64_t since_ms = s->now_ms;
    if (gc__connection_at(s, holder)->paused) {
        refuse_taken(s, n); /* it speaks so much that we stopped reading: it lives */
        return;
    }
    if (held->waiter != 0) {
        uint32_t other = held->waiter - 1;
        if (!gc_registry_same_token(&s->registry, n, other)) {
            refuse_taken(s, n);
            return;
        }
        /* The same page again: it takes over the place in the queue, too. */
        since_ms = gc__connection_at(s, other)->since_ms;
        replace(s, other);
    }
    if (gc__connection_at(s, n)->state != GC_CONNECTION_WAITING || !park(s, n, a)) {
        return;
    }
    s->waits[n].holder = holder + 1;
    gc_registry_set_waiter(&s->registry, holder, n);
    gc__connection_at(s, n)->since_ms = since_ms;
    gc__clock_set(s, n);
    gc__connection_at(s, holder)->pinged_ms = s->now_ms;
    gc__delivery_send(s, holder, GC_WS_PING, NULL, 0);
}

/* The same token: the new socket is in place before the old one is closed. */
static void take_over(gc_server *s, uint32_t n, uint32_t old, const gc_admission *a) {
    if (!gc_registry_count_takeover(&s->registry, old, s->now_ms)) {
        /* Two pages that fight for the id, or one that comes back faster than its goodbyes: the
         * holder's answer tells them apart. */
        ask_holder(s, n, old, a);
        return;
    }
    s->stats.takeovers_total++;
    gc__admission_alive(s, old);
    if (gc__connection_at(s, n)->state != GC_CONNECTION_WAITING) {
        return; /* cut for memory by that answer */
    }
    gc_connection *from = gc__connection_at(s, old);
    gc_connection *to = gc__connection_at(s, n);
    gc_registry_inherit_takeovers(&s->registry, n, old);
    to->bucket = from->bucket;
    to->room = from->room;
    if (from->room != GC_ROOM_NONE) {
        gc_rooms_replace(&s->rooms, from->room, old, n);
        from->room = GC_ROOM_NONE;
    }
    if (from->state == GC_CONNECTION_OPEN) {
        /* Its id goes before its close frame: what is sent to the id from here on is for n. */
        gc_registry_remove(&s->registry, old);
        from->state = GC_CONNECTION_WAITING;
    }
    admit(s, n, a);
    s->stats.cut_total[GC_REASON_REPLACED]++;
    replace(s, old);
}

void gc__admission_alive(gc_server *s, uint32_t n) {
    uint32_t waiter = gc_registry_at(&s->registry, n)->waiter;
    if (waiter != 0) {
        refuse_taken(s, waiter - 1);
        gc_assert(gc_registry_at(&s->registry, n)->waiter == 0);
    }
}

static void admit_named(gc_server *s, uint32_t n, const gc_admission *a) {
    gc_identity *p = gc_registry_at(&s->registry, n);
    uint32_t holder = gc_registry_find(&s->registry, p->id_hash, gc_identity_id(p));
    if (holder == GC_IDENTITY_NONE) {
        if (s->registry.ids.count >= s->config.concurrent_max) {
            refuse_error(s, n, GC_SPAN("Server has reached its concurrent user limit"),
                         GC_REASON_SERVER_FULL);
        } else {
            admit(s, n, a);
        }
    } else if (gc_registry_same_token(&s->registry, n, holder)) {
        take_over(s, n, holder, a);
    } else {
        ask_holder(s, n, holder, a);
    }
}

/* Mostly the id is free now; but somebody may have registered it in the same input. */
void gc__admission_resume(gc_server *s, uint32_t n) {
    gc_wait *w = &s->waits[n];
    gc_assert(gc__connection_at(s, n)->state == GC_CONNECTION_WAITING && w->holder != 0);
    uint8_t room[GC_TAG_BYTES];
    memcpy(room, w->room, sizeof room);
    gc_span ice[GC_ICE_SPANS];
    gc_block_queue parked = w->ice;
    uint32_t ice_count = gc_block_queue_spans(&s->pool, &parked, ice, GC_ICE_SPANS);
    gc_admission a = {.has_room = w->has_room, .room = room, .ice = ice, .ice_count = ice_count};
    w->ice = (gc_block_queue){0};
    w->holder = 0;
    admit_named(s, n, &a);
    gc_block_queue_clear(&s->pool, &parked);
}

/* In the order of PeerServer 1.0.2. */
void gc__admission_open(gc_server *s, uint32_t n, const gc_server_open_request *r) {
    const gc_signal_query *q = r->query;
    gc_connection *c = gc__connection_at(s, n);
    c->state = GC_CONNECTION_WAITING;
    c->since_ms = s->now_ms;
    c->gc = q->gc;
    gc_assert(s->waits[n].holder == 0 && s->waits[n].ice.len == 0);
    if (!gc__delivery_send_raw(s, n, r->response_head)) {
        return;
    }
    if (r->query_error != 0 || q->id_len == 0 || q->token_len == 0 || q->key_len == 0) {
        refuse_error(s, n, GC_SPAN("No id, token, or key supplied to websocket server"),
                     GC_REASON_BAD_REQUEST);
        return;
    }
    if (!gc_span_equal(gc_span_of(q->key, q->key_len), gc_server_text_span(s->config.key))) {
        refuse_error(s, n, GC_SPAN("Invalid key provided"), GC_REASON_BAD_KEY);
        return;
    }
    gc_admission a = {.has_room = q->gc && q->has_room,
                      .room = q->room,
                      .ice = &r->ice_servers,
                      .ice_count = r->ice_servers.len > 0 ? 1 : 0};
    gc_registry_name(&s->registry, n, gc_span_of(q->id, q->id_len),
                     gc_span_of(q->token, q->token_len));
    admit_named(s, n, &a);
}
