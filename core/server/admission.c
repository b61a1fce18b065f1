#include "core/server/admission.h"

#include "core/base/assert.h"
#include "core/server/delivery.h"
#include "core/server/liveness.h"
#include "core/wire/keyed_id.h"
#include "core/wire/websocket.h"

/* The parts of a request that admission needs, also later than the call that brought it. */
typedef struct request {
    const uint8_t *room; /* its tag; NULL: none */
    const gc_span *ice;  /* parts of a JSON array; none: [] */
    uint32_t ice_count;
} request;

/* Clients that speak gc get the reason's word beside the text. */
static void send_error(gc_admission *a, uint32_t n, gc_span type, gc_span message,
                       uint32_t reason) {
    gc_server_text t;
    gc_server_text_error(&t, type, message,
                         gc__clients_at(a->clients, n)->gc ? reason : GC_REASON_NONE);
    gc__delivery_send_text(a->clients, n, &t);
}

/* An error and a close frame without a code, as PeerServer does. */
static void refuse(gc_admission *a, uint32_t n, gc_span type, gc_span message, uint32_t reason) {
    a->clients->stats.rejected_total[reason]++;
    send_error(a, n, type, message, reason);
    gc__delivery_close(a->clients, n, 0, reason);
}

/* Ends n, because a newer socket takes its place. A browser shows its page the close code, other
 * hosts may not. So a client that speaks gc gets the reason as a message too, and does not fight
 * for its id. */
static void replace(gc_admission *a, uint32_t n) {
    if (gc__clients_at(a->clients, n)->gc) {
        send_error(a, n, GC_SPAN("ERROR"), GC_SPAN("Another socket took over this id"),
                   GC_REASON_REPLACED);
    }
    gc__delivery_close(a->clients, n, GC_REASON_CLOSE_CODE_BASE + GC_REASON_REPLACED,
                       GC_REASON_REPLACED);
}

static void refuse_error(gc_admission *a, uint32_t n, gc_span message, uint32_t reason) {
    refuse(a, n, GC_SPAN("ERROR"), message, reason);
}

static void refuse_taken(gc_admission *a, uint32_t n) {
    a->clients->stats.id_taken_total++;
    refuse(a, n, GC_SPAN("ID-TAKEN"), GC_SPAN("ID is taken"), GC_REASON_ID_TAKEN);
}

static void send_open(gc_admission *a, uint32_t n, const request *q, bool entered) {
    bool gc = gc__clients_at(a->clients, n)->gc;
    gc_span room = gc_span_of(NULL, 0);
    if (gc && q->room != NULL) {
        room = gc__room_text(a->rooms, n, q->room, entered);
    }
    gc_server_text t;
    gc_server_text_open(&t, gc, q->ice, q->ice_count, room);
    gc__delivery_send_text(a->clients, n, &t);
}

/* The id of n is registered: the answer comes first, then what was held, then the others hear of
 * it. */
static void admit(gc_admission *a, uint32_t n, const request *q) {
    gc_connection *c = gc__clients_at(a->clients, n);
    gc_registry_add(&a->clients->registry, n);
    gc_connection_admit(c, a->clients->now_ms);
    gc_connections_time(&a->clients->connections, n);
    bool entered = q->room != NULL && gc__room_enter(a->rooms, n, q->room);
    send_open(a, n, q, entered);
    if (!gc__delivery_mark(a->clients, n)) {
        return;
    }
    gc__relay_arrived(a->relay, n);
    if (entered) {
        gc__room_announce(a->rooms, n);
    }
}

/* Keeps what admission will need: the request is borrowed for the call only. */
static bool park(gc_admission *a, uint32_t n, const request *q) {
    gc_waits_park(&a->clients->waits, n, q->room);
    return gc__delivery_park(a->clients, n, q->ice, q->ice_count);
}

/* Makes n wait for the id of the holder, and asks the holder for a sign of life. */
static void wait_for(gc_admission *a, uint32_t n, uint32_t holder, uint64_t since_ms) {
    gc_clients *cs = a->clients;
    gc_waits_start(&cs->waits, n, holder);
    gc_registry_set_waiter(&cs->registry, holder, n);
    gc_connection_wait_since(gc__clients_at(cs, n), since_ms);
    gc_connection_pinged(gc__clients_at(cs, n), cs->now_ms);
    gc_connections_time(&cs->connections, n);
    gc_connections_want(&cs->connections, holder, GC_PENDING_MEASURE);
    gc_connection_pinged(gc__clients_at(cs, holder), cs->now_ms);
    gc__delivery_ping(cs, holder);
}

/* Another token, or too many take-overs: the holder keeps the id unless its kernel acknowledges
 * nothing for GC_TAKEOVER_WAIT_MS. One waits at a time. */
static void ask_holder(gc_admission *a, uint32_t n, uint32_t holder, const request *q) {
    gc_identity *held = gc_registry_at(&a->clients->registry, holder);
    uint64_t since_ms = a->clients->now_ms;
    if (gc__clients_at(a->clients, holder)->paused) {
        refuse_taken(a, n); /* we stopped reading the holder because it sends too much: it lives */
        return;
    }
    if (held->waiter != 0) {
        uint32_t other = held->waiter - 1;
        if (!gc_registry_same_token(&a->clients->registry, n, other)) {
            refuse_taken(a, n);
            return;
        }
        /* The same page again: it takes over the place in the queue, too. */
        since_ms = gc__clients_at(a->clients, other)->since_ms;
        replace(a, other);
    }
    if (gc__clients_at(a->clients, n)->state != GC_CONNECTION_WAITING || !park(a, n, q)) {
        return;
    }
    wait_for(a, n, holder, since_ms);
}

