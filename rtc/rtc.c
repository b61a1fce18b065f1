#include "rtc/rtc.h"

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "core/base/secret.h"
#include "rtc/peer_connection.h"

/* Places for links that were closed and still say goodbye. When all are taken, the oldest of these
 * is cut short: nobody waits for it. */
#define CLOSING_MAX 16
_Static_assert(GC_RTC_BASES_MAX == GC_ICE_BASES_MAX, "a base of the handle is one of each link");
_Static_assert(GC_RTC_SERVERS_MAX == GC_ICE_SERVERS_MAX, "and a server");
_Static_assert(GC_RTC_LABEL_BYTES_MAX == GC_CHANNELS_LABEL_BYTES_MAX, "said twice");
_Static_assert(GC_RTC_DATAGRAM_BYTES_MAX == GC_DTLS_DATAGRAM_BYTES_MAX, "said twice");
_Static_assert(GC_RTC_MESSAGE_BYTES_MAX == GC_SCTP_MESSAGE_BYTES_MAX, "said twice");

typedef struct place {
    uint32_t number; /* of the caller; GC_NONE when it was forgotten */
    bool used;
    bool ready;         /* its poll may have something */
    uint64_t forgotten; /* the order in which the numbers of places were forgotten */
    gc_peer_connection connection;
} place;

/* A datagram that several links might expect: each gets it in its turn. */
typedef struct shared_datagram {
    uint32_t next; /* the place that is asked next; place_count: none */
    uint32_t base;
    gc_addr from;
    uint32_t len;
    uint8_t bytes[GC_RTC_DATAGRAM_BYTES_MAX];
} shared_datagram;

struct gc_rtc {
    uint64_t now_ms;
    uint64_t forgotten; /* counts */
    uint32_t links_max;
    uint32_t place_count;
    uint32_t touched; /* places below this were used at least once */
    uint32_t cursor;  /* the place that is polled next */
    bool asks;        /* multicast DNS may have something to say */
    place *places;
    gc_addr bases[GC_RTC_BASES_MAX]; /* family 0: none */
    gc_addr servers[GC_RTC_SERVERS_MAX];
    uint32_t server_count;
    gc_drbg drbg;
    gc_ice_gate gate;
    gc_mdns mdns;
    gc_certificate certificate;
    gc_dtls_context dtls;
    gc_sctp_pool pool;
    gc_arena arena; /* what is left is for places that are used for the first time */
    gc_peer_connection_shared shared;
    shared_datagram waiting;
};

/* --- memory
 * ---------------------------------------------------------------------------------------- */

static uint32_t places_of(const gc_rtc_options *options) {
    return (options->links_max == 0 ? GC_LINKS_MAX : options->links_max) + CLOSING_MAX;
}

/* Messages on their way in and out: the share that each link has for itself in both directions, and
 * as much again for those that need more. For a room of 16 these are 17 MB, of which an idle link
 * touches nothing. */
static uint32_t pool_blocks_of(const gc_rtc_options *options) {
    return 2 * places_of(options) * 2 * GC_SCTP_SHARE_BLOCKS;
}

size_t gc_rtc_size(const gc_rtc_options *options) {
    gc_arena a;
    gc_arena_measure(&a);
    gc_arena_take(&a, 1, sizeof(gc_rtc));
    gc_arena_take(&a, places_of(options), sizeof(place));
    gc_sctp_pool pool;
    gc_drbg drbg = {0};
    gc_sctp_pool_init(&pool, &a, &drbg, pool_blocks_of(options));
    for (uint32_t i = 0; i < places_of(options); i++) {
        gc_sctp sctp;
        gc_sctp_place(&sctp, &pool, &a);
    }
    return a.at;
}

/* Everything but OpenSSL's part. */
static gc_rtc *lay_out(gc_arena *a, const gc_rtc_options *options, const uint8_t seed[32]) {
    gc_rtc *r = gc_arena_take(a, 1, sizeof *r);
    *r = (gc_rtc){.place_count = places_of(options)};
    r->links_max = r->place_count - CLOSING_MAX;
    r->waiting.next = r->place_count;
    r->places = gc_arena_take(a, r->place_count, sizeof *r->places);
    gc_drbg_init(&r->drbg, seed);
    gc_ice_gate_init(&r->gate, &r->drbg);
    gc_mdns_init(&r->mdns);
    gc_sctp_pool_init(&r->pool, a, &r->drbg, pool_blocks_of(options));
    gc_sctp_pool_reserve(&r->pool, r->place_count);
    r->shared.drbg = &r->drbg;
    r->shared.gate = &r->gate;
    r->shared.mdns = &r->mdns;
    r->shared.dtls = &r->dtls;
    r->shared.fingerprint = r->certificate.fingerprint;
    r->shared.loopback = options->loopback;
    r->shared.message_bytes_max =
        options->message_bytes_max == 0 ? GC_FRAME_BYTES_MAX : options->message_bytes_max;
    return r;
}