/* The same token: the new socket is in place before the old one is closed. */
static void take_over(gc_admission *a, uint32_t n, uint32_t old, const request *q) {
    if (!gc_registry_count_takeover(&a->clients->registry, old, a->clients->now_ms)) {
        /* Two pages that fight for the id, or one that comes back faster than its goodbyes: the
         * holder's answer tells them apart. */
        ask_holder(a, n, old, q);
        return;
    }
    a->clients->stats.takeovers_total++;
    gc__admission_alive(a, old);
    if (gc__clients_at(a->clients, n)->state != GC_CONNECTION_WAITING) {
        return; /* cut for memory by that answer */
    }
    gc_registry_inherit_takeovers(&a->clients->registry, n, old);
    gc__room_hand_over(a->rooms, n, old);
    if (gc__clients_at(a->clients, old)->state == GC_CONNECTION_OPEN) {
        /* Free the id before the close frame: messages to the id are for n from here on. */
        gc_registry_remove(&a->clients->registry, old);
        gc_connection_step_aside(gc__clients_at(a->clients, old));
    }
    admit(a, n, q);
    a->clients->stats.cut_total[GC_REASON_REPLACED]++;
    replace(a, old);
}

void gc__admission_alive(gc_admission *a, uint32_t n) {
    uint32_t waiter = gc_registry_at(&a->clients->registry, n)->waiter;
    if (waiter != 0) {
        refuse_taken(a, waiter - 1);
        gc_assert(gc_registry_at(&a->clients->registry, n)->waiter == 0);
    }
}

void gc__admission_measured(gc_admission *a, uint32_t n, uint32_t packets) {
    gc_clients *cs = a->clients;
    uint32_t waiter = gc_registry_at(&cs->registry, n)->waiter;
    if (waiter == 0) {
        return; /* it has gone meanwhile */
    }
    const gc_connection *c = gc__clients_at(cs, waiter - 1);
    if (gc_waits_measured(&cs->waits, waiter - 1, packets)) {
        gc__admission_alive(a, n);
    } else if (gc_connection_waited_ms(c, &cs->connections.clock) <= cs->now_ms) {
        gc__liveness_end_silent(cs, n); /* settling admits who waits */
    }
}

static void admit_named(gc_admission *a, uint32_t n, const request *q) {
    gc_identity *p = gc_registry_at(&a->clients->registry, n);
    uint32_t holder = gc_registry_find(&a->clients->registry, p->id_hash, gc_identity_id(p));
    if (holder == GC_IDENTITY_NONE) {
        if (a->clients->registry.ids.count >= a->clients->config.concurrent_max) {
            refuse_error(a, n, GC_SPAN("Server has reached its concurrent user limit"),
                         GC_REASON_SERVER_FULL);
        } else {
            admit(a, n, q);
        }
    } else if (gc_registry_same_token(&a->clients->registry, n, holder)) {
        take_over(a, n, holder, q);
    } else {
        ask_holder(a, n, holder, q);
    }
}

void gc__admission_resume(gc_admission *a, uint32_t n) {
    gc_waits *waits = &a->clients->waits;
    gc_assert(gc__clients_at(a->clients, n)->state == GC_CONNECTION_WAITING);
    gc_wait parked;
    gc_waits_take(waits, n, &parked);
    gc_span ice[GC_ICE_SPANS];
    request q = {.room = parked.has_room ? parked.room : NULL,
                 .ice = ice,
                 .ice_count = gc_waits_ice(waits, &parked, ice, GC_ICE_SPANS)};
    admit_named(a, n, &q);
    gc_waits_release(waits, &parked);
}

/* Refuses a request that lacks something, in the order of PeerServer 1.0.2. */
static bool is_complete(gc_admission *a, uint32_t n, const gc_server_open_request *r) {
    const gc_signal_query *q = r->query;
    if (r->query_error != 0 || q->id_len == 0 || q->token_len == 0 || q->key_len == 0) {
        refuse_error(a, n, GC_SPAN("No id, token, or key supplied to websocket server"),
                     GC_REASON_BAD_REQUEST);
        return false;
    }
    if (!gc_span_equal(gc_span_of(q->key, q->key_len),
                       gc_server_text_span(a->clients->config.key))) {
        refuse_error(a, n, GC_SPAN("Invalid key provided"), GC_REASON_BAD_KEY);
        return false;
    }
    return true;
}

/* Tells whether a request, which is complete, may have the id that it asks for. An id of our form
 * is refused without a right to it even when nobody holds it: somebody may only be away. */
static bool has_right(const gc_admission *a, const gc_signal_query *q) {
    gc_span id = gc_span_of(q->id, q->id_len);
    return !gc_keyed_id_has_form(id) ||
           (q->has_gcid &&
            gc_keyed_id_is_of(a->crypto, id, q->gcid, gc_span_of(q->token, q->token_len)));
}

void gc__admission_open(gc_admission *a, uint32_t n, const gc_server_open_request *r) {
    const gc_signal_query *query = r->query;
    gc_connection_upgrade(gc__clients_at(a->clients, n), a->clients->now_ms, query->gc);
    if (!gc__delivery_send_raw(a->clients, n, r->response_head) || !is_complete(a, n, r)) {
        return;
    }
    if (!has_right(a, query)) {
        refuse_taken(a, n);
        return;
    }
    request q = {.room = query->gc && query->has_room ? query->room : NULL,
                 .ice = &r->ice_servers,
                 .ice_count = r->ice_servers.len > 0 ? 1 : 0};
    gc_registry_name(&a->clients->registry, n, gc_span_of(query->id, query->id_len),
                     gc_span_of(query->token, query->token_len));
    admit_named(a, n, &q);
}