gc_rtc *gc_rtc_init(void *memory, size_t bytes, const gc_rtc_options *options,
                    const uint8_t seed[32], uint64_t now_ms, uint64_t unix_s) {
    gc_assert(options->message_bytes_max <= GC_RTC_MESSAGE_BYTES_MAX &&
              options->links_max <= GC_LINKS_MAX);
    if (bytes < gc_rtc_size(options)) {
        return NULL;
    }
    gc_arena a;
    gc_arena_init(&a, memory, bytes);
    gc_rtc *r = lay_out(&a, options, seed);
    r->arena = a;
    r->now_ms = now_ms;
    if (gc_certificate_make(&r->certificate, &r->drbg, unix_s) != 0) {
        return NULL;
    }
    if (gc_dtls_context_init(&r->dtls, &r->certificate) != 0) {
        gc_certificate_end(&r->certificate);
        return NULL;
    }
    return r;
}

static void step_clock(gc_rtc *r, uint64_t now_ms) {
    r->now_ms = gc_max_u64(r->now_ms, now_ms);
}

/* --- places
 * ---------------------------------------------------------------------------------------- */

static void let_go(place *l) {
    gc_peer_connection_end(&l->connection);
    l->used = l->ready = false;
    l->number = GC_NONE;
}

void gc_rtc_end(gc_rtc *r) {
    for (uint32_t i = 0; i < r->touched; i++) {
        if (r->places[i].used) {
            let_go(&r->places[i]);
        }
    }
    gc_dtls_context_end(&r->dtls);
    gc_certificate_end(&r->certificate);
    gc_bytes_wipe(&r->drbg, sizeof r->drbg);
}

static place *find(gc_rtc *r, uint32_t link) {
    for (uint32_t i = 0; i < r->touched; i++) {
        if (r->places[i].used && r->places[i].number == link && link != GC_NONE) {
            return &r->places[i];
        }
    }
    return NULL;
}

static void forget(gc_rtc *r, place *l) {
    l->number = GC_NONE;
    l->forgotten = ++r->forgotten;
}

/* Links that have a number. */
static uint32_t count_links(const gc_rtc *r) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->touched; i++) {
        count += r->places[i].used && r->places[i].number != GC_NONE;
    }
    return count;
}

/* The place whose number was forgotten first: there is one, for more places are used than links. */
static place *oldest_forgotten(gc_rtc *r) {
    place *oldest = NULL;
    for (uint32_t i = 0; i < r->touched; i++) {
        place *l = &r->places[i];
        if (l->number == GC_NONE && (oldest == NULL || l->forgotten < oldest->forgotten)) {
            oldest = l;
        }
    }
    gc_assert(oldest != NULL);
    return oldest;
}

static place *free_place(gc_rtc *r) {
    for (uint32_t i = 0; i < r->touched; i++) {
        if (!r->places[i].used) {
            return &r->places[i];
        }
    }
    if (r->touched < r->place_count) {
        place *l = &r->places[r->touched++];
        gc_peer_connection_place(&l->connection, &r->pool, &r->arena);
        return l;
    }
    place *l = oldest_forgotten(r);
    let_go(l);
    return l;
}

/* A new link with all own addresses and servers; NULL: there are links_max. */
static place *make(gc_rtc *r, uint32_t link, uint32_t kind, bool offerer) {
    gc_rtc_close(r, r->now_ms, link);
    if (count_links(r) >= r->links_max) {
        return NULL;
    }
    place *l = free_place(r);
    l->number = link;
    l->used = l->ready = true;
    uint32_t owner = (uint32_t)(l - r->places);
    gc_peer_connection_begin(&l->connection, &r->shared, r->now_ms, owner, kind, offerer);
    for (uint32_t base = 0; base < GC_RTC_BASES_MAX; base++) {
        if (r->bases[base].family != 0) {
            gc_peer_connection_add_base(&l->connection, r->now_ms, base, &r->bases[base]);
        }
    }
    for (uint32_t i = 0; i < r->server_count; i++) {
        gc_peer_connection_add_server(&l->connection, r->now_ms, &r->servers[i]);
    }
    return l;
}

/* --- requests
 * -------------------------------------------------------------------------------------- */

int gc_rtc_offer(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t kind, gc_span label) {
    step_clock(r, now_ms);
    if (label.len > GC_RTC_LABEL_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    place *l = make(r, link, kind, true);
    if (l == NULL) {
        return GC_E_FULL;
    }
    gc_peer_connection_offer(&l->connection, label);
    return 0;
}

int gc_rtc_answer(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t kind, gc_span sdp) {
    step_clock(r, now_ms);
    place *l = make(r, link, kind, false);
    if (l == NULL) {
        return GC_E_FULL;
    }
    r->asks = true;
    gc_peer_connection_answer(&l->connection, r->now_ms, sdp);
    return 0;
}

void gc_rtc_remote(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t kind, gc_span sdp) {
    step_clock(r, now_ms);
    place *l = find(r, link);
    if (l != NULL) {
        l->ready = true;
        r->asks = true;
        gc_peer_connection_remote(&l->connection, r->now_ms, kind, sdp);
    }
}

void gc_rtc_candidate(gc_rtc *r, uint64_t now_ms, uint32_t link, gc_span text) {
    step_clock(r, now_ms);
    place *l = find(r, link);
    if (l != NULL) {
        l->ready = true;
        r->asks = true;
        gc_peer_connection_candidate(&l->connection, r->now_ms, text);
    }
}

int gc_rtc_send(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t channel, gc_span message) {
    step_clock(r, now_ms);
    place *l = find(r, link);
    if (l == NULL) {
        return 0;
    }
    l->ready = true;
    return gc_peer_connection_send(&l->connection, r->now_ms, channel, message);
}

void gc_rtc_close(gc_rtc *r, uint64_t now_ms, uint32_t link) {
    step_clock(r, now_ms);
    place *l = find(r, link);
    if (l != NULL) {
        l->ready = true;
        forget(r, l);
        gc_peer_connection_close(&l->connection, r->now_ms);
    }
}

/* --- the network
 * ----------------------------------------------------------------------------------- */

void gc_rtc_add_base(gc_rtc *r, uint64_t now_ms, uint32_t base, const gc_addr *address) {
    gc_assert(base < GC_RTC_BASES_MAX && r->bases[base].family == 0 && address->family != 0);
    step_clock(r, now_ms);
    r->bases[base] = *address;
    for (uint32_t i = 0; i < r->touched; i++) {
        place *l = &r->places[i];
        if (l->used) {
            l->ready = true;
            gc_peer_connection_add_base(&l->connection, r->now_ms, base, address);
        }
    }
}

static bool knows_server(const gc_rtc *r, const gc_addr *server) {
    for (uint32_t i = 0; i < r->server_count; i++) {
        if (gc_candidate_same_addr(&r->servers[i], server)) {
            return true;
        }
    }
    return false;
}

void gc_rtc_add_server(gc_rtc *r, uint64_t now_ms, const gc_addr *server) {
    step_clock(r, now_ms);
    if (r->server_count == GC_RTC_SERVERS_MAX || knows_server(r, server)) {
        return;
    }
    r->servers[r->server_count++] = *server;
    for (uint32_t i = 0; i < r->touched; i++) {
        place *l = &r->places[i];
        if (l->used) {
            l->ready = true;
            gc_peer_connection_add_server(&l->connection, r->now_ms, server);
        }
    }
}

void gc_rtc_clear_servers(gc_rtc *r) {
    r->server_count = 0;
}

void gc_rtc_multicast(gc_rtc *r, uint64_t now_ms, uint16_t from_port, gc_span bytes) {
    step_clock(r, now_ms);
    r->asks = true;
    gc_mdns_datagram(&r->mdns, r->now_ms, from_port, bytes);
}

/* RFC 8445 7.3: a request names the agent that it is for, an answer the request. */
static void take_stun(gc_rtc *r, uint32_t base, const gc_addr *from, gc_span bytes) {
    for (uint32_t i = 0; i < r->touched; i++) {
        place *l = &r->places[i];
        if (l->used && gc_peer_connection_stun(&l->connection, r->now_ms, base, from, bytes) !=
                           GC_E_NOT_FOUND) {
            l->ready = true;
            return;
        }
    }
}

/* The next place, from `i` on, that takes DTLS from there; place_count: none. */
static uint32_t next_taker(const gc_rtc *r, uint32_t i, uint32_t base, const gc_addr *from) {
    for (; i < r->touched; i++) {
        const place *l = &r->places[i];
        if (l->used && gc_peer_connection_accepts(&l->connection, base, from)) {
            return i;
        }
    }
    return r->place_count;
}

static void give_dtls(gc_rtc *r, uint32_t i, gc_span bytes) {
    r->places[i].ready = true;
    r->cursor = i;
    gc_peer_connection_dtls(&r->places[i].connection, r->now_ms, bytes);
}

/* Two links with one peer, of which one replaces the other, have the same addresses, and DTLS 1.2
 * has no mark that tells their datagrams apart. Only the keys do: the datagram waits, and when the
 * first link has drained it, the next one gets it too. */
static void take_dtls(gc_rtc *r, uint32_t base, const gc_addr *from, gc_span bytes) {
    uint32_t first = next_taker(r, 0, base, from);
    if (first == r->place_count) {
        return;
    }
    shared_datagram *w = &r->waiting;
    w->next = next_taker(r, first + 1, base, from);
    if (w->next < r->place_count) {
        w->base = base;
        w->from = *from;
        w->len = bytes.len;
        memcpy(w->bytes, bytes.data, bytes.len);
    }
    give_dtls(r, first, bytes);
}

/* Source: RFC 7983 7. */
void gc_rtc_datagram(gc_rtc *r, uint64_t now_ms, uint32_t base, const gc_addr *from,
                     gc_span bytes) {
    step_clock(r, now_ms);
    if (base >= GC_RTC_BASES_MAX || bytes.len == 0 || bytes.len > GC_RTC_DATAGRAM_BYTES_MAX) {
        return;
    }
    uint8_t first = bytes.data[0];
    if (first <= 3) {
        take_stun(r, base, from, bytes);
    } else if (first >= 20 && first <= 63) {
        take_dtls(r, base, from, bytes);
    }
}

void gc_rtc_tick(gc_rtc *r, uint64_t now_ms) {
    step_clock(r, now_ms);
    r->asks = true;
    gc_mdns_tick(&r->mdns, r->now_ms);
    for (uint32_t i = 0; i < r->touched; i++) {
        place *l = &r->places[i];
        if (l->used && gc_peer_connection_deadline(&l->connection) <= r->now_ms) {
            l->ready = true;
            gc_peer_connection_tick(&l->connection, r->now_ms);
        }
    }
}

uint64_t gc_rtc_deadline(const gc_rtc *r) {
    uint64_t at_ms = gc_mdns_deadline(&r->mdns);
    for (uint32_t i = 0; i < r->touched; i++) {
        const place *l = &r->places[i];
        if (l->used) {
            at_ms = gc_min_u64(at_ms, gc_peer_connection_deadline(&l->connection));
        }
    }
    return at_ms;
}

/* --- outputs
 * --------------------------------------------------------------------------------------- */

/* One place: true when *out is filled. A link that has ended and has nothing more to say is let go.
 */
static bool poll_place(gc_rtc *r, place *l, gc_rtc_output *out) {
    if (gc_peer_connection_poll(&l->connection, out)) {
        out->link = l->number;
        if (out->type == GC_RTC_CLOSED) {
            forget(r, l);
        }
        return true;
    }
    l->ready = false;
    if (l->connection.state == GC_PEER_CONNECTION_ENDED) {
        let_go(l);
    }
    return false;
}

static void offer_waiting(gc_rtc *r) {
    shared_datagram *w = &r->waiting;
    uint32_t i = w->next;
    w->next = next_taker(r, i + 1, w->base, &w->from);
    if (r->places[i].used) {
        give_dtls(r, i, gc_span_of(w->bytes, w->len));
    }
}

/* The next ready place at the cursor or after it, around the table; place_count: none. */
static uint32_t next_ready(const gc_rtc *r) {
    for (uint32_t n = 0; n < r->touched; n++) {
        uint32_t i = (r->cursor + n) % r->touched;
        if (r->places[i].ready) {
            return i;
        }
    }
    return r->place_count;
}

/* True when *out is filled: a question. An answer goes to its link. */
static bool poll_mdns(gc_rtc *r, gc_rtc_output *out) {
    gc_mdns_output mdns;
    while (r->asks && gc_mdns_poll(&r->mdns, &mdns)) {
        if (mdns.type == GC_MDNS_SEND) {
            *out = (gc_rtc_output){.type = GC_RTC_MULTICAST, .link = GC_NONE, .bytes = mdns.bytes};
            return true;
        }
        if (mdns.type == GC_MDNS_FOUND && r->places[mdns.owner].used) {
            r->places[mdns.owner].ready = true;
            gc_peer_connection_found(&r->places[mdns.owner].connection, r->now_ms, &mdns.candidate);
        }
    }
    r->asks = false;
    return false;
}

bool gc_rtc_poll(gc_rtc *r, gc_rtc_output *out) {
    for (;;) {
        if (poll_mdns(r, out)) {
            return true;
        }
        uint32_t i = next_ready(r);
        if (i == r->place_count) {
            if (r->waiting.next >= r->place_count) {
                return false;
            }
            offer_waiting(r);
            continue;
        }
        r->cursor = i;
        if (poll_place(r, &r->places[i], out)) {
            return true;
        }
    }
}
